import type { Seq } from "@inspector/contract/page";

/**
 * The bytes of a StreamingMessage, uncompressed; undefined where they are not there, not whole, too many or not to be
 * opened. Decompression is not of this package, which runs where there is no zlib.
 */
export type ReadPayload = (seq: Seq) => Uint8Array | undefined;
