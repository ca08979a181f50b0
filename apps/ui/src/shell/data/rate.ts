const WINDOW_MS = 3000;

type Sample = { readonly at: number; readonly total: number };

/** Messages per second over the last three seconds, from totals that are reported now and then. */
export class RateMeter {
  #samples: Sample[] = [];

  /** `total` messages had been seen at `at` (milliseconds). */
  report(at: number, total: number): void {
    this.#samples.push({ at, total });
    this.#trim(at);
  }

  reset(): void {
    this.#samples = [];
  }

  /** The rate at `now`; 0 as soon as nothing came for the length of the window. */
  rate(now: number): number {
    this.#trim(now);
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || now - last.at > WINDOW_MS) {
      return 0;
    }
    const span = Math.max(now - first.at, 1000);
    return ((last.total - first.total) * 1000) / span;
  }

  /** Keeps one sample from before the window, so that a steady trickle is not read as silence. */
  #trim(now: number): void {
    const firstInside = this.#samples.findIndex((sample) => now - sample.at <= WINDOW_MS);
    if (firstInside > 1) {
      this.#samples.splice(0, firstInside - 1);
    }
  }
}
