import type { ProcessOptions } from "./worker-config.ts";

/** How long the host waits where worker.config.json has no say, in ms. */
export type HostLimits = {
  /** For the answers to the metadata and load requests. */
  readonly load: number;
  /** Between WorkerTerminate and the kill. */
  readonly terminateGrace: number;
  /** Between two status pings. */
  readonly statusInterval: number;
  /** For one invocation; undefined means for ever. */
  readonly invocation: number | undefined;
};

/** The limits of host 4.x. Loading may take at least as long as an invocation. */
export function defaultLimits(functionTimeout: number | undefined): HostLimits {
  return {
    load: Math.max(60_000, functionTimeout ?? 0),
    terminateGrace: 5000,
    statusInterval: 10_000,
    invocation: functionTimeout,
  };
}

/** How long this host waits for a worker, by step, in ms. What a recording is judged by: see docs/recording-format.md. */
export type StepLimits = {
  readonly start: number;
  readonly init: number;
  readonly reload: number;
  readonly index: number;
  readonly load: number;
  /** null: for ever. */
  readonly invocation: number | null;
  readonly terminate: number;
};

export function stepLimitsOf(options: ProcessOptions, limits: HostLimits): StepLimits {
  return {
    start: options.processStartupTimeout,
    init: options.initializationTimeout,
    reload: options.environmentReloadTimeout,
    index: limits.load,
    load: limits.load,
    invocation: limits.invocation ?? null,
    terminate: limits.terminateGrace,
  };
}
