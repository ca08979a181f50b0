import type { Direction, StreamName } from "../intervention-lines.ts";

/**
 * Looks at what one side of a stream says as it comes, before it goes on: pieces of the content of its DATA frames, in
 * order and of any size, which are good until the call returns. It must not throw.
 */
export type Watcher = (chunk: Uint8Array, start: number, end: number) => void;

/** Asked of both directions of every stream when it begins; undefined where there is nothing to look for. */
export type Watch = (at: StreamName, direction: Direction) => Watcher | undefined;
