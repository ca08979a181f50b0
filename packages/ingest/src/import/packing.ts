/** Files that hold a session to be sent: gzip (RFC 1952), zip archives with one file, and pages that `inspector export --format html` wrote. */
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import { isPage, sessionInPage } from "@inspector/session/page-parts";
import type { ByteFile } from "./byte-file.ts";
import { findInArchive } from "./zip-archive.ts";

/** More than any format needs to be told by. */
const HEAD_BYTES = 64 * 1024;
/** A session that was compressed, within an archive. */
const MAX_PACKINGS = 2;

type Packing = "gzip" | "zip" | "page";

/** Undoes DEFLATE. What is read of the result must be little more than what is asked for: a small file can be made that unpacks to any size. */
export type Inflate = (chunks: AsyncIterable<Uint8Array>, form: "gzip" | "deflate-raw") => AsyncIterable<Uint8Array>;

export type Unpacked = { readonly baseName: string; readonly chunks: AsyncIterable<Uint8Array> };

/** `Kept` is where files are, such as on a disk. */
export type UnpackTools<Kept extends ByteFile> = {
  readonly inflate: Inflate;
  /** What a file may become, in bytes. */
  readonly limit: number;
  /** What is thrown where it becomes more. */
  readonly tooLarge: (name: string) => InspectorError;
  /** Puts what is unpacked to where it can be read from. */
  readonly keep: (unpacked: Unpacked) => Promise<Kept>;
};

/** A file without its packings, and its first bytes: what it is can be told by them. */
export type Content<Kept extends ByteFile> = { readonly file: Kept; readonly head: Uint8Array };

/**
 * Unpacks a file, and what is in it, as long as that is packed.
 * @throws {InspectorError} "not-a-session"; what `tooLarge` gives; what `keep` throws
 */
export async function openPacked<Kept extends ByteFile>(file: Kept, tools: UnpackTools<Kept>): Promise<Content<Kept>> {
  let content = file;
  let head = await file.read(0, HEAD_BYTES);
  for (let n = 0; n < MAX_PACKINGS; n += 1) {
    const packing = packingOf(head);
    if (packing === undefined) {
      break;
    }
    const { baseName, chunks } = await unpack({ ...content, name: file.name }, packing, tools.inflate);
    content = await tools.keep({ baseName, chunks: bounded(file.name, chunks, tools) });
    head = await content.read(0, HEAD_BYTES);
  }
  return { file: content, head };
}

/** By a file's first bytes. RFC 1952, 2.3.1; APPNOTE.TXT, 4.3.7 */
function packingOf(head: Uint8Array): Packing | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) {
    return "gzip";
  }
  if (head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4) {
    return "zip";
  }
  return isPage(head) ? "page" : undefined;
}

async function unpack(file: ByteFile, packing: Packing, inflate: Inflate): Promise<Unpacked> {
  const { name, baseName } = file;
  switch (packing) {
    case "gzip":
      return { baseName: baseName.replace(/\.gz$/u, ""), chunks: inflate(file.chunks(), "gzip") };
    case "zip": {
      const { name: within, start, end, isDeflated } = await findInArchive(file);
      const chunks = file.chunks(start, end);
      return { baseName: within, chunks: isDeflated ? inflate(chunks, "deflate-raw") : chunks };
    }
    case "page":
      return {
        baseName: `${baseName.replace(/\.html?$/iu, "")}.inspector`,
        chunks: inflate(sessionInPage(name, file.chunks()), "gzip"),
      };
  }
}

async function* bounded(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  { limit, tooLarge }: Pick<UnpackTools<ByteFile>, "limit" | "tooLarge">,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > limit) {
        throw tooLarge(name);
      }
      yield chunk;
    }
  } catch (cause) {
    throw cause instanceof InspectorError
      ? cause
      : new InspectorError("not-a-session", `${name} cannot be unpacked: ${reasonOf(cause)}`, {
          hint: "Ask for it again: it is damaged, or not all of it came.",
          cause,
        });
  }
}
