/** A folder for what is on its way into another file: for its owner only, and gone when the command ends, however it does. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { atEnd } from "../output-file.ts";

export class TemporaryFolder {
  readonly path: string;
  readonly #forget: () => void;

  /** @param near beside which file it is; "-" and nothing: where the system keeps such things */
  constructor(near: string | undefined) {
    const parent = near === undefined || near === "-" || near.startsWith("/dev/") ? tmpdir() : dirname(resolve(near));
    this.path = mkdtempSync(join(parent, ".inspector-export-"));
    this.#forget = atEnd(() => this.#remove());
  }

  remove(): void {
    this.#forget();
    this.#remove();
  }

  #remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
