/** Bytes of a session from a file that was dropped, or from those that stand in the page. */
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import { isPage, sessionInPage } from "@inspector/session/page-parts";

/** What a page of a browser can hold beside all else it has. */
export const MAX_SESSION_BYTES = 250_000_000;
export const MAX_SESSION_MESSAGES = 300_000;

/** What to do with a file that is no session. */
export const HINT =
  "Take a file that the inspector wrote: NAME.inspector, the same gzipped, or an exported page. Captures, logs and archives: inspector open FILE --session NAME.inspector makes a session of them.";

const MAGIC = "SQLite format 3\0";
/** "File format write version" and "read version" of a database's header, and their values. @see SQLite, Database File Format, 1.3 */
const VERSIONS_AT = [18, 19] as const;
const ROLLBACK_JOURNAL = 1;
const WRITE_AHEAD_LOG = 2;

/**
 * The bytes of a database, in a buffer of their own, opened where they are gzipped, or stand in a page.
 * @param name of the file, for what is said of it
 * @param limit in bytes, of what is unpacked
 * @throws {InspectorError} "too-large", "not-a-session"
 */
export async function sessionBytes(name: string, file: Blob, limit = MAX_SESSION_BYTES): Promise<Uint8Array> {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const content = isPage(head) ? await sessionOfPage(name, file, limit) : file;
  const isGzipped = content !== file || (head[0] === 0x1f && head[1] === 0x8b);
  const bytes = isGzipped ? await gunzip(name, content, limit) : await readWhole(name, content, limit);
  const start = String.fromCharCode(...bytes.subarray(0, MAGIC.length));
  if (start !== MAGIC) {
    throw new InspectorError("not-a-session", `${name} is not a session`, {
      hint: HINT,
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

/** More than a page is told by. */
const HEAD_BYTES = 1024;
/** Base64 takes a third more, and the page itself some megabytes. */
const PAGE_RATIO = 1.5;

/** What stands in a page that `inspector export --format html` wrote, still gzipped. */
async function sessionOfPage(name: string, file: Blob, limit: number): Promise<Blob> {
  if (file.size > limit * PAGE_RATIO) {
    throw tooLarge(`${name} has ${megabytes(file.size)} MB`);
  }
  const parts: Uint8Array[] = [];
  for await (const part of sessionInPage(name, chunksOf(file))) {
    parts.push(part);
  }
  return new Blob(parts as BlobPart[]);
}

/** Not every browser lets one iterate over a stream. */
async function* chunksOf(file: Blob): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    yield read.value;
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
