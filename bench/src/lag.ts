/** How far what is recorded is behind what was forwarded. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Recorder } from "./targets/target.ts";

const LOOK_MS = 250;
const GIVE_UP_MS = 300_000;

export type LagSample = { readonly at: number; readonly behind: number; readonly recorded: number };

export type Lag = {
  readonly samples: readonly LagSample[];
  stop(): Promise<void>;
};

/** Looks four times a second until it is stopped. */
export function watchLag(recorder: Recorder): Lag {
  const samples: LagSample[] = [];
  let isRunning = true;
  async function look(): Promise<void> {
    const startedAt = performance.now();
    while (isRunning) {
      samples.push({ at: performance.now() - startedAt, ...(await recorder.state()) });
      await sleep(LOOK_MS);
    }
  }
  const looking = look();
  return {
    samples,
    async stop() {
      isRunning = false;
      await looking;
    },
  };
}

export type CatchUp = {
  readonly seconds: number;
  readonly recorded: number;
  /** Messages that are not in the session although nothing is left to read: the journal was full. */
  readonly lost: number;
};

/** Waits until `expected` messages are recorded, or until nothing more is to be read. */
export async function catchUp(recorder: Recorder, expected: number): Promise<CatchUp> {
  const startedAt = performance.now();
  let idle = 0;
  for (;;) {
    const { recorded, behind } = await recorder.state();
    const seconds = (performance.now() - startedAt) / 1000;
    idle = behind === 0 ? idle + 1 : 0;
    if (recorded >= expected) return { seconds, recorded, lost: 0 };
    if (idle > 8 || seconds * 1000 > GIVE_UP_MS) return { seconds, recorded, lost: expected - recorded };
    await sleep(LOOK_MS);
  }
}
