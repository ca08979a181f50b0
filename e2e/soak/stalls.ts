/** Notes when this process did not run: a message is not late by what its own sender or receiver slept. */
import type { Stall } from "./peer-process.ts";
import { now } from "./said.ts";

const TICK_MS = 20;
/** Shorter ones are not worth a note. */
const SHORTEST_US = 50_000;

export function watchStalls(): readonly Stall[] {
  const stalls: Stall[] = [];
  let before = now();
  setInterval(() => {
    const at = now();
    const us = at - before - TICK_MS * 1_000;
    if (us > SHORTEST_US) {
      stalls.push({ at, us });
    }
    before = at;
  }, TICK_MS).unref();
  return stalls;
}
