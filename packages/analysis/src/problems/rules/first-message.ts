import { KIND } from "@inspector/proto";
import { formatSpan, type StepLimit } from "@inspector/session/limits";
import type { Finding, Rule } from "../rule.ts";
import { evidenceOf, nameOfKind } from "../words.ts";

const ADVICE =
  "Send start_stream with the worker id from the command line (--functions-worker-id) before anything else, logs included.";

/** The host knows a worker only by its StartStream, and looks for it in the first message alone. */
export const wrongFirstMessage: Rule = {
  id: "wrong-first-message",
  severity: "error",
  review: (session) =>
    session.streams.flatMap((stream): Finding[] => {
      const first = session.firstMessages.get(stream.id);
      if (first === undefined || first.kind === KIND.startStream || stream.isCustomHandler) {
        return [];
      }
      if (stream.openedAt < session.givenUpUntil) {
        return [];
      }
      return [
        {
          subject: `stream ${stream.id}`,
          at: first.at,
          stream: stream.id,
          isUncertain: session.hasGap(stream.openedAt, first.at),
          describe: () => ({
            title: `The first message of the worker is ${nameOfKind(first.kind)}, not start_stream`,
            consequence: "The host completes the call at once, with status OK, and hears nothing of what follows.",
            advice: ADVICE,
            evidence: evidenceOf(["first message", first.seq]),
          }),
        },
      ];
    }),
};

const NO_LIMIT: StepLimit = { span: 0, isDefault: true };

/** A call on which the worker said nothing, until it ended or for longer than the host waits. */
export const noFirstMessage: Rule = {
  id: "no-first-message",
  severity: "error",
  review: (session) =>
    session.streams.flatMap((stream): Finding[] => {
      const { id, openedAt, endedAt = session.now, end } = stream;
      const { span, isDefault } = session.limitOf("start", stream) ?? NO_LIMIT;
      const isLate = endedAt - openedAt > span;
      if (stream.isCustomHandler || session.firstMessages.has(id) || stream.messages > 0) {
        return [];
      }
      if (stream.endedAt === undefined && !isLate) {
        return [];
      }
      return [
        {
          subject: `stream ${id}`,
          at: endedAt,
          stream: id,
          severity: end?.grpcStatus === 14 ? "warning" : "error",
          isUncertain: session.hasGap(openedAt, endedAt),
          describe: () => ({
            title: "A worker opened the stream and never said who it is",
            consequence: `${isDefault ? "By its defaults the host" : "The host"} waits ${formatSpan(span)} from the start of the process for start_stream, then ends the worker and counts an error.`,
            advice: ADVICE,
            quote: end?.grpcMessage,
            evidence: [],
          }),
        },
      ];
    }),
};
