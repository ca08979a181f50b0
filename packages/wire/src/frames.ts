/** The two ends of a connection. The worker connects, so it is HTTP/2's client. */
export type Side = "host" | "worker";

/** "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", the client's first bytes. RFC 9113, 3.4. */
export const PREFACE: Uint8Array = new Uint8Array([
  0x50, 0x52, 0x49, 0x20, 0x2a, 0x20, 0x48, 0x54, 0x54, 0x50, 0x2f, 0x32, 0x2e, 0x30, 0x0d, 0x0a, 0x0d, 0x0a, 0x53,
  0x4d, 0x0d, 0x0a, 0x0d, 0x0a,
]);

export const FRAME_HEADER_BYTES = 9;
/** The largest payload until SETTINGS_MAX_FRAME_SIZE says otherwise. RFC 9113, 6.5.2. */
export const DEFAULT_MAX_FRAME_BYTES = 16_384;

export const FRAME_DATA = 0x0;
export const FRAME_HEADERS = 0x1;
export const FRAME_RST_STREAM = 0x3;
export const FRAME_SETTINGS = 0x4;
export const FRAME_PUSH_PROMISE = 0x5;
export const FRAME_PING = 0x6;
export const FRAME_GOAWAY = 0x7;
export const FRAME_WINDOW_UPDATE = 0x8;
export const FRAME_CONTINUATION = 0x9;

export const FLAG_END_STREAM = 0x1;
export const FLAG_ACK = 0x1;
export const FLAG_END_HEADERS = 0x4;
export const FLAG_PADDED = 0x8;
export const FLAG_PRIORITY = 0x20;

export const SETTING_HEADER_TABLE_SIZE = 0x1;
export const SETTING_INITIAL_WINDOW_SIZE = 0x4;
export const SETTING_MAX_FRAME_SIZE = 0x5;

/** The window of a connection at its beginning, and of streams until SETTINGS_INITIAL_WINDOW_SIZE says otherwise. RFC 9113, 6.9.2. */
export const DEFAULT_WINDOW_BYTES = 65_535;

/** Four bytes, most significant first. */
export function uint32At(bytes: Uint8Array, offset: number): number {
  const high = ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
  return high * 0x10000 + (((bytes[offset + 2] ?? 0) << 8) | (bytes[offset + 3] ?? 0));
}

/** A stream identifier: four bytes whose first bit is reserved. */
export function streamIdAt(bytes: Uint8Array, offset: number): number {
  return uint32At(bytes, offset) & 0x7fffffff;
}
