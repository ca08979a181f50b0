/**
 * Where the bytes of a message are, by `message.body`.
 *
 * Small messages stand one behind the other in the rows of `pack`: `body` is minus their place there, pack * PACK_BYTES +
 * offset, and their length is `message.size`. Any other positive number names a body of its own, whose parts are rows of
 * `body`. A message without bytes has 0. Bodies of HTTP and of shared memory are always bodies of their own.
 */
import { BODY_PARTS, PACK_BYTES } from "@inspector/filter/bodies";
import { joinBytes } from "@inspector/proto";
import { type Database, numberOf } from "./database.ts";

/** Where the next message of this pack goes. */
export function packedBody(pack: number, offset: number): number {
  return -(pack * PACK_BYTES + offset);
}

/** Undefined for a body of its own. */
function placeInPack(body: number): { pack: number; offset: number } | undefined {
  if (!isPacked(body)) {
    return undefined;
  }
  const pack = Math.floor(-body / PACK_BYTES);
  return { pack, offset: -body - pack * PACK_BYTES };
}

/** Whether the bytes of a body stand in a pack: then the reader keeps them for the next one of that pack. */
export function isPacked(body: number): boolean {
  return body < 0;
}

export type BodyReader = {
  /**
   * Bytes `start` (inclusive) to `end` (exclusive) of a body; fewer where it has fewer. A packed one does not know its own end,
   * and its bytes are the reader's: who gives their buffer away copies them first.
   */
  bytes(body: number, start: number, end: number): Uint8Array;
  /** What is stored of a body of its own. */
  size(body: number): number;
};

/** Keeps the pack that was read last, which most often has the next message too. */
export function createBodyReader(database: Database): BodyReader {
  const parts = database.prepare("SELECT id, length(bytes) AS size FROM body WHERE id BETWEEN ? AND ? ORDER BY id");
  const part = database.prepare("SELECT bytes FROM body WHERE id = ?");
  const packs = database.prepare("SELECT bytes FROM pack WHERE id = ?");
  let latest: { readonly pack: number; readonly bytes: Uint8Array } | undefined;

  function partsOf(body: number): { id: number; size: number }[] {
    const first = body * BODY_PARTS;
    return parts
      .all(first, first + BODY_PARTS - 1)
      .map((row) => ({ id: numberOf(row["id"]), size: numberOf(row["size"]) }));
  }

  function packed(pack: number): Uint8Array {
    if (latest?.pack === pack) {
      return latest.bytes;
    }
    const bytes = packs.get(pack)?.["bytes"];
    if (!(bytes instanceof Uint8Array)) {
      return new Uint8Array();
    }
    latest = { pack, bytes };
    return bytes;
  }

  return {
    bytes(body, start, end) {
      const place = placeInPack(body);
      if (place !== undefined) {
        return packed(place.pack).subarray(place.offset + start, place.offset + end);
      }
      const wanted: Uint8Array[] = [];
      let at = 0;
      for (const { id, size } of partsOf(body)) {
        const from = Math.max(start - at, 0);
        const to = Math.min(end - at, size);
        if (from < to) {
          const bytes = part.get(id)?.["bytes"];
          if (bytes instanceof Uint8Array) {
            wanted.push(bytes.subarray(from, to));
          }
        }
        at += size;
      }
      const [only] = wanted;
      return only !== undefined && wanted.length === 1 ? only : joinBytes(wanted);
    },
    size: (body) => partsOf(body).reduce((sum, { size }) => sum + size, 0),
  };
}
