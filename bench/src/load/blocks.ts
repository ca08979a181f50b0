/** Messages as they leave: FRAME_DATA frames that are made once and sent again and again. */
import { writeFrameHeader } from "@inspector/testkit/http2-writer";
import { DEFAULT_MAX_FRAME_BYTES, FRAME_DATA, FRAME_HEADER_BYTES } from "@inspector/wire/frames";

export type Block = { readonly bytes: Buffer; readonly payloadBytes: number };

/** Puts FRAME_DATA frames around `payload`, none of which carries more than `perFrame` bytes. */
export function framed(payload: Buffer, perFrame: number, stream: number): Buffer {
  const frames = Math.ceil(payload.length / perFrame);
  const bytes = Buffer.allocUnsafe(payload.length + frames * FRAME_HEADER_BYTES);
  let to = 0;
  for (let at = 0; at < payload.length; at += perFrame) {
    const length = Math.min(perFrame, payload.length - at);
    writeFrameHeader(bytes, to, length, FRAME_DATA, 0, stream);
    payload.copy(bytes, to + FRAME_HEADER_BYTES, at, at + length);
    to += FRAME_HEADER_BYTES + length;
  }
  return bytes;
}

/** Blocks of 1, 2, 3 … small messages, each made when it is first asked for. */
export function createBlocks(message: Buffer, framing: "one" | "many", stream: number): (count: number) => Block {
  const perFrame =
    framing === "one" ? message.length : Math.floor(DEFAULT_MAX_FRAME_BYTES / message.length) * message.length;
  const made: Block[] = [];
  return (count) => {
    let block = made[count];
    if (block === undefined) {
      const payload = Buffer.concat(Array.from({ length: count }, () => message));
      block = { bytes: framed(payload, perFrame, stream), payloadBytes: payload.length };
      made[count] = block;
    }
    return block;
  };
}
