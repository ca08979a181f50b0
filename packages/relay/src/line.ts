/** One end of a line between two processes: a local socket with one JSON object a line. */
import type { Socket } from "node:net";
import { splitLines } from "@inspector/wire/lines";

/** Nobody says more in one line: a held message of 8 MiB in base64, and what goes with it. */
const MAX_LINE_CHARS = 12 * 1024 * 1024;

export type LineOptions = {
  /** Called for each line, in order, with what it says; undefined where that is no JSON. */
  readonly onMessage: (message: unknown) => void;
  /** Bytes that may wait for the other end to read them; beyond that it is taken for one that hangs, and the line is closed. */
  readonly maxWaiting: number;
};

/** Bounds what waits in both directions: a line that is too long, and an end that does not read, close it. */
export class Line<Outgoing> {
  readonly #socket: Socket;
  readonly #maxWaiting: number;

  constructor(socket: Socket, { onMessage, maxWaiting }: LineOptions) {
    this.#socket = socket;
    this.#maxWaiting = maxWaiting;
    socket.on("error", () => {});
    socket.setEncoding("utf8");
    const take = splitLines(MAX_LINE_CHARS, (line, isCut) => {
      if (isCut) {
        socket.destroy();
      } else if (!socket.destroyed) {
        onMessage(parse(line));
      }
    });
    socket.on("data", take);
  }

  /** Bytes that the other end has not taken yet. */
  get waiting(): number {
    return this.#socket.writableLength;
  }

  /** @returns false where the line is closed */
  send(message: Outgoing): boolean {
    if (!this.#socket.writable) {
      return false;
    }
    this.#socket.write(`${JSON.stringify(message)}\n`);
    if (this.#socket.writableLength > this.#maxWaiting) {
      this.#socket.destroy();
    }
    return !this.#socket.destroyed;
  }

  close(): void {
    this.#socket.destroy();
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
