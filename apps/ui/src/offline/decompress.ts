import type { Decompress } from "@inspector/session/payload";
import { Decompress as Inflater } from "fflate";

/** What is taken in at a time: a thousand times as much may come out before anybody can say stop. */
const PART_BYTES = 16 * 1024;

/** {@link Decompress} at once, as the questions need it; a browser's own decompression gives a promise. */
export const decompress: Decompress = (bytes, encoding, limit) => {
  if (encoding !== "gzip" && encoding !== "deflate") {
    return undefined;
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  const inflater = new Inflater((part) => {
    size += part.length;
    if (size > limit) {
      throw new Error("too large");
    }
    parts.push(part);
  });
  try {
    for (let at = 0; at < bytes.length; at += PART_BYTES) {
      inflater.push(bytes.subarray(at, at + PART_BYTES), at + PART_BYTES >= bytes.length);
    }
  } catch {
    return undefined;
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
