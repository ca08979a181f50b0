import { BODY_PART_BYTES, BODY_PARTS, PACK_BYTES, SMALL_PART_BYTES, SMALL_PARTS } from "@inspector/filter/bodies";
import { packedBody } from "./body.ts";
import { type Database, numberOf, textOf } from "./database.ts";
import { jsonOf } from "./sql-values.ts";

/** From here on copying a message into a pack costs more than a row of its own. */
const LARGE_BODY_BYTES = 16 * 1024;

/** Where the writer puts bytes. Numbers of bodies and packs are never given out twice, also behind those that were given up. */
export type BodyStore = {
  /** Number for a body whose parts follow, in any number of batches. */
  open(): number;
  /** Stores all of a message that came in one piece. @returns what `message.body` says of it */
  whole(bytes: Uint8Array): number;
  /** Stores the next part of a body. A body of which something was given up while it came gets no more. */
  part(body: number, part: number, bytes: Uint8Array): void;
  /** The same for a part that may be there already, shorter. */
  replacePart(body: number, part: number, bytes: Uint8Array): void;
  /** A part written in this batch or an earlier one; empty where there is none. */
  readPart(body: number, part: number): Uint8Array;
  /** Nothing more will come of a body. */
  complete(body: number): void;
  /** Bodies that are coming, with their bytes so far. */
  readonly coming: ReadonlyMap<number, number>;
  /** Bytes that are stored in all. */
  readonly bytes: number;
  /** So many of them were deleted; of a body that is coming, no more is kept. */
  forget(bytes: number, body?: number): void;
  /** Writes what is not written yet: the end of a batch. A pack is never written to again, so readers may keep it. */
  flush(): void;
};

/**
 * Stores bodies in the transaction of whoever calls. A body is opened, gets its parts in order, and is completed by the row that
 * names it.
 */
export function createBodyStore(database: Database): BodyStore {
  const value = database.prepare("SELECT value FROM session WHERE key = ?");
  const setValue = database.prepare(
    "INSERT INTO session (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  );
  const stored = (key: string): number | undefined => {
    const text = textOf(value.get(key)?.["value"]);
    return text === undefined ? undefined : Number(text);
  };
  const insert = database.prepare("INSERT INTO body (id, bytes) VALUES (?, ?)");
  const replace = database.prepare(
    "INSERT INTO body (id, bytes) VALUES (?, ?) ON CONFLICT DO UPDATE SET bytes = excluded.bytes",
  );
  const sizeOf = database.prepare("SELECT length(bytes) AS size FROM body WHERE id = ?");
  const read = database.prepare("SELECT bytes FROM body WHERE id = ?");
  const insertPack = database.prepare("INSERT INTO pack (id, bytes) VALUES (?, ?)");

  const filling = new Uint8Array(PACK_BYTES);
  let filled = 0;
  let body = stored("last_body") ?? 0;
  let pack = stored("last_pack") ?? 0;
  const coming = comingOf(textOf(value.get("coming")?.["value"]));
  let written = JSON.stringify([...coming]);
  let bytesStored = stored("body_bytes") ?? countBytes(database);

  function flushPack(): void {
    if (filled === 0) {
      return;
    }
    pack += 1;
    insertPack.run(pack, filling.subarray(0, filled));
    bytesStored += filled;
    filled = 0;
  }

  /** Whether a part goes on behind what is there. */
  function isNext(id: number, part: number): boolean {
    return part === 0 || sizeOf.get(id - 1) !== undefined;
  }

  return {
    open() {
      body += 1;
      return body;
    },
    whole(bytes) {
      if (bytes.length === 0) {
        return 0;
      }
      if (bytes.length >= LARGE_BODY_BYTES) {
        body += 1;
        insert.run(body * BODY_PARTS, bytes);
        bytesStored += bytes.length;
        return body;
      }
      if (filled + bytes.length > PACK_BYTES) {
        flushPack();
      }
      filling.set(bytes, filled);
      filled += bytes.length;
      return packedBody(pack + 1, filled - bytes.length);
    },
    part(number, part, bytes) {
      const id = number * BODY_PARTS + part;
      if (!isNext(id, part)) {
        return;
      }
      insert.run(id, bytes);
      bytesStored += bytes.length;
      coming.set(number, part * BODY_PART_BYTES + bytes.length);
    },
    replacePart(number, part, bytes) {
      const id = number * BODY_PARTS + part;
      if (!isNext(id, part)) {
        return;
      }
      bytesStored += bytes.length - numberOf(sizeOf.get(id)?.["size"]);
      replace.run(id, bytes);
      coming.set(number, startOfSmallPart(part) + bytes.length);
    },
    complete: (number) => void coming.delete(number),
    coming,
    readPart(number, part) {
      const bytes = read.get(number * BODY_PARTS + part)?.["bytes"];
      return bytes instanceof Uint8Array ? bytes : new Uint8Array();
    },
    get bytes() {
      return bytesStored + filled;
    },
    forget(bytes, number) {
      bytesStored -= bytes;
      if (number !== undefined) {
        coming.delete(number);
      }
    },
    flush() {
      flushPack();
      setValue.run("last_body", String(body));
      setValue.run("last_pack", String(pack));
      setValue.run("body_bytes", String(bytesStored));
      const now = JSON.stringify([...coming]);
      if (now !== written) {
        setValue.run("coming", now);
      }
      written = now;
    },
  };
}

function comingOf(text: string | undefined): Map<number, number> {
  const list = jsonOf(text);
  return new Map(
    Array.isArray(list) ? list.map((pair): [number, number] => [Number(pair?.[0]), Number(pair?.[1])]) : [],
  );
}

/** Bytes before a part of a body of HTTP. */
function startOfSmallPart(part: number): number {
  return Math.min(part, SMALL_PARTS) * SMALL_PART_BYTES + Math.max(part - SMALL_PARTS, 0) * BODY_PART_BYTES;
}

/** Of a session that an older version wrote. */
function countBytes(database: Database): number {
  const row = database
    .prepare("SELECT (SELECT total(length(bytes)) FROM body) + (SELECT total(length(bytes)) FROM pack) AS bytes")
    .get();
  return numberOf(row?.["bytes"]);
}
