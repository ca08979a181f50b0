import { FLAG_END_STREAM, FRAME_DATA, FRAME_HEADER_BYTES, FRAME_WINDOW_UPDATE } from "@inspector/wire/frames";

/** The header of a DATA frame with `length` bytes of content, without padding. RFC 9113, 6.1. */
export function dataHeader(stream: number, length: number, isEnd: boolean): Uint8Array {
  return header(new Uint8Array(FRAME_HEADER_BYTES), length, FRAME_DATA, isEnd ? FLAG_END_STREAM : 0, stream);
}

/** A WINDOW_UPDATE frame; stream 0 is the connection. RFC 9113, 6.9. */
export function windowUpdate(stream: number, bytes: number): Uint8Array {
  const frame = header(new Uint8Array(FRAME_HEADER_BYTES + 4), 4, FRAME_WINDOW_UPDATE, 0, stream);
  new DataView(frame.buffer).setUint32(FRAME_HEADER_BYTES, bytes);
  return frame;
}

/** A copy for sure: `slice` of a Buffer is a view. */
export function copyOf(bytes: Uint8Array, start = 0, end: number = bytes.length): Uint8Array {
  const copy = new Uint8Array(end - start);
  copy.set(bytes.subarray(start, end));
  return copy;
}

function header(frame: Uint8Array, length: number, type: number, flags: number, stream: number): Uint8Array {
  const view = new DataView(frame.buffer);
  view.setUint16(0, length >>> 8);
  view.setUint8(2, length & 0xff);
  view.setUint8(3, type);
  view.setUint8(4, flags);
  view.setUint32(5, stream);
  return frame;
}
