import { KIND } from "@inspector/proto";
import type { ProblemSession } from "../problem-session.ts";
import type { Finding, Rule } from "../rule.ts";
import { evidenceOf } from "../words.ts";
import type { WorkerStream } from "../worker-stream.ts";

/** Whether the host ended a call with OK right behind its StartStream, as it does with a worker it did not start. */
export function isRefused(session: ProblemSession, stream: WorkerStream): boolean {
  const { end } = stream;
  const isEndedByHost = end?.by === "host" && end.how === "end" && (end.grpcStatus ?? 0) === 0;
  return (
    isEndedByHost &&
    session.firstMessages.get(stream.id)?.kind === KIND.startStream &&
    session.steps(stream.id, "init").length === 0
  );
}

export const unknownWorkerId: Rule = {
  id: "unknown-worker-id",
  severity: "error",
  review: (session) =>
    session.streams
      .filter((stream) => isRefused(session, stream))
      .map((stream): Finding => {
        const { id, openedAt, endedAt = session.now, workerId } = stream;
        return {
          subject: `worker ${workerId ?? id}`,
          at: endedAt,
          stream: id,
          isUncertain: session.hasGap(openedAt, endedAt),
          describe: () => ({
            title: `The host does not know the worker id "${workerId ?? ""}"`,
            consequence:
              "It completes the call with status OK and without a word. A Node.js worker then exits with code 0, which the host takes for a wish, so nothing is restarted.",
            advice:
              "Pass on --functions-worker-id (and --workerId) exactly as the host gave it to this process, and check that the worker reaches the host that started it and not another one.",
            evidence: evidenceOf(["start_stream", session.firstMessages.get(id)?.seq]),
          }),
        };
      }),
};
