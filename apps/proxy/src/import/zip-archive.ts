/** The one file in a zip archive that is worth opening. @see APPNOTE.TXT, 4.3: .ZIP file format specification */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { InspectorError } from "@inspector/contract/inspector-error";

export type ArchivedFile = {
  /** Without folders, and of characters that mean nothing to a path. */
  readonly name: string;
  /** The first and the last byte of its content within the archive. */
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
export function findInArchive(file: string): ArchivedFile {
  const fd = openSync(file, "r");
  try {
    const entry = wanted(file, entriesOf(file, fd));
    const header = read(file, fd, entry.header, LOCAL_HEADER_BYTES);
    if (header.readUInt32LE(0) !== LOCAL_MARK || (entry.flags & FLAG_ENCRYPTED) !== 0 || entry.packedBytes === 0) {
      throw unusable(file, (entry.flags & FLAG_ENCRYPTED) === 0 ? "it is damaged" : "it is encrypted");
    }
    if (entry.method !== STORED && entry.method !== DEFLATED) {
      throw unusable(file, `it is compressed by method ${entry.method}`);
    }
    const start = entry.header + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
    const name = nameOf(entry.path);
    return { name, start, end: start + entry.packedBytes - 1, isDeflated: entry.method === DEFLATED };
  } finally {
    closeSync(fd);
  }
}

function wanted(file: string, entries: readonly Entry[]): Entry {
  // macOS keeps what it knows of files beside them.
  const files = entries.filter(({ path }) => !/\/$|(?:^|\/)__MACOSX\/|(?:^|[/\\])\.[^/\\]*$/u.test(path));
  const sessions = files.filter(({ path }) => /\.inspector(?:\.gz)?$/u.test(path));
  const found = files.length === 1 ? files : sessions;
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw unusable(
      file,
      `it holds ${files.length} files${sessions.length > 1 ? `, ${sessions.length} of them sessions` : ""}`,
    );
  }
  return first;
}

function entriesOf(file: string, fd: number): Entry[] {
  const { size } = fstatSync(fd);
  const tailBytes = Math.min(size, END_BYTES + MAX_COMMENT_BYTES);
  const tail = read(file, fd, size - tailBytes, tailBytes);
  let at = tail.length - END_BYTES;
  while (at >= 0 && tail.readUInt32LE(at) !== END_MARK) {
    at -= 1;
  }
  if (at < 0) {
    throw unusable(file, "it is cut off");
  }
  const directoryBytes = tail.readUInt32LE(at + 12);
  if (directoryBytes > MAX_DIRECTORY_BYTES) {
    throw unusable(file, "it holds too many files");
  }
  const directory = read(file, fd, tail.readUInt32LE(at + 16), directoryBytes);
  const entries: Entry[] = [];
  for (let start = 0; start + CENTRAL_HEADER_BYTES <= directory.length; ) {
    if (directory.readUInt32LE(start) !== CENTRAL_MARK) {
      throw unusable(file, "it is damaged");
    }
    const nameBytes = directory.readUInt16LE(start + 28);
    entries.push({
      path: directory.toString("utf8", start + CENTRAL_HEADER_BYTES, start + CENTRAL_HEADER_BYTES + nameBytes),
      flags: directory.readUInt16LE(start + 8),
      method: directory.readUInt16LE(start + 10),
      packedBytes: directory.readUInt32LE(start + 20),
      header: directory.readUInt32LE(start + 42),
    });
    const behind = directory.readUInt16LE(start + 30) + directory.readUInt16LE(start + 32);
    start += CENTRAL_HEADER_BYTES + nameBytes + behind;
  }
  return entries;
}

function read(file: string, fd: number, at: number, count: number): Buffer {
  const bytes = Buffer.alloc(count);
  if (readSync(fd, bytes, 0, count, at) < count) {
    throw unusable(file, "it is damaged");
  }
  return bytes;
}

function nameOf(path: string): string {
  const last = path.split(/[/\\]/u).at(-1) ?? "";
  return last.replace(/[^\p{L}\p{N}._-]/gu, "_").slice(-100) || "session.inspector";
}

function unusable(file: string, reason: string): InspectorError {
  return new InspectorError("not-a-session", `${file} cannot be unpacked: ${reason}`, {
    hint: "Unpack it by yourself, and open the session in it.",
  });
}
