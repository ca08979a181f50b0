/** What the ingest of a journal asks of one connection, whatever is spoken on it. */

import type { InterventionEvent } from "@inspector/contract/intervention-lines";
import type { EndInfo } from "@inspector/contract/page";
import type { SharedMemoryEvent } from "@inspector/contract/shared-memory";
import type { FramePosition } from "@inspector/wire/frame-walker";
import type { Side } from "@inspector/wire/frames";

/** Times are nanoseconds since the session began. */
export type RecordedConnection = {
  /** Number of its row. */
  readonly id: number;
  push(side: Side, bytes: Uint8Array, at: number): void;
  /** What the relay did in one of its streams. */
  intervened(event: InterventionEvent, at: number): void;
  /** A message names a map of shared memory. */
  named(event: SharedMemoryEvent, at: number): void;
  /** A side has closed or, with the system's code, reset the connection: what the other says then is only the echo of that. */
  leaving(side: Side, code?: string): void;
  /** Bytes are missing; `positions` says where the frames of each side stand now. */
  skip(positions: Readonly<Record<Side, FramePosition | undefined>>, at: number): void;
  closed(at: number, end: EndInfo | undefined): void;
  /** Nothing more of it is decoded: its row says why, and its end will still be recorded. */
  fail(reason: string): void;
  /** Writes what changed since the last call. */
  save(): void;
};
