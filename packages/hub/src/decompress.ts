import { gunzipSync, inflateSync } from "node:zlib";

/**
 * Opens a compressed gRPC message.
 * @returns undefined where the encoding is unknown, the bytes are damaged, or more than `limit` bytes would come out.
 */
export function decompress(bytes: Uint8Array, encoding: string | undefined, limit: number): Uint8Array | undefined {
  try {
    if (encoding === "gzip") {
      return gunzipSync(bytes, { maxOutputLength: limit });
    }
    if (encoding === "deflate") {
      return inflateSync(bytes, { maxOutputLength: limit });
    }
  } catch {}
  return undefined;
}
