/**
 * The page's clocks tick together, and what is only brought up to date is shown when they tick: a frame costs much the
 * same whatever changes in it.
 */
export const SECOND_MS = 1000;

/**
 * Milliseconds until the next multiple of `interval` on the page's own clock, in whole ones: a timer leaves out the rest,
 * and would come before the beat, and once more at it.
 */
export function untilBeat(interval: number): number {
  return Math.ceil(interval - (performance.now() % interval));
}

/** Resolves with the next whole second. */
export async function nextBeat(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, untilBeat(SECOND_MS)));
}
