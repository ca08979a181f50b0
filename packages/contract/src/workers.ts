/** Functions, and the workers that have them: what each declared, how it went, and its process. */
import type { ExchangeState, StepRow } from "./invocations.ts";
import type { Verdict } from "./problems.ts";
import type { Nanos, Seq, StreamInfo } from "./traffic.ts";

/** Streams that a session's state names, however many it has: the state is sent whenever something is new. */
export const MAX_STREAMS = 200;

/** Connections that a session's state names, the newest. */
export const MAX_CONNECTIONS = 100;

/** Workers in a list of them, the newest. */
export const MAX_WORKERS = 200;

/** A binding as the load request has it. */
export type BindingInfo = {
  readonly name: string;
  readonly type: string;
  readonly direction: "in" | "out" | "inout";
  readonly detail?: unknown;
};

/** A function as one worker loaded it. Times in nanoseconds, counted as {@link InvocationRow.duration} is. */
export type FunctionInfo = {
  readonly stream: number;
  readonly functionId: string;
  readonly name: string;
  readonly trigger?: string;
  readonly bindings: readonly BindingInfo[];
  readonly load: ExchangeState | "not-requested";
  readonly loadError?: string;
  /** Its worker's stream has ended. */
  readonly isWorkerGone?: true;
  /** The host's, answered or not; replays are no calls. */
  readonly calls: number;
  readonly failures: number;
  /** Calls that the worker answered with Success and an HTTP status of 500 or more. */
  readonly serverErrors: number;
  /** Those that the worker has, and that its stream's end took. Of what was dropped on its way to the worker it has nothing. */
  readonly inFlight: number;
  readonly lost: number;
  /** Of what the worker answered itself, without the time for which requests were held. */
  readonly p50?: Nanos;
  readonly p95?: Nanos;
  readonly max?: Nanos;
  readonly lastError?: { readonly text: string; readonly invocation: Seq; readonly at: Nanos };
  /** Durations of the newest calls, oldest first, at most 50: for a sparkline. */
  readonly recent: readonly Nanos[];
};

/** A function over all workers that loaded it, by its name; figures are those of all its calls together. */
export type FunctionTotal = Pick<
  FunctionInfo,
  | "name"
  | "trigger"
  | "bindings"
  | "calls"
  | "failures"
  | "serverErrors"
  | "inFlight"
  | "lost"
  | "p50"
  | "p95"
  | "max"
  | "lastError"
  | "recent"
> & {
  /** Of each worker: those that are there first, the newest first. */
  readonly workers: readonly FunctionInfo[];
};

/** Failures of one function that say the same, but for numbers and ids in it. */
export type FunctionError = {
  /** What one of them says. */
  readonly text: string;
  readonly count: number;
  readonly first: { readonly invocation: Seq; readonly at: Nanos };
  readonly last: { readonly invocation: Seq; readonly at: Nanos };
};

/** A process of a worker: how it was started, what it wrote last, and how it ended. */
export type ProcessInfo = {
  /** How long its host waits for one invocation (functionTimeout), where whoever started it knows. */
  readonly invocationLimit?: Nanos;
  readonly pid?: number;
  readonly argv?: readonly string[];
  readonly spawnedAt?: Nanos;
  readonly exitedAt?: Nanos;
  readonly exitCode?: number;
  readonly signal?: string;
  /** What a host that ended it did so for: "failed", "function-timeout", "stop". */
  readonly endedByHost?: string;
  /** Why it could not be started at all: "there is no command python (…)". */
  readonly failure?: string;
  /** The last lines of its output, at most 50. */
  readonly output: readonly { readonly at: Nanos; readonly stream: "stdout" | "stderr"; readonly text: string }[];
};

/** A capability and what it changes on the wire. */
export type CapabilityInfo = { readonly name: string; readonly value: string; readonly effect?: string };

/** A worker, by its stream. A process that never connected stands behind them, with a stream of negative number. */
export type WorkerInfo = {
  /** The first one of a worker with several, with the messages and bytes of all. */
  readonly stream: StreamInfo;
  /** Streams that the worker opened beside it (MultiStream); absent where there are none. */
  readonly moreStreams?: number;
  readonly process?: ProcessInfo;
  readonly hostVersion?: string;
  readonly workerVersion?: string;
  readonly hostCapabilities: readonly CapabilityInfo[];
  readonly workerCapabilities: readonly CapabilityInfo[];
  /** What the contract knows and this worker did not declare. */
  readonly undeclared: readonly CapabilityInfo[];
  /**
   * `limit` is how long the host waits for the step: as it is configured where that was recorded, else, with `isLimitDefault`, by the
   * host's defaults.
   */
  readonly steps: readonly (StepRow & { readonly limit?: Nanos; readonly isLimitDefault?: true })[];
  readonly invocations: number;
  readonly failures: number;
  /** Calls that the worker answered with Success and an HTTP status of 500 or more. */
  readonly serverErrors: number;
  readonly inFlight: number;
  /** Invocations that were in flight when the stream ended, and that nobody had cancelled. */
  readonly lost: number;
  readonly statusPings: { readonly count: number; readonly p50?: Nanos; readonly max?: Nanos };
  readonly verdict?: Verdict;
};
