/** StreamingMessages as short as they can be, written and read without the contract: a request's id, one content, its id and filler. */

export const REQUEST = 4;
export const RESPONSE = 5;
export const LOG = 2;
export const INIT_RESPONSE = 16;
export const CANCEL = 21;
export const MAPS_CLOSE = 27;
export const MAPS_CLOSED = 28;

/** With so many bytes of filler, which are told apart by the id. */
export function message(kind: number, id: string, size = 0): Buffer {
  const content = Buffer.concat([field(1, Buffer.from(id)), field(3, Buffer.alloc(size, id))]);
  return Buffer.concat([field(1, Buffer.from("a request")), field(kind, content)]);
}

export function cancel(id: string): Buffer {
  return Buffer.concat([field(1, Buffer.from("a request")), field(CANCEL, field(2, Buffer.from(id)))]);
}

function field(number: number, value: Uint8Array): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(value.length), value]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) | 0x80);
  }
  return Buffer.from([...bytes, rest]);
}

function readVarint(bytes: Buffer, start: number): { value: number; at: number } {
  let value = 0;
  let at = start;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 128) {
      return { value, at };
    }
  }
}

export function readMessage(bytes: Buffer): { kind: number; id: string } {
  const tag = readVarint(bytes, 2 + (bytes[1] ?? 0));
  const { at } = readVarint(bytes, tag.at);
  return { kind: tag.value >>> 3, id: bytes.toString("utf8", at + 2, at + 2 + (bytes[at + 1] ?? 0)) };
}

/** "kind id". */
export function describeMessage(bytes: Buffer): string {
  const { kind, id } = readMessage(bytes);
  return `${kind} ${id}`;
}

/** Tells of maps of shared memory that they are closed. */
export function mapsClosed(...names: readonly string[]): Buffer {
  const entries = names.map((name) => field(1, Buffer.concat([field(1, Buffer.from(name)), Buffer.from([0x10, 1])])));
  return Buffer.concat([field(1, Buffer.from("a request")), field(MAPS_CLOSED, Buffer.concat(entries))]);
}
