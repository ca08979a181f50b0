/** Files on the disk as packages/ingest reads them, and how they are unpacked there. */
import { createReadStream, createWriteStream } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline, Readable } from "node:stream";
import { pipeline as piped } from "node:stream/promises";
import { createGunzip, createInflateRaw } from "node:zlib";
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import type { ByteFile } from "@inspector/ingest/import/byte-file";
import type { Inflate, Unpacked } from "@inspector/ingest/import/packing";

export type DiskFile = ByteFile & { readonly path: string };

const READ_BYTES = 1024 * 1024;

/** What is no file, which opening it will tell, is as one without bytes. */
export async function diskFile(path: string): Promise<DiskFile> {
  const found = await stat(path).catch(() => undefined);
  return {
    path,
    name: path,
    baseName: basename(path),
    size: found?.isFile() === true ? found.size : 0,
    read: async (at, count) => (found?.isFile() === true ? await readAt(path, at, count) : new Uint8Array()),
    chunks: (from = 0, to = Number.POSITIVE_INFINITY) =>
      createReadStream(path, { start: from, end: to - 1, highWaterMark: READ_BYTES }),
  };
}

async function readAt(path: string, at: number, count: number): Promise<Uint8Array> {
  const file = await open(path);
  try {
    return await readFully(file, at, count);
  } finally {
    await file.close();
  }
}

async function readFully(file: FileHandle, at: number, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  let size = 0;
  while (size < count) {
    const { bytesRead } = await file.read(bytes, size, count - size, at + size);
    if (bytesRead === 0) {
      break;
    }
    size += bytesRead;
  }
  return bytes.subarray(0, size);
}

/** By zlib, which gives out a little at a time. */
export const inflate: Inflate = (chunks, form) => {
  const inflater = form === "gzip" ? createGunzip() : createInflateRaw();
  // Whoever reads hears of its errors.
  pipeline(Readable.from(chunks), inflater, () => {});
  return inflater;
};

/** Writes what is unpacked into a folder, for its owner only. */
export async function keepIn(
  folder: string,
  { baseName, chunks }: Unpacked,
  signal: AbortSignal | undefined,
): Promise<DiskFile> {
  const path = join(folder, baseName);
  try {
    await piped(chunks, createWriteStream(path, { mode: 0o600, flags: "wx" }), { signal });
  } catch (cause) {
    signal?.throwIfAborted();
    throw cause instanceof InspectorError
      ? cause
      : new InspectorError("not-a-session", `What is unpacked cannot be written to ${path}: ${reasonOf(cause)}`, {
          hint: "What a file holds is unpacked into the folder for temporary files (TMPDIR), which has to have room for it.",
          cause,
        });
  }
  return await diskFile(path);
}
