/** How long it takes until what was forwarded is recorded. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Recorder } from "./targets/target.ts";

const LOOK_MS = 250;
const GIVE_UP_MS = 300_000;

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
    if (recorded >= expected) {
      return { seconds, recorded, lost: 0 };
    }
    if (idle > 8 || seconds * 1000 > GIVE_UP_MS) {
      return { seconds, recorded, lost: expected - recorded };
    }
    await sleep(LOOK_MS);
  }
}
