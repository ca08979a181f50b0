import { formatSpan } from "@inspector/session/limits";
import { type SessionFact, textIn } from "../events.ts";
import type { Description, Finding, Rule } from "../rule.ts";

type Described = Omit<Description, "evidence">;

/** Rules over what a host that was started by the inspector says of itself. */
function hostEvent(
  id: string,
  type: string,
  severity: Rule["severity"],
  describe: (event: SessionFact) => Described,
): Rule {
  return {
    id,
    severity,
    review: (session) =>
      session.events.of(type).map((event): Finding => {
        const workerId = textIn(event.detail, "workerId");
        const stream = session.streams.find((one) => workerId !== "" && one.workerId === workerId);
        return {
          subject: [
            textIn(event.detail, "step"),
            textIn(event.detail, "functionName"),
            textIn(event.detail, "cause"),
            workerId,
          ]
            .filter((part) => part !== "")
            .join(" "),
          at: event.at,
          stream: stream?.id,
          functionName: textIn(event.detail, "functionName"),
          describe: () => ({ ...describe(event), evidence: [{ label: type.replace("host-", ""), event: event.id }] }),
        };
      }),
  };
}

export const hostTimedOut = hostEvent("host-timed-out", "host-timed-out", "error", ({ detail }) => {
  const step = textIn(detail, "step");
  const name = textIn(detail, "functionName");
  const limit = typeof detail["limit"] === "number" ? formatSpan(detail["limit"] * 1e6) : "its limit";
  return {
    title: `The host waited ${limit} for ${step}${name === "" ? "" : ` of ${name}`} and gave up`,
    consequence:
      step === "invocation"
        ? "It fails the invocation and ends the worker, with everything else that is in flight there."
        : step === "terminate"
          ? "It kills the process."
          : "It ends the worker, counts an error and starts another one.",
    advice: "Look at what the worker did meanwhile: its logs, its output, its status pings.",
  };
});

export const hostWorkerFailed = hostEvent("host-worker-failed", "host-worker-failed", "error", ({ detail }) => ({
  title: "The host gave a worker up",
  consequence: "It ends the process, counts an error and starts another one.",
  advice: "The reason below is the host's; the worker's own is in its answers and in its output.",
  quote: textIn(detail, "reason"),
}));

export const hostMetadataFailed = hostEvent("host-metadata-failed", "host-metadata-failed", "error", ({ detail }) => ({
  title: "The host could not list the functions",
  consequence: "It runs without functions, and the worker lives on.",
  advice: "Read the reason below and what the worker logged while it loaded the app.",
  quote: textIn(detail, "reason"),
}));

export const hostRestart = hostEvent("host-restart", "host-restarting", "info", ({ detail }) => ({
  title:
    textIn(detail, "cause") === "file-change"
      ? "The host restarted its workers for a changed file"
      : "The host started another worker",
  consequence: "Function ids and worker ids may be new from here on.",
  advice: textIn(detail, "cause") === "file-change" ? "Nothing is wrong." : "Look at why the worker before it ended.",
  quote: textIn(detail, "path"),
}));

export const hostGaveUp = hostEvent("host-gave-up", "host-gave-up", "error", ({ detail }) => ({
  title: "The host stopped: there were too many worker errors",
  consequence:
    "Three errors per worker process within 30 minutes make the host shut down. Nothing is invoked any more.",
  advice: "Look at the first worker that ended; the later ones mostly repeat it.",
  quote: textIn(detail, "message"),
}));
