/** What a worker writes, on its way to the host, and a copy of it for the recording. */
import { closeSync, constants, openSync, unlinkSync } from "node:fs";
import { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";

/** Where nothing comes for so long after the worker's end, a descendant of it holds its output. */
const AFTER_EXIT_MS = 200;
/** A host that reads nothing of what its worker wrote last for so long does not read it at all. */
const FLUSH_LIMIT_MS = 2_000;

/** An end for the worker and one to read from. */
export type OutputPipe = { readonly forWorker: number; readonly source: Readable };

/**
 * Opens a named pipe: a worker finds a pipe where a host gives it one, and not the socket that Node would make. The name goes.
 * @returns undefined where it cannot be opened
 */
export function openPipe(path: string): OutputPipe | undefined {
  let reading: number | undefined;
  try {
    // Neither end waits for the other: first the one that may be opened alone, without waiting.
    reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const forWorker = openSync(path, constants.O_WRONLY);
    unlinkSync(path);
    return { forWorker, source: new Socket({ fd: reading, readable: true, writable: false }) };
  } catch {
    if (reading !== undefined) {
      closeSync(reading);
    }
    return undefined;
  }
}

/** Passes on what comes, as fast as the host reads. */
export class OutputCopy {
  readonly #source: Readable;
  #isClosed = false;
  /** Chunks that the host has not taken yet. */
  #waiting = 0;
  #onProgress = (): void => {};

  constructor(source: Readable, destination: Writable, copy: (chunk: Buffer) => void) {
    this.#source = source;
    stopWaiting(destination);
    source.once("close", () => {
      this.#isClosed = true;
      this.#onProgress();
    });
    source.on("error", () => {});
    source.on("data", (chunk: Buffer) => {
      this.#waiting += 1;
      const hasRoom = destination.write(chunk, () => {
        this.#waiting -= 1;
        this.#onProgress();
      });
      if (!hasRoom) {
        source.pause();
      }
      copy(chunk);
      this.#onProgress();
    });
    destination.on("drain", () => source.resume());
    // Nobody reads any more: the worker is to learn that as it would without us.
    destination.on("error", () => source.destroy());
  }

  /** To be called when the worker has ended: resolves when all that it wrote has been handed on, or nothing moves any more. */
  finish(): Promise<void> {
    return new Promise((resolve) => {
      let limit: NodeJS.Timeout | undefined;
      const look = (): void => {
        clearTimeout(limit);
        if (this.#isClosed && this.#waiting === 0) {
          resolve();
        } else if (this.#waiting > 0) {
          limit = setTimeout(resolve, FLUSH_LIMIT_MS);
        } else {
          limit = setTimeout(() => this.#source.destroy(), AFTER_EXIT_MS);
        }
      };
      this.#onProgress = look;
      look();
    });
  }
}

/** Node makes writes to a pipe wait for its reader, and with them the lifeline. */
function stopWaiting(stream: Writable): void {
  const { _handle: handle } = stream as unknown as { _handle?: { setBlocking?: (isBlocking: boolean) => void } };
  handle?.setBlocking?.(false);
}
