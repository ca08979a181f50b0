import type { Lane } from "./lane.ts";
import type { Watchfulness } from "./replayed-ids.ts";

/** What an inbox tells of the frames that come. */
export type InboxEvents = {
  /** The sender speaks of a stream that it may be opening. */
  headers(stream: number): void;
  /** Content of a lane whose {@link Lane.opening} is waited for. */
  opening(lane: Lane, bytes: Uint8Array): void;
  /** Whether a message of a starting worker is to be rewritten. */
  isWanted(message: Uint8Array): boolean;
  /** A starting worker has answered an invocation. */
  started(lane: Lane): void;
  /** How closely a lane is to be watched whose messages pass, though some kinds of them are looked at. */
  watchfulness(lane: Lane): Watchfulness;
  /** The sender has ended its direction of the stream; nothing of its end has gone on yet. */
  ended(lane: Lane): void;
  /** Its end has gone on. */
  endPassed(lane: Lane): void;
  /** The stream was reset by the sender, and that has gone on. */
  reset(stream: number): void;
};
