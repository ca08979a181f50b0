import type { Seq } from "@inspector/contract/page";

/**
 * The bytes of a StreamingMessage, uncompressed; undefined where they are not there, not whole, too many or not to be
 * opened.
 */
export type ReadPayload = (seq: Seq) => Uint8Array | undefined;

/**
 * Opens a compressed gRPC message of the given `grpc-encoding`.
 * @returns undefined where the encoding is unknown, the bytes are damaged, or more than `limit` bytes would come out
 */
export type Decompress = (bytes: Uint8Array, encoding: string | undefined, limit: number) => Uint8Array | undefined;
