/** A body that comes in pieces of any size, and is to be seen while it comes: stored in parts that are filled up. */
import { BODY_PART_BYTES, BODY_PARTS, SMALL_PART_BYTES, SMALL_PARTS } from "@inspector/filter/bodies";
import type { Writer } from "@inspector/session/writer";

/** Plain data; survives a restart as part of its connection's state. */
export type HttpBody = {
  readonly number: number;
  /** Bytes that came. */
  size: number;
  /** Number of the part that is being filled, and what is in it that is not stored yet or will be stored again. */
  part: number;
  filling: Uint8Array;
  filled: number;
};

export function openHttpBody(writer: Writer): HttpBody {
  return { number: writer.bodies.open(), size: 0, part: 0, filling: new Uint8Array(), filled: 0 };
}

/** Beyond {@link BODY_PARTS} parts (3 GiB) nothing is kept, only counted. */
export function appendToBody(writer: Writer, body: HttpBody, bytes: Uint8Array): void {
  body.size += bytes.length;
  for (let at = 0; at < bytes.length && body.part < BODY_PARTS; ) {
    const limit = body.part < SMALL_PARTS ? SMALL_PART_BYTES : BODY_PART_BYTES;
    const taken = bytes.subarray(at, at + limit - body.filled);
    at += taken.length;
    fill(body, taken, limit);
    if (body.filled < limit) {
      return;
    }
    storeBody(writer, body);
    body.part += 1;
    body.filled = 0;
  }
}

/** Writes the part that is being filled, as far as it is. */
export function storeBody(writer: Writer, body: HttpBody): void {
  if (body.filled > 0) {
    writer.bodies.replacePart(body.number, body.part, body.filling.slice(0, body.filled));
  }
}

/** All of a body whose last part is stored; undefined where some of it was not kept. */
export function readBody(writer: Writer, { number, size }: HttpBody): Uint8Array | undefined {
  const parts: Uint8Array[] = [];
  let read = 0;
  for (let part = 0; read < size; part++) {
    const bytes = writer.bodies.readPart(number, part);
    if (bytes.length === 0) {
      return undefined;
    }
    parts.push(bytes);
    read += bytes.length;
  }
  return Buffer.concat(parts);
}

function fill(body: HttpBody, bytes: Uint8Array, limit: number): void {
  const needed = body.filled + bytes.length;
  if (body.filling.length < needed) {
    const larger = new Uint8Array(Math.min(Math.max(needed, 2 * body.filling.length), limit));
    larger.set(body.filling.subarray(0, body.filled));
    body.filling = larger;
  }
  body.filling.set(bytes, body.filled);
  body.filled = needed;
}
