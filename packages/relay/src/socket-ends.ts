/** How a socket ends: by a FIN or by a reset, behind what waits to be written. */
import type { Socket } from "node:net";

/** How long bytes that came before a reset may take to leave before the reset is passed on without them. */
const FLUSH_TIMEOUT_MS = 5_000;
const CLOSE_TIMEOUT_MS = 1_000;

/**
 * Tells an end from a reset that libuv took for one, as it does when the reset arrives together with bytes: writing
 * nothing to a socket that was reset fails, and is its error event.
 */
export function unlessReset(socket: Socket, onEnd: () => void): void {
  // What waits to be written would have to go first, and fails by itself if it was a reset.
  if (socket.writableEnded || socket.writableLength > 0) {
    onEnd();
    return;
  }
  socket.write("", (error) => {
    if (!error) {
      onEnd();
    }
  });
}

/** Half-closes a socket, but only once all is written: a shutdown that waits would stand in the way of a reset. */
export function endWhenFlushed(socket: Socket): void {
  if (socket.writableLength === 0) {
    socket.end();
  } else {
    socket.write("", () => socket.end());
  }
}

/** Passes a reset on, but behind the bytes that came before it. */
export function resetWhenFlushed(socket: Socket): void {
  if (socket.writableLength === 0) {
    reset(socket);
    return;
  }
  const timer = setTimeout(reset, FLUSH_TIMEOUT_MS, socket);
  socket.once("close", () => clearTimeout(timer));
  // Not "drain", which comes only where more was waiting than a socket likes.
  socket.write("", () => reset(socket));
}

/**
 * Resets a connection. libuv refuses to while a shutdown is under way, and Node then leaves the connection open for ever,
 * out of anybody's reach: what was just half-closed is reset when that is done.
 */
export function reset(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) {
    socket.once("finish", () => socket.resetAndDestroy());
  } else {
    socket.resetAndDestroy();
  }
}

/** Resets connections and waits until they are closed; one whose other side takes nothing any more is given up after a second. */
export async function resetAll(sockets: Iterable<Socket>): Promise<void> {
  const open = [...sockets].filter((socket) => !socket.closed);
  const closed = open.map((socket) => new Promise((resolve) => socket.once("close", resolve)));
  for (const socket of open) {
    reset(socket);
  }
  const timer = setTimeout(() => {
    for (const socket of open) {
      socket.destroy();
    }
  }, CLOSE_TIMEOUT_MS);
  await Promise.all(closed);
  clearTimeout(timer);
}
