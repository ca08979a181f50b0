/** How long the host waits for a worker's steps, where neither host.json nor worker.config.json says otherwise. */
import type { Nanos } from "@inspector/contract/page";
import type { StepName } from "./invocation/worker-step.ts";

export const SECOND: Nanos = 1e9;

const LIMITS: Partial<Record<StepName, Nanos>> = {
  start: 60 * SECOND,
  init: 10 * SECOND,
  reload: 30 * SECOND,
  index: 60 * SECOND,
  load: 60 * SECOND,
  warmup: 90 * SECOND,
};

/** The worker.config.json of the Node.js worker allows more. */
const NODE_LIMITS: Partial<Record<StepName, Nanos>> = { init: 120 * SECOND, reload: 120 * SECOND };

/** undefined for steps that nothing waits for. */
export function limitOf(step: StepName, runtime: string | undefined): Nanos | undefined {
  return (runtime === "node" ? NODE_LIMITS[step] : undefined) ?? LIMITS[step];
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
