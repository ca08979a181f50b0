import type { Evidence, Verdict } from "@inspector/contract/page";
import type { ProblemSession } from "./problem-session.ts";
import type { WorkerProcess } from "./processes.ts";
import type { WorkerStream } from "./worker-stream.ts";

/** What is known of a worker's end, as far as it got. */
export type Case = {
  readonly session: ProblemSession;
  readonly stream: WorkerStream;
  /** undefined where nobody recorded it. */
  readonly process: WorkerProcess | undefined;
};

/** A verdict before it is put together. */
export type VerdictWords = {
  readonly step: Verdict["step"];
  readonly sentence: string;
  readonly quote?: string | undefined;
  readonly advice: string;
  readonly evidence: readonly Evidence[];
};
