/** When a process was ready to run and the machine did not let it: a message is not late by that. */
import { readFileSync } from "node:fs";
import type { Stall } from "./peer-process.ts";
import { now } from "./said.ts";

const LOOK_MS = 50;

export class Waits {
  /** Each ends at `at`, and lies somewhere within the {@link LOOK_MS} before. */
  readonly stalls: Stall[] = [];
  readonly #timer: NodeJS.Timeout;

  /** Of the main thread of a process. */
  constructor(pid: number) {
    let before = waitedUs(pid);
    this.#timer = setInterval(() => {
      const waited = waitedUs(pid);
      if (waited > before) {
        this.stalls.push({ at: now(), us: waited - before });
      }
      before = waited;
    }, LOOK_MS);
  }

  end(): void {
    clearInterval(this.#timer);
  }
}

/** The second figure of schedstat: nanoseconds in which the thread waited for a processor. */
function waitedUs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, "utf8").split(" ")[1]) / 1_000;
  } catch {
    return 0;
  }
}
