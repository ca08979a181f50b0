/**
 * Carries what one socket brings to another: each chunk is looked at by those who want to, recorded, then written on from where it lies, unchanged.
 * Back-pressure is the sockets' own; a half-close or a reset is carried over as what it was, behind the bytes before it.
 */
import type { Socket } from "node:net";
import type { Side } from "@inspector/wire/frames";
import { SIDE_RELAY } from "@inspector/wire/journal";
import type { Journal } from "./journal.ts";
import type { ReadBuffers } from "./read-buffers.ts";
import { endWhenFlushed, resetWhenFlushed, unlessReset } from "./socket-ends.ts";

/** Looks at the first `length` bytes of a chunk of one side, which are good until the call returns. */
export type Look = (side: Side, chunk: Uint8Array, length: number) => void;

/** Asked of every connection when it is opened; undefined where there is nothing to look for. */
export type Watch = (connection: number) => Look | undefined;

/** One direction of a joined connection. */
export type Pipe = {
  /** Who speaks. */
  readonly side: number;
  readonly from: Socket;
  readonly buffers: ReadBuffers;
  readonly to: Socket;
  /** Sees what comes before it is recorded. */
  readonly look?: ((chunk: Buffer, bytes: number) => void) | undefined;
  /** Takes the bytes that are to be written on. Returns true where they are to go as they are, else it has seen to them. */
  readonly take?: (chunk: Buffer, bytes: number) => boolean;
  /** Passes the sender's end on, once nothing of what it said waits any more; absent: nothing ever does. */
  readonly afterWaiting?: (passEnd: () => void) => void;
};

/** Joins two sockets both ways, until both are closed: then the connection's "closed" is recorded. */
export function join(journal: Journal, connection: number, pipes: readonly Pipe[], onClosed: () => void): void {
  let open = pipes.length;
  for (const pipe of pipes) {
    pump(journal, connection, pipe);
    pipe.from.resume();
    pipe.from.once("close", () => {
      open -= 1;
      if (open > 0) {
        return;
      }
      onClosed();
      journal.event({ type: "closed" }, connection, SIDE_RELAY);
    });
  }
}

function pump(journal: Journal, connection: number, { side, from, buffers, to, look, take, afterWaiting }: Pipe): void {
  let watching = look;
  buffers.onData = (buffer, bytes) => {
    try {
      watching?.(buffer.payload, bytes);
    } catch (error) {
      // Whatever is wrong there: the chunk goes on, and the fault is told of by itself.
      watching = undefined;
      queueMicrotask(() => {
        throw error;
      });
    }
    journal.append(connection, side, buffer, bytes);
    if (take?.(buffer.payload, bytes) !== false) {
      to.write(buffer.payload.subarray(0, bytes));
    }
    if (to.writableLength === 0) {
      return;
    }
    // Not all of it left at once: until it has, nothing may be read over it.
    buffers.keep();
    to.write("", () => buffers.giveBack(buffer));
    if (to.writableNeedDrain) {
      from.pause();
    }
  };
  to.on("drain", () => from.resume());
  from.on("end", () => {
    unlessReset(from, () => {
      journal.event({ type: "half-closed" }, connection, side);
      if (afterWaiting === undefined) {
        endWhenFlushed(to);
      } else {
        afterWaiting(() => endWhenFlushed(to));
      }
    });
  });
  from.on("error", (error: NodeJS.ErrnoException) => {
    if (to.destroyed) {
      return;
    }
    journal.event({ type: "reset", code: error.code ?? error.message }, connection, side);
    resetWhenFlushed(to);
  });
  from.on("close", () => {
    // Closed without FIN and without an error: nothing will come any more, so the other side must not wait for it.
    if (!from.readableEnded && !to.destroyed) {
      resetWhenFlushed(to);
    }
  });
}
