/** Why a host ended a worker's process, as far as it says so or its limits are known. */

import { numberOf } from "@inspector/session/database";
import { formatSpan } from "@inspector/session/limits";
import { textIn } from "./events.ts";
import { signalOf, timeOutBefore } from "./exits.ts";
import type { ProblemSession } from "./problem-session.ts";
import type { WorkerProcess } from "./processes.ts";
import type { WorkerStream } from "./worker-stream.ts";

/** "slow ran longer than functionTimeout (3 s)"; undefined where no host is known to have ended the process. */
export function whyHostEndedIt(session: ProblemSession, process: WorkerProcess): string | undefined {
  const timeOut = timeOutBefore(session, process);
  if (timeOut !== undefined) {
    const { detail } = timeOut;
    const limit = typeof detail["limit"] === "number" ? formatSpan(detail["limit"] * 1e6) : "its limit";
    const step = textIn(detail, "step");
    if (step === "invocation") {
      return `${textIn(detail, "functionName") || "a function"} ran longer than functionTimeout (${limit})`;
    }
    return `it had not ${DONE[step] ?? `answered ${step}`} within ${limit}`;
  }
  if (process.exit?.endedByHost !== "failed") {
    return undefined;
  }
  const failed = session.events
    .of("host-worker-failed")
    .findLast(({ detail }) => detail["workerId"] === process.workerId);
  const reason = failed === undefined ? "" : (textIn(failed.detail, "reason").split("\n")[0] ?? "");
  return reason === "" ? "it could not be used" : `"${reason}"`;
}

const DONE: Readonly<Record<string, string>> = {
  "start-stream": "sent StartStream",
  init: "answered WorkerInit",
  metadata: "listed its functions",
};

/** The host counts from before it sends the request: that share of its limit may be over when the request crosses. */
const BEFORE_IT_CROSSED = 0.1;

/** An invocation that had run for longer than the host is known to allow. */
export function overlong(session: ProblemSession, stream: WorkerStream, process: WorkerProcess): string | undefined {
  const { invocationLimit, exit } = process;
  if (invocationLimit === undefined || exit === undefined || signalOf(exit) !== "SIGKILL") {
    return undefined;
  }
  for (const { functionName, first } of session.unanswered(stream)) {
    const [row] = session.all("SELECT started_at FROM invocation WHERE id = ?", first);
    const took = exit.at - numberOf(row?.["started_at"]);
    if (row !== undefined && took >= invocationLimit * (1 - BEFORE_IT_CROSSED)) {
      const how = took >= invocationLimit ? "longer than" : "as long as";
      return `${functionName || "a function"} had run for ${formatSpan(took)}, ${how} functionTimeout (${formatSpan(invocationLimit)})`;
    }
  }
  return undefined;
}
