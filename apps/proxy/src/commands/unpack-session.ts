/** Sessions that were compressed to be sent. */
import {
  closeSync,
  createReadStream,
  createWriteStream,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";

/** What a session may become: a small file can be written that unpacks to any size. */
export const MAX_UNPACKED_BYTES = 4 * 1024 * 1024 * 1024;

/**
 * The file to open: the one that is named, or what a compressed one holds, in a folder for its owner only that is gone when the process
 * ends.
 * @throws {InspectorError} "not-a-session", "too-large"
 */
export async function unpackSession(file: string, limit: number = MAX_UNPACKED_BYTES): Promise<string> {
  if (!isCompressed(file)) {
    return file;
  }
  const folder = mkdtempSync(join(tmpdir(), "inspector-open-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const unpacked = join(folder, basename(file).replace(/\.gz$/u, ""));
  let bytes = 0;
  async function* bounded(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > limit) {
        throw new InspectorError("too-large", `${file} unpacks to more than ${limit} bytes`, {
          hint: "Unpack it by yourself with gunzip, if you trust where it comes from, and open what comes out.",
        });
      }
      yield chunk;
    }
  }
  try {
    await pipeline(createReadStream(file), createGunzip(), bounded, createWriteStream(unpacked, { mode: 0o600 }));
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true });
    throw cause instanceof InspectorError
      ? cause
      : new InspectorError("not-a-session", `${file} cannot be unpacked: ${reasonOf(cause)}`, {
          hint: "Ask for it again: it is damaged, or not all of it came.",
          cause,
        });
  }
  return unpacked;
}

/** By its first two bytes. RFC 1952, 2.3.1 */
function isCompressed(file: string): boolean {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    return false;
  }
  const fd = openSync(file, "r");
  try {
    const head = new Uint8Array(2);
    return readSync(fd, head, 0, 2, 0) === 2 && head[0] === 0x1f && head[1] === 0x8b;
  } finally {
    closeSync(fd);
  }
}
