/** One page that listens, and how much of what it was told is still on its way. */
import type { ServerMessage } from "@inspector/contract/page";
import type { WebSocket } from "ws";

/** A page that has this much still to receive is given no columns until it has caught up. */
const FULL_BYTES = 4 * 1024 * 1024;
/** One that has this much is let go: it reads less than what is new. */
const MOST_BYTES = 16 * 1024 * 1024;
/** One that has been full for so long reads nothing. */
const MOST_FULL_MS = 30_000;
/** "Try again later", of the codes that WebSockets are closed with. */
const CLOSE_LATER = 1013;
/** A page that does not read does not see the reason; then it is cut off. */
const CLOSE_MS = 2_000;

/**
 * States: open; full (told no columns until what is on its way has arrived); ended (refused with a reason, or gone).
 * An open one becomes full when more than FULL_BYTES wait; a full one becomes open when less than half of that does, and is
 * refused after MOST_FULL_MS or when MOST_BYTES wait.
 */
export type Page = {
  readonly session: string;
  readonly isFull: boolean;
  send(message: ServerMessage): void;
  sendText(text: string): void;
  /** A frame of the contract: `view`, then `words`, which many pages share. */
  sendFrame(view: number, words: Uint32Array): void;
  /** To be called now and then. @returns whether it was full and is open again */
  check(): boolean;
  /** Says why, and ends it. */
  refuse(reason: string): void;
};

export function createPage(socket: WebSocket, session: string): Page {
  let fullSince: number | undefined;
  let isEnded = false;

  function look(): void {
    if (socket.bufferedAmount > MOST_BYTES) {
      refuse("This page reads too slowly");
    } else if (socket.bufferedAmount > FULL_BYTES) {
      fullSince ??= performance.now();
    }
  }

  function refuse(reason: string): void {
    if (isEnded) {
      return;
    }
    isEnded = true;
    socket.send(JSON.stringify({ type: "refused", message: reason } satisfies ServerMessage));
    socket.close(CLOSE_LATER, reason);
    setTimeout(() => socket.terminate(), CLOSE_MS).unref();
  }

  function sendText(text: string): void {
    if (!isEnded) {
      socket.send(text);
      look();
    }
  }

  socket.on("error", () => socket.terminate());
  return {
    session,
    get isFull() {
      return fullSince !== undefined;
    },
    send: (message) => sendText(JSON.stringify(message)),
    sendText,
    sendFrame(view, words) {
      if (isEnded) {
        return;
      }
      // One message in two pieces: the second is the same for every page that has this view.
      socket.send(new Uint8Array(Uint32Array.of(view).buffer), { binary: true, fin: false });
      socket.send(new Uint8Array(words.buffer), { binary: true, fin: true });
      look();
    },
    check() {
      if (fullSince === undefined || isEnded) {
        return false;
      }
      if (performance.now() - fullSince > MOST_FULL_MS) {
        refuse("This page has not read for a while");
        return false;
      }
      if (socket.bufferedAmount > FULL_BYTES / 2) {
        return false;
      }
      fullSince = undefined;
      return true;
    },
    refuse,
  };
}
