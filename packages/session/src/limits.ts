/** How long a host waits for a worker's steps: what is known of this host, else its defaults. */
import type { Nanos } from "@inspector/contract/page";
import type { StepName } from "./invocation/worker-step.ts";
import { isRecord } from "./sql-values.ts";

export const SECOND: Nanos = 1e9;

/** What an invocation may take where host.json does not say; 5 min on the Consumption plan. */
const FUNCTION_TIMEOUT: Nanos = 30 * 60 * SECOND;

/** The host's defaults. Loading and indexing may take a minute, or as long as an invocation if that is longer. */
const DEFAULTS: Partial<Record<StepName, Nanos>> = {
  start: 60 * SECOND,
  init: 10 * SECOND,
  reload: 30 * SECOND,
  index: FUNCTION_TIMEOUT,
  load: FUNCTION_TIMEOUT,
  warmup: 90 * SECOND,
};

/** The worker.config.json that comes with the Node.js worker allows more. */
const NODE_DEFAULTS: Partial<Record<StepName, Nanos>> = { init: 120 * SECOND, reload: 120 * SECOND };

/** What is recorded of the limits of one worker's host. */
export type KnownLimits = ReadonlyMap<StepName, Nanos>;

export type StepLimit = {
  readonly span: Nanos;
  /** Nothing is known of this host's configuration: others wait for as long as their processOptions and functionTimeout say. */
  readonly isDefault: boolean;
};

/** By default; undefined for steps that nothing waits for. */
export function limitOf(step: StepName, runtime: string | undefined): Nanos | undefined {
  return (runtime === "node" ? NODE_DEFAULTS[step] : undefined) ?? DEFAULTS[step];
}

/** How long the host of a worker waits for a step; undefined for steps that nothing waits for. */
export function stepLimitOf(
  step: StepName,
  runtime: string | undefined,
  known: KnownLimits | undefined,
): StepLimit | undefined {
  const recorded = known?.get(step);
  if (recorded !== undefined) {
    return { span: recorded, isDefault: false };
  }
  const span = limitOf(step, runtime);
  return span === undefined ? undefined : { span, isDefault: true };
}

/** Reads `limits` of the event "process-spawned": milliseconds by step, null for ever. */
export function parseLimits(value: unknown): KnownLimits {
  const steps = [...Object.keys(DEFAULTS)] as StepName[];
  const limits = isRecord(value) ? value : {};
  return new Map(
    steps.flatMap((step): [StepName, Nanos][] => {
      const limit = limits[step];
      return typeof limit === "number" && limit >= 0
        ? [[step, limit * 1e6]]
        : limit === null
          ? [[step, Number.POSITIVE_INFINITY]]
          : [];
    }),
  );
}

/** The latency beyond which a host with dynamic concurrency takes a worker for overloaded. */
export const STATUS_LIMIT: Nanos = SECOND;

/** Worker errors within this time are counted together. */
export const ERROR_WINDOW: Nanos = 30 * 60 * SECOND;

/** As many errors per worker process within {@link ERROR_WINDOW} stop the host. */
export const ERRORS_PER_PROCESS = 3;

/** What most gRPC libraries receive at most unless they are told otherwise. */
export const USUAL_MESSAGE_LIMIT = 4 * 1024 * 1024;

/** "1.5 s", "120 ms", "2 min". */
export function formatSpan(nanos: Nanos): string {
  if (nanos < SECOND) {
    return `${round(nanos / 1e6)} ms`;
  }
  if (nanos < 120 * SECOND) {
    return `${round(nanos / SECOND)} s`;
  }
  return `${round(nanos / (60 * SECOND))} min`;
}

function round(value: number): string {
  return String(Number(value.toPrecision(3)));
}
