/** What a worker writes, on its way to the host, and a copy of it for the recording. */
import { closeSync, constants, openSync, unlinkSync } from "node:fs";
import { Socket } from "node:net";
import type { Readable } from "node:stream";

/** Whether a descendant of the worker still holds the output: it may write for so long after the worker has ended. */
const AFTER_EXIT_MS = 200;
/** How long a host may take to read what its worker wrote last. */
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
  readonly #destination: NodeJS.WriteStream;
  readonly #ended: Promise<void>;

  constructor(source: Readable, destination: NodeJS.WriteStream, copy: (chunk: Buffer) => void) {
    this.#source = source;
    this.#destination = destination;
    stopWaiting(destination);
    this.#ended = new Promise((resolve) => source.once("close", resolve));
    source.on("error", () => {});
    source.on("data", (chunk: Buffer) => {
      if (!destination.write(chunk)) {
        source.pause();
      }
      copy(chunk);
    });
    destination.on("drain", () => source.resume());
    // Nobody reads any more: the worker is to learn that as it would without us.
    destination.on("error", () => source.destroy());
  }

  /** To be called when the worker has ended: resolves when all that it wrote has been handed on. */
  async finish(): Promise<void> {
    const limit = setTimeout(() => this.#source.destroy(), AFTER_EXIT_MS);
    await this.#ended;
    clearTimeout(limit);
    if (this.#destination.writableLength > 0) {
      await new Promise<void>((resolve) => {
        setTimeout(resolve, FLUSH_LIMIT_MS);
        this.#destination.write("", () => resolve());
      });
    }
  }
}

/** Node makes writes to a pipe wait for its reader, and with them the lifeline. */
function stopWaiting(stream: NodeJS.WriteStream): void {
  const { _handle: handle } = stream as unknown as { _handle?: { setBlocking?: (isBlocking: boolean) => void } };
  handle?.setBlocking?.(false);
}
