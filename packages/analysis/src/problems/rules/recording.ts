import { FAULT_REASON } from "@inspector/session/schema";
import { type SessionFact, textIn } from "../events.ts";
import { MAX_OF_TYPE } from "../known-events.ts";
import { MAX_STREAMS, type ProblemSession } from "../problem-session.ts";
import type { Description, Finding, Rule } from "../rule.ts";

function eachEvent(
  session: ProblemSession,
  type: string,
  describe: (event: SessionFact) => Description,
  subject: (event: SessionFact) => string = () => "",
): Finding[] {
  return session.events
    .of(type)
    .map((event) => ({ subject: subject(event), at: event.at, describe: () => describe(event) }));
}

export const upstreamUnreachable: Rule = {
  id: "upstream-unreachable",
  severity: "error",
  review: (session) =>
    eachEvent(
      session,
      "upstream-failed",
      ({ id, detail }) => ({
        title: `The host at ${textIn(detail, "address") || "the upstream address"} could not be reached (${textIn(detail, "code")})`,
        consequence: "The relay answers the worker's call with UNAVAILABLE; most workers exit with an error then.",
        advice:
          "Check that the host runs, and that --upstream is its gRPC address. The host takes another port at every start.",
        quote: textIn(detail, "message"),
        evidence: [{ label: "connection attempt", event: id }],
      }),
      ({ detail }) => textIn(detail, "address"),
    ),
};

export const recordingGap: Rule = {
  id: "recording-gap",
  severity: "warning",
  review: (session) =>
    eachEvent(session, "gap", ({ id, detail }) => ({
      title: "Part of the traffic went by unrecorded",
      consequence:
        "Host and worker noticed nothing. What is missing here may have been sent all the same, so problems around it are shown as possible, not as certain.",
      advice: "Look at the disk: its space and its speed. Traffic always comes before its recording.",
      quote: [textIn(detail, "reason"), typeof detail["bytes"] === "number" ? `${detail["bytes"]} bytes` : ""]
        .filter((part) => part !== "")
        .join(", "),
      evidence: [{ label: "gap", event: id }],
    })),
};

/** What `--max-size` cost: rules see only what is left. */
export const givenUpMessages: Rule = {
  id: "messages-given-up",
  severity: "info",
  review: ({ givenUp, givenUpUntil }) =>
    givenUp === 0
      ? []
      : [
          {
            subject: "",
            at: givenUpUntil,
            describe: () => ({
              title: "The oldest messages were given up to keep the session under its size limit",
              consequence:
                "Host and worker noticed nothing. Problems that began before the oldest kept message are shown as possible, not as certain.",
              advice: "Record with a higher --max-size.",
              evidence: [],
            }),
          },
        ],
};

export const relayLost: Rule = {
  id: "relay-lost",
  severity: "warning",
  review: (session) =>
    eachEvent(session, "relay-lost", ({ id }) => ({
      title: "The relay was killed while it was recording",
      consequence:
        "The connections through it broke with it. A worker whose process lives on is never noticed by the host.",
      advice: "End the worker's process, so that the host starts another one.",
      evidence: [{ label: "end of the recording", event: id }],
    })),
};

/** Said so that nobody takes the counts of other problems for all there are. */
export const eventsLeftOut: Rule = {
  id: "events-left-out",
  severity: "info",
  review: (session) =>
    session.events.exceeded.map(({ type, count, since }) => ({
      subject: type,
      at: since.at,
      describe: () => ({
        title: `Of ${count} events "${type}" only the newest ${MAX_OF_TYPE} are looked at`,
        consequence: "Problems that are told of these events count no more than that.",
        advice: "All of them are in the session's table of events.",
        evidence: [{ label: "the first that is looked at", event: since.id }],
      }),
    })),
};

export const streamsLeftOut: Rule = {
  id: "streams-left-out",
  severity: "info",
  review: (session) => {
    const count = session.streams.length < MAX_STREAMS ? 0 : session.countStreams();
    const since = session.streams.at(-MAX_STREAMS);
    if (count <= MAX_STREAMS || since === undefined) {
      return [];
    }
    return [
      {
        subject: "",
        at: since.openedAt,
        describe: () => ({
          title: `Of ${count} streams of workers only the newest ${MAX_STREAMS} are looked at, and those that are open`,
          consequence: "Problems of how older streams began and ended are not told; those of their messages are.",
          advice: "A worker opens one stream in its life: look at what opens so many.",
          evidence: [],
        }),
      },
    ];
  },
};

export const sessionRescued: Rule = {
  id: "session-rescued",
  severity: "warning",
  review: (session) =>
    eachEvent(session, "session-rescued", ({ id, detail }) => ({
      title: "The session's file was taken away while it was being recorded",
      consequence: "Nothing is missing: what had been recorded was written again, and recording went on.",
      advice: "Delete or move a session once its recording has ended.",
      quote: textIn(detail, "message"),
      evidence: [{ label: "rescue", event: id }],
    })),
};

/** A connection whose bytes are not HTTP/2, or that stopped to make sense. */
export const unreadableConnection: Rule = {
  id: "unreadable-connection",
  severity: "warning",
  review: (session) =>
    session
      .all(
        "SELECT id, opened_at, protocol, reason FROM connection WHERE protocol = 'unreadable' OR (protocol = 'http2' AND reason IS NOT NULL) ORDER BY id DESC LIMIT 1000",
      )
      .map((row): Finding => {
        const reason = String(row["reason"] ?? "");
        const isFault = reason.startsWith(FAULT_REASON);
        const isPart = row["protocol"] === "http2";
        return {
          subject: `connection ${row["id"]}`,
          at: Number(row["opened_at"]),
          describe: () => ({
            title: isFault
              ? "The inspector could not record a connection any further"
              : isPart
                ? "Messages of one side of a stream could not be read any further"
                : "A connection could not be read",
            consequence: isFault
              ? "Its bytes passed unchanged; its messages from then on are not in the recording. Host and worker noticed nothing."
              : isPart
                ? "Its bytes passed unchanged; what that side said on that stream from then on is not in the recording. The rest of the connection is."
                : "Its bytes passed unchanged; its messages are not in the recording.",
            advice: isFault
              ? "This is a fault of the inspector: report it with the text below. Other connections are recorded as before."
              : isPart
                ? "Look at what frames the messages there: each begins with 0 or 1 and four bytes of its length."
                : "The stream is HTTP/2 without TLS. Look for a TLS endpoint, or for something that is no worker and uses this port.",
            quote: reason,
            evidence: [],
          }),
        };
      }),
};
