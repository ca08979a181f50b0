/** Named pipes for what workers write, made before they are wanted: Node has no call for them, and a program takes a while. */
import { execFile } from "node:child_process";
import { join } from "node:path";

export type PipePair = readonly [stdout: string, stderr: string];

/** Pairs that one program makes: as many as a host starts workers at once, and more. */
const BATCH = 8;
/** Of so few pairs more are made, but not before the worker that took one has started. */
const FEW = 4;
const REFILL_MS = 2_000;

/** Keeps some pairs ready. */
export class OutputPipes {
  readonly #folder: string | undefined;
  readonly #ready: PipePair[] = [];
  #count = 0;
  #making: Promise<boolean> | undefined;
  #refill: NodeJS.Timeout | undefined;

  /** @param folder is for them; absent where the system has no named pipes */
  constructor(folder: string | undefined) {
    this.#folder = folder;
    void this.#make();
  }

  /** @returns undefined where none can be made: the worker gets what Node makes of a pipe, then */
  async take(): Promise<PipePair | undefined> {
    // Others may take what was made while this one waited.
    while (this.#ready.length === 0 && (await this.#make())) {}
    const taken = this.#ready.pop();
    if (this.#ready.length <= FEW) {
      this.#refill ??= setTimeout(() => {
        this.#refill = undefined;
        void this.#make();
      }, REFILL_MS).unref();
    }
    return taken;
  }

  /** @returns whether there are more */
  #make(): Promise<boolean> {
    this.#making ??= this.#makeBatch().finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  #makeBatch(): Promise<boolean> {
    const folder = this.#folder;
    if (folder === undefined) {
      return Promise.resolve(false);
    }
    const pairs = Array.from({ length: BATCH }, (): PipePair => {
      this.#count += 1;
      return [join(folder, `${this.#count}.stdout`), join(folder, `${this.#count}.stderr`)];
    });
    return new Promise((resolve) => {
      execFile("mkfifo", ["-m", "600", ...pairs.flat()], (error) => {
        if (error === null) {
          this.#ready.push(...pairs);
        }
        resolve(error === null);
      });
    });
  }
}
