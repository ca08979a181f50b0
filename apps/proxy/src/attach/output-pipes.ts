/** Named pipes for what workers write, made before they are wanted: Node has no call for them, and a program takes a while. */
import { execFile } from "node:child_process";
import { join } from "node:path";

export type PipePair = readonly [stdout: string, stderr: string];

/** Keeps one pair ready. */
export class OutputPipes {
  readonly #folder: string | undefined;
  #count = 0;
  #next: Promise<PipePair | undefined>;

  /** @param folder is for them; absent where the system has no named pipes */
  constructor(folder: string | undefined) {
    this.#folder = folder;
    this.#next = this.#make();
  }

  /** @returns undefined where none can be made: the worker gets what Node makes of a pipe, then */
  async take(): Promise<PipePair | undefined> {
    const taken = this.#next;
    this.#next = this.#make();
    return await taken;
  }

  #make(): Promise<PipePair | undefined> {
    const folder = this.#folder;
    if (folder === undefined) {
      return Promise.resolve(undefined);
    }
    this.#count += 1;
    const pair = [join(folder, `${this.#count}.stdout`), join(folder, `${this.#count}.stderr`)] as const;
    return new Promise((resolve) => {
      execFile("mkfifo", ["-m", "600", ...pair], (error) => resolve(error === null ? pair : undefined));
    });
  }
}
