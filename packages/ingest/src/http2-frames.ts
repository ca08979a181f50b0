/** Writes HTTP/2 from nothing but messages: what a connection of them could have looked like. */
import { encodeUtf8, joinBytes } from "@inspector/proto";
import { FRAME_HEADER_BYTES } from "@inspector/wire/frames";

export type Header = readonly [name: string, value: string];

const NOTHING = new Uint8Array();

export function frame(type: number, flags: number, stream: number, payload: Uint8Array = NOTHING): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + payload.length);
  const { length } = payload;
  bytes.set([length >> 16, length >> 8, length, type, flags, stream >>> 24, stream >> 16, stream >> 8, stream]);
  bytes.set(payload, FRAME_HEADER_BYTES);
  return bytes;
}

/** HPACK of literals without table and Huffman. RFC 7541, 6.2.2 */
export function headerBlock(headers: readonly Header[]): Uint8Array {
  return joinBytes(headers.flatMap(([name, value]) => [Uint8Array.of(0), ...literal(name), ...literal(value)]));
}

function literal(text: string): [length: Uint8Array, text: Uint8Array] {
  const bytes = encodeUtf8(text);
  const length: number[] = [];
  let rest = bytes.length;
  if (rest < 127) {
    length.push(rest);
  } else {
    length.push(127);
    for (rest -= 127; rest >= 128; rest = Math.floor(rest / 128)) {
      length.push((rest % 128) | 0x80);
    }
    length.push(rest);
  }
  return [Uint8Array.from(length), bytes];
}
