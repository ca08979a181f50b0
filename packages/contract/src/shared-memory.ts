import type { Direction } from "./intervention-lines.ts";
import type { SharedMemoryCopy } from "./traffic.ts";

/** Whether more of it will be there soon, in a session that is being recorded. */
export function isCopying({ size, stored, problem, isDropped }: SharedMemoryCopy): boolean {
  return stored < size && problem === undefined && !isDropped;
}

/**
 * What the relay records when a message names a map, on the message's connection and before the bytes with the name: who
 * reads the message reads of its maps first. `message` is its number among the messages of its direction of the stream (1, 2, 3 …).
 */
export type SharedMemoryEvent = {
  readonly type: "shared-memory";
  readonly stream: number;
  readonly direction: Direction;
  readonly message: number;
  readonly name: string;
  /** Number of the newest link by now; links are called by their numbers, 1, 2, 3 … */
  readonly links: number;
} & (
  | {
      /** The link. */
      readonly file: string;
      /** Of the file, in bytes. */
      readonly size: number;
    }
  /** Why there is none. */
  | { readonly problem: string }
);
