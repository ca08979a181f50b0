import { type FrameListener, FrameWalker } from "@inspector/wire/frame-walker";
import {
  FLAG_END_STREAM,
  FLAG_PADDED,
  FRAME_DATA,
  FRAME_HEADERS,
  FRAME_RST_STREAM,
  type Side,
  streamIdAt,
} from "@inspector/wire/frames";

/** Takes bytes `start` to `end` of a chunk: the next of what one side says in a stream. They are good until the call returns. */
export type TakeContent = (chunk: Uint8Array, start: number, end: number) => void;

/** Takes a connection's bytes, from the first on. */
export type TakeBytes = (side: Side, chunk: Uint8Array, length: number) => void;

/**
 * Finds the content of DATA frames in both directions of a connection, as bytes come, without a copy.
 *
 * @param open asked for each side of every stream that the worker opens
 */
export function readContents(open: (stream: number, side: Side) => TakeContent): TakeBytes {
  const takers = { worker: new Map<number, TakeContent>(), host: new Map<number, TakeContent>() };
  const sides = ["worker", "host"] as const;
  let lastStream = 0;

  const walkerOf = (side: Side): FrameWalker =>
    new FrameWalker(
      side,
      new DataFrames((type, flags, stream) => {
        const isOpening = side === "worker" && type === FRAME_HEADERS && stream > lastStream;
        if (isOpening) {
          lastStream = stream;
          for (const one of sides) {
            takers[one].set(stream, open(stream, one));
          }
        }
        const take = takers[side].get(stream);
        if (type === FRAME_RST_STREAM) {
          for (const one of sides) {
            takers[one].delete(stream);
          }
        } else if (canEnd(type) && (flags & FLAG_END_STREAM) !== 0) {
          takers[side].delete(stream);
        }
        return type === FRAME_DATA ? take : undefined;
      }),
    );

  const walkers = { worker: walkerOf("worker"), host: walkerOf("host") };
  return (side, chunk, length) => {
    walkers[side].walk(chunk, 0, length);
  };
}

function canEnd(type: number): boolean {
  return type === FRAME_DATA || type === FRAME_HEADERS;
}

/** Hands the content of each frame to whoever wants it, without padding. */
class DataFrames implements FrameListener {
  readonly #whoTakes: (type: number, flags: number, stream: number) => TakeContent | undefined;
  #take: TakeContent | undefined;
  #left = 0;
  #isPadLengthNext = false;

  constructor(whoTakes: (type: number, flags: number, stream: number) => TakeContent | undefined) {
    this.#whoTakes = whoTakes;
  }

  frame(header: Uint8Array, at: number, length: number, chunk: Uint8Array, start: number, end: number): boolean {
    const flags = header[at + 4] ?? 0;
    this.#take = this.#whoTakes(header[at + 3] ?? 0, flags, streamIdAt(header, at + 5));
    this.#left = length;
    this.#isPadLengthNext = (flags & FLAG_PADDED) !== 0;
    this.payload(chunk, start, end);
    return false;
  }

  payload(chunk: Uint8Array, start: number, end: number): void {
    if (this.#take === undefined || start === end) {
      return;
    }
    let from = start;
    if (this.#isPadLengthNext) {
      this.#isPadLengthNext = false;
      this.#left -= 1 + Math.min(chunk[start] ?? 0, this.#left - 1);
      from += 1;
    }
    const content = Math.min(end - from, this.#left);
    this.#left -= content;
    if (content > 0) {
      this.#take(chunk, from, from + content);
    }
  }
}
