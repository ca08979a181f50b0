/** The messages of which the steps of a worker are made: all that host and worker ask each other besides invocations. */
import { KIND } from "@inspector/proto";

/** What host and worker do besides invocations, in the order of a worker's life. */
export const STEP_NAMES = ["start", "warmup", "init", "reload", "index", "load", "status", "terminate"] as const;

export type StepName = (typeof STEP_NAMES)[number];

type StepKinds = { readonly step: StepName; readonly requests: readonly number[]; readonly answers: readonly number[] };

/** The host sends the requests, the worker the answers. A worker starts without being asked, and terminates without a word. */
export const STEP_KINDS: readonly StepKinds[] = [
  { step: "start", requests: [], answers: [KIND.startStream] },
  { step: "warmup", requests: [KIND.workerWarmupRequest], answers: [KIND.workerWarmupResponse] },
  { step: "init", requests: [KIND.workerInitRequest], answers: [KIND.workerInitResponse] },
  {
    step: "reload",
    requests: [KIND.functionEnvironmentReloadRequest],
    answers: [KIND.functionEnvironmentReloadResponse],
  },
  { step: "index", requests: [KIND.functionsMetadataRequest], answers: [KIND.functionMetadataResponse] },
  {
    step: "load",
    requests: [KIND.functionLoadRequest, KIND.functionLoadRequestCollection],
    answers: [KIND.functionLoadResponse, KIND.functionLoadResponseCollection],
  },
  { step: "status", requests: [KIND.workerStatusRequest], answers: [KIND.workerStatusResponse] },
  { step: "terminate", requests: [KIND.workerTerminate], answers: [] },
];

/**
 * On row `w` of `worker_step`: the host asked for it before, which it does once. The environment may be reloaded and functions listed
 * again; loads in one collection name no function, and a ping without an id is none of its own.
 */
export const IS_ASKED_TWICE =
  "(w.attempt > 1 AND (w.step = 'init' OR (w.step IN ('load', 'status') AND w.subject <> '')))";

/** Kinds of all answers to steps. */
export const STEP_ANSWERS: readonly number[] = STEP_KINDS.flatMap(({ answers }) => answers);
