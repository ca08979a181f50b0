/** The one file in a zip archive that is worth opening. @see APPNOTE.TXT, 4.3: .ZIP file format specification */
import { InspectorError } from "@inspector/contract/inspector-error";
import { decodeUtf8 } from "@inspector/proto";
import type { ByteFile } from "./byte-file.ts";
import { uint16, uint32 } from "./byte-numbers.ts";

export type ArchivedFile = {
  /** Without folders, and of characters that mean nothing to a path. */
  readonly name: string;
  /** Where its content begins within the archive, and where it has ended. */
  readonly start: number;
  readonly end: number;
  readonly isDeflated: boolean;
};

const LOCAL_HEADER_BYTES = 30;
const CENTRAL_HEADER_BYTES = 46;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
/** A directory of one session has a few entries. */
const MAX_DIRECTORY_BYTES = 1024 * 1024;
const END_MARK = 0x06054b50;
const CENTRAL_MARK = 0x02014b50;
const LOCAL_MARK = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;
const FLAG_ENCRYPTED = 1;

type Entry = {
  readonly path: string;
  readonly flags: number;
  readonly method: number;
  readonly packedBytes: number;
  readonly header: number;
};

/** @throws {InspectorError} "not-a-session" where it is no archive with one file, or with one session among others */
export async function findInArchive(file: ByteFile): Promise<ArchivedFile> {
  const entry = wanted(file.name, await entriesOf(file));
  const header = await read(file, entry.header, LOCAL_HEADER_BYTES);
  if (uint32(header, 0, true) !== LOCAL_MARK || (entry.flags & FLAG_ENCRYPTED) !== 0 || entry.packedBytes === 0) {
    throw unusable(file.name, (entry.flags & FLAG_ENCRYPTED) === 0 ? "it is damaged" : "it is encrypted");
  }
  if (entry.method !== STORED && entry.method !== DEFLATED) {
    throw unusable(file.name, `it is compressed by method ${entry.method}`);
  }
  const start = entry.header + LOCAL_HEADER_BYTES + uint16(header, 26, true) + uint16(header, 28, true);
  const name = nameOf(entry.path);
  return { name, start, end: start + entry.packedBytes, isDeflated: entry.method === DEFLATED };
}

function wanted(name: string, entries: readonly Entry[]): Entry {
  // macOS keeps what it knows of files beside them.
  const files = entries.filter(({ path }) => !/\/$|(?:^|\/)__MACOSX\/|(?:^|[/\\])\.[^/\\]*$/u.test(path));
  const sessions = files.filter(({ path }) => /\.inspector(?:\.gz)?$/u.test(path));
  const found = files.length === 1 ? files : sessions;
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw unusable(
      name,
      `it holds ${files.length} files${sessions.length > 1 ? `, ${sessions.length} of them sessions` : ""}`,
    );
  }
  return first;
}

async function entriesOf(file: ByteFile): Promise<Entry[]> {
  const { name, size } = file;
  const tailBytes = Math.min(size, END_BYTES + MAX_COMMENT_BYTES);
  const tail = await read(file, size - tailBytes, tailBytes);
  let at = tail.length - END_BYTES;
  while (at >= 0 && uint32(tail, at, true) !== END_MARK) {
    at -= 1;
  }
  if (at < 0) {
    throw unusable(name, "it is cut off");
  }
  const directoryBytes = uint32(tail, at + 12, true);
  if (directoryBytes > MAX_DIRECTORY_BYTES) {
    throw unusable(name, "it holds too many files");
  }
  const directory = await read(file, uint32(tail, at + 16, true), directoryBytes);
  const entries: Entry[] = [];
  for (let start = 0; start + CENTRAL_HEADER_BYTES <= directory.length; ) {
    if (uint32(directory, start, true) !== CENTRAL_MARK) {
      throw unusable(name, "it is damaged");
    }
    const nameBytes = uint16(directory, start + 28, true);
    entries.push({
      path: decodeUtf8(directory.subarray(start + CENTRAL_HEADER_BYTES, start + CENTRAL_HEADER_BYTES + nameBytes)),
      flags: uint16(directory, start + 8, true),
      method: uint16(directory, start + 10, true),
      packedBytes: uint32(directory, start + 20, true),
      header: uint32(directory, start + 42, true),
    });
    const behind = uint16(directory, start + 30, true) + uint16(directory, start + 32, true);
    start += CENTRAL_HEADER_BYTES + nameBytes + behind;
  }
  return entries;
}

async function read(file: ByteFile, at: number, count: number): Promise<Uint8Array> {
  const bytes = await file.read(at, count);
  if (bytes.length < count) {
    throw unusable(file.name, "it is damaged");
  }
  return bytes;
}

function nameOf(path: string): string {
  const last = path.split(/[/\\]/u).at(-1) ?? "";
  return last.replace(/[^\p{L}\p{N}._-]/gu, "_").slice(-100) || "session.inspector";
}

function unusable(name: string, reason: string): InspectorError {
  return new InspectorError("not-a-session", `${name} cannot be unpacked: ${reason}`, {
    hint: "Unpack it by yourself, and open the session in it.",
  });
}
