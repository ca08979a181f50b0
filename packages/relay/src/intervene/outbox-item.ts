/** What waits in an outbox. */
import type { Lane, OwnMessage } from "./lane.ts";

/** Content of the sender's, or a message in the sender's order that the relay sends. */
export type DataItem = {
  readonly type: "data";
  readonly lane: Lane;
  bytes: Uint8Array;
  /** Bytes of it that were sent. */
  offset: number;
  /** It is a view into the chunk that is being read. */
  isView: boolean;
  /** A message ends with it. */
  readonly endsMessage: boolean;
  endsStream: boolean;
  /** Set where the sender has been credited for it already: a message that was kept, or the place of one ("awaited"). */
  own?: OwnMessage | "awaited";
};

/** A header block: HEADERS with all its CONTINUATION frames, which leave together once `isComplete`. */
export type BlockItem = {
  readonly type: "block";
  readonly lane: Lane | undefined;
  readonly frames: Uint8Array[];
  readonly endsStream: boolean;
  isComplete: boolean;
};

/** A RST_STREAM that waits behind what its sender said before. */
export type ResetItem = { readonly type: "reset"; readonly lane: Lane; readonly frame: Uint8Array };

/** An acknowledgement of settings that waits behind a header block. */
export type AckItem = { readonly type: "ack"; readonly lane: undefined; readonly frame: Uint8Array };

/** What stands in a queue, in the order in which it came. */
export type Item = DataItem | BlockItem | ResetItem | AckItem;

const NOTHING = new Uint8Array(0);

/** Content of DATA frames; what is not given is empty or false. */
export function dataItem(lane: Lane, rest: Partial<Omit<DataItem, "type" | "lane">> = {}): DataItem {
  const plain = { bytes: NOTHING, offset: 0, isView: false, endsMessage: false, endsStream: false };
  return { type: "data", lane, ...plain, ...rest };
}

/** Header blocks keep their order, and an acknowledgement does not overtake one. */
export function isOrdered(item: Item): boolean {
  return item.type === "block" || item.type === "ack";
}
