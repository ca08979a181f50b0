import type { Evidence, Verdict } from "@inspector/contract/page";
import type { StepName } from "@inspector/session/invocation/worker-step";
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

export const START_UP = ["init", "reload", "index", "load"] as const satisfies readonly StepName[];

export type StartUpStep = (typeof START_UP)[number];

/** Everything that a verdict can say, by the form of its sentence; each has its scenes in `testing/verdicts/`. */
export const VERDICTS = [
  // A process without a stream of its own.
  "not-started",
  "never-connected",
  "never-connected-killed",
  "never-connected-ended-by-host",
  // The start-up.
  "unknown-worker-id",
  "wrong-first-message",
  "failed-init",
  "failed-reload",
  "failed-index",
  "failed-load",
  "overdue-init",
  "overdue-reload",
  "overdue-index",
  "overdue-load",
  // A host without functions.
  "none-listed",
  "none-loaded",
  "no-folders",
  "none-accepted",
  // The end of a process.
  "exit-code",
  "quiet-exit",
  "quiet-exit-behind-ok",
  "crashed",
  "killed",
  "signalled",
  "failed-stop",
  "ended-by-host",
  "function-timeout",
  "overlong-function",
  // The end of a call, where more is not known, or came behind it.
  "call-ended-ok",
  "call-ended-with-status",
  "call-cancelled",
  "call-ended-by-worker",
  "connection-closed",
] as const;

export type VerdictKind = (typeof VERDICTS)[number];

/** A verdict before it is put together. */
export type VerdictWords = {
  readonly kind: VerdictKind;
  readonly step: Verdict["step"];
  readonly sentence: string;
  readonly quote?: string | undefined;
  readonly advice: string;
  readonly evidence: readonly Evidence[];
};
