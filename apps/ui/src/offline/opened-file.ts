/** What a file is that was dropped on the page, or that stands in it: a session, or what one can be made of. */
import { InspectorError } from "@inspector/contract/inspector-error";
import { type ByteFile, memoryFile } from "@inspector/ingest/import/byte-file";
import { type ForeignFormat, findFormat } from "@inspector/ingest/import/foreign-formats";
import { openPacked, type Unpacked } from "@inspector/ingest/import/packing";
import { joinBytes } from "@inspector/proto";
import { isPage } from "@inspector/session/page-parts";
import { inflate } from "./inflate.ts";

/** What a page of a browser can hold beside all else it has. */
export const MAX_SESSION_BYTES = 250_000_000;
export const MAX_SESSION_MESSAGES = 300_000;

/** What to do with a file that is none of these. */
export const HINT =
  "Take a session that the inspector wrote, an exported page, a capture of packets (pcap, pcapng), a gRPC binary log, a dump of grpc-dump or lines of `inspector export`; each may be gzipped or alone in a zip archive.";

/** `baseName` is that of what was found in the file. */
export type OpenedFile = { readonly baseName: string } & (
  | { readonly type: "session"; readonly bytes: Uint8Array }
  | { readonly type: "foreign"; readonly format: ForeignFormat; readonly content: ByteFile }
);

const MAGIC = "SQLite format 3\0";
/** "File format write version" and "read version" of a database's header, and their values. @see SQLite, Database File Format, 1.3 */
const VERSIONS_AT = [18, 19] as const;
const ROLLBACK_JOURNAL = 1;
const WRITE_AHEAD_LOG = 2;

/** More than a page is told by. */
const HEAD_BYTES = 1024;
/** Base64 takes a third more, and the page itself some megabytes. */
const PAGE_RATIO = 1.5;

export type OpenOptions = {
  /** In bytes, of what is unpacked. */
  readonly limit?: number;
  /** Ends the reading, now and of the content later. */
  readonly signal?: AbortSignal | undefined;
};

/**
 * Unpacks a file and finds out what it is. A session's bytes are in a buffer of their own.
 * @param name of the file, for what is said of it
 * @throws {InspectorError} "too-large", "not-a-session"
 */
export async function openFile(
  name: string,
  blob: Blob,
  { limit = MAX_SESSION_BYTES, signal }: OpenOptions = {},
): Promise<OpenedFile> {
  const file = blobFile(name, blob, signal);
  if (file.size > limit && (file.size > limit * PAGE_RATIO || !isPage(await file.read(0, HEAD_BYTES)))) {
    throw tooLarge(`${name} has ${megabytes(file.size)} MB`);
  }
  const { file: content, head } = await openPacked(file, {
    inflate,
    limit,
    tooLarge: () => tooLarge(`${name} has more than ${megabytes(limit)} MB unpacked`),
    keep: (unpacked) => keepInMemory(name, unpacked),
  });
  const { baseName } = content;
  if (String.fromCharCode(...head.subarray(0, MAGIC.length)) === MAGIC) {
    const bytes = await content.read(0, content.size);
    withoutLog(bytes);
    return { type: "session", baseName, bytes };
  }
  const format = findFormat(head);
  if (format === undefined) {
    throw new InspectorError("not-a-session", `${name} is not a session`, { hint: HINT });
  }
  return { type: "foreign", baseName, format, content };
}

/** Memory has no place for a write-ahead log, so that SQLite refuses to open a copy whose header announces one. */
function withoutLog(bytes: Uint8Array): void {
  for (const at of VERSIONS_AT) {
    if (bytes[at] === WRITE_AHEAD_LOG) {
      bytes[at] = ROLLBACK_JOURNAL;
    }
  }
}

function blobFile(name: string, blob: Blob, signal: AbortSignal | undefined): ByteFile {
  return {
    name,
    baseName: name,
    size: blob.size,
    read: async (at, count) => new Uint8Array(await blob.slice(at, at + count).arrayBuffer()),
    chunks: (from = 0, to = blob.size) => chunksOf(blob.slice(from, to), signal),
  };
}

/** Not every browser lets one iterate over a stream. */
async function* chunksOf(blob: Blob, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const reader = blob.stream().getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    signal?.throwIfAborted();
    yield read.value;
  }
}

/** A blob of it would be copied to the browser's own process and back. */
async function keepInMemory(name: string, { baseName, chunks }: Unpacked): Promise<ByteFile> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) {
    parts.push(chunk);
  }
  return memoryFile(name, baseName, joinBytes(parts));
}

/** @param what which file, and how large it is */
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
