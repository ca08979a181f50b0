/** Files that hold a session to be sent: gzip (RFC 1952), zip archives with one file, and pages that `inspector export --format html` wrote. */
import { createReadStream, createWriteStream } from "node:fs";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip, createInflateRaw } from "node:zlib";
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import { isPage, sessionInPage } from "@inspector/session/page-parts";
import { findInArchive } from "./zip-archive.ts";

/** What a file may become: a small one can be written that unpacks to any size. */
const MAX_UNPACKED_BYTES = 4 * 1024 * 1024 * 1024;

export type Packing = "gzip" | "zip" | "page";

/** By a file's first bytes. RFC 1952, 2.3.1; APPNOTE.TXT, 4.3.7 */
export function packingOf(head: Uint8Array): Packing | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) {
    return "gzip";
  }
  if (head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4) {
    return "zip";
  }
  return isPage(head) ? "page" : undefined;
}

export type UnpackOptions = { readonly limit?: number; readonly signal?: AbortSignal | undefined };

/**
 * Unpacks a file into a folder.
 * @returns the new file, for its owner only
 * @throws {InspectorError} "not-a-session", "too-large", "stopped"
 */
export async function unpack(
  file: string,
  packing: Packing,
  folder: string,
  { limit = MAX_UNPACKED_BYTES, signal }: UnpackOptions = {},
): Promise<string> {
  let bytes = 0;
  async function* bounded(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > limit) {
        throw new InspectorError("too-large", `${file} unpacks to more than ${limit} bytes`, {
          hint: "Unpack it by yourself, if you trust where it comes from, and open what comes out.",
        });
      }
      yield chunk;
    }
  }
  try {
    const found = packing === "zip" ? findInArchive(file) : { name: unpackedName(file, packing) };
    const unpacked = join(folder, found.name);
    const to = createWriteStream(unpacked, { mode: 0o600, flags: "wx" });
    const options = signal === undefined ? {} : { signal };
    if ("start" in found) {
      const { start, end } = found;
      const content = createReadStream(file, { start, end });
      await (found.isDeflated
        ? pipeline(content, createInflateRaw(), bounded, to, options)
        : pipeline(content, bounded, to, options));
    } else if (packing === "page") {
      const gzipped = (chunks: AsyncIterable<Buffer>) => sessionInPage(file, chunks);
      await pipeline(createReadStream(file), gzipped, createGunzip(), bounded, to, options);
    } else {
      await pipeline(createReadStream(file), createGunzip(), bounded, to, options);
    }
    return unpacked;
  } catch (cause) {
    signal?.throwIfAborted();
    throw cause instanceof InspectorError
      ? cause
      : new InspectorError("not-a-session", `${file} cannot be unpacked: ${reasonOf(cause)}`, {
          hint: "Ask for it again: it is damaged, or not all of it came.",
          cause,
        });
  }
}

function unpackedName(file: string, packing: "gzip" | "page"): string {
  const name = basename(file);
  return packing === "page" ? `${name.replace(/\.html?$/iu, "")}.inspector` : name.replace(/\.gz$/u, "");
}
