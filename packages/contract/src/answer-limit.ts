import type { Nanos } from "./traffic.ts";

/** What a replay may be given, in milliseconds. */
export const MAX_TIMEOUT_MS = 24 * 60 * 60 * 1000;

const LEAST_MS = 60_000;

/** How long the answer to a replay is waited for, in milliseconds: longer where it took long when it was recorded. */
export function answerLimit(duration: Nanos = 0): number {
  return Math.min(Math.max(LEAST_MS, Math.ceil((duration * 3) / 1e6)), MAX_TIMEOUT_MS);
}
