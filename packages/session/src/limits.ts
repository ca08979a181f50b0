/** How long a host waits for a worker's steps: what is known of this host, else its defaults. */
import type { Nanos } from "@inspector/contract/page";
import type { StepName } from "./invocation/worker-step.ts";
import { isRecord } from "./sql-values.ts";

/** In nanoseconds. */
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

/** How long a step may take, and where that number comes from. */
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

/**
 * What the event "process-spawned" says of limits: `limits`, milliseconds by step and null for ever, or the processOptions of the
 * worker's own worker.config.json, which beat the host's defaults.
 */
export function limitsIn(detail: Readonly<Record<string, unknown>>): KnownLimits {
  const config = isRecord(detail["workerConfig"]) ? detail["workerConfig"]["processOptions"] : undefined;
  return new Map([...optionsIn(config), ...stepsIn(detail["limits"])]);
}

const STEPS = Object.keys(DEFAULTS) as StepName[];

function stepsIn(limits: unknown): [StepName, Nanos][] {
  if (!isRecord(limits)) {
    return [];
  }
  return STEPS.flatMap((step): [StepName, Nanos][] => {
    const limit = limits[step];
    if (limit === null) {
      return [[step, Number.POSITIVE_INFINITY]];
    }
    return typeof limit === "number" && limit >= 0 ? [[step, limit * 1e6]] : [];
  });
}

const OPTIONS: readonly (readonly [option: string, step: StepName])[] = [
  ["processStartupTimeout", "start"],
  ["initializationTimeout", "init"],
  ["environmentReloadTimeout", "reload"],
];

function optionsIn(options: unknown): [StepName, Nanos][] {
  if (!isRecord(options)) {
    return [];
  }
  return OPTIONS.flatMap(([option, step]): [StepName, Nanos][] => {
    const span = timeSpanOf(options[option]);
    return span === undefined ? [] : [[step, span]];
  });
}

/** "00:02:00", "1.00:00:00": days, hours, minutes, seconds, as .NET writes them. */
export function timeSpanOf(value: unknown): Nanos | undefined {
  const found = typeof value === "string" ? /^(?:(\d+)\.)?(\d+):(\d+)(?::(\d+(?:\.\d+)?))?$/u.exec(value.trim()) : null;
  if (found === null) {
    return undefined;
  }
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = found.slice(1).map((part) => Number(part ?? 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * SECOND;
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
