/** Bytes of a session from a file that was dropped, or from those that stand in the page. */
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";

/** What a page of a browser can hold beside all else it has. */
export const MAX_SESSION_BYTES = 250_000_000;
export const MAX_SESSION_MESSAGES = 300_000;

const MAGIC = "SQLite format 3\0";
/** "File format write version" and "read version" of a database's header, and their values. @see SQLite, Database File Format, 1.3 */
const VERSIONS_AT = [18, 19] as const;
const ROLLBACK_JOURNAL = 1;
const WRITE_AHEAD_LOG = 2;

/**
 * The bytes of a database, in a buffer of their own, opened where they are gzipped.
 * @param name of the file, for what is said of it
 * @param limit in bytes, of what is unpacked
 * @throws {InspectorError} "too-large", "not-a-session"
 */
export async function sessionBytes(name: string, file: Blob, limit = MAX_SESSION_BYTES): Promise<Uint8Array> {
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const isGzipped = head[0] === 0x1f && head[1] === 0x8b;
  const bytes = isGzipped ? await gunzip(name, file, limit) : await readWhole(name, file, limit);
  const start = String.fromCharCode(...bytes.subarray(0, MAGIC.length));
  if (start !== MAGIC) {
    throw new InspectorError("not-a-session", `${name} is not a session`, {
      hint: "Take a file that the inspector wrote: NAME.inspector, or the same gzipped.",
    });
  }
  withoutLog(bytes);
  return bytes;
}

/** Memory has no place for a write-ahead log, so that SQLite refuses to open a copy whose header announces one. */
function withoutLog(bytes: Uint8Array): void {
  for (const at of VERSIONS_AT) {
    if (bytes[at] === WRITE_AHEAD_LOG) {
      bytes[at] = ROLLBACK_JOURNAL;
    }
  }
}

async function readWhole(name: string, file: Blob, limit: number): Promise<Uint8Array> {
  if (file.size > limit) {
    throw tooLarge(`${name} has ${megabytes(file.size)} MB`);
  }
  return new Uint8Array(await file.arrayBuffer());
}

async function gunzip(name: string, file: Blob, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = file.stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new InspectorError("not-a-session", `${name} cannot be unpacked: ${reasonOf(cause)}`, { cause });
    });
    if (done) {
      break;
    }
    size += value.length;
    if (size > limit) {
      await reader.cancel();
      throw tooLarge(`${name} has more than ${megabytes(limit)} MB unpacked`);
    }
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}

/** @param what which session, and how large it is */
export function tooLarge(what: string): InspectorError {
  return new InspectorError(
    "too-large",
    `${what}; a page without a server opens ${megabytes(MAX_SESSION_BYTES)} MB and ${MAX_SESSION_MESSAGES / 1000} 000 messages`,
    { hint: "Open it with `inspector open FILE`, or export a part of it: `inspector export FILE --filter …`." },
  );
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1e6);
}
