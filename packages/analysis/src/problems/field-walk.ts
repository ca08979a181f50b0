const WIRE_VARINT = 0;
const WIRE_BIT64 = 1;
const WIRE_LENGTH = 2;
const WIRE_BIT32 = 5;

/**
 * Visits the length-delimited fields (messages, texts, bytes) of one protobuf message, without decoding anything: a rule
 * asks this of every invocation of a session. Stops where the bytes are no protobuf.
 */
export function walkFields(
  bytes: Uint8Array,
  from: number,
  to: number,
  visit: (field: number, start: number, end: number) => void,
): void {
  let at = from;
  const readVarint = (): number => {
    let value = 0;
    for (let factor = 1; at < to; factor *= 128) {
      const byte = bytes[at] ?? 0;
      at += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        return value;
      }
    }
    return Number.POSITIVE_INFINITY;
  };
  while (at < to) {
    const tag = readVarint();
    const field = Math.floor(tag / 8);
    switch (tag % 8) {
      case WIRE_VARINT:
        readVarint();
        break;
      case WIRE_BIT64:
        at += 8;
        break;
      case WIRE_BIT32:
        at += 4;
        break;
      case WIRE_LENGTH: {
        const length = readVarint();
        if (at + length > to) {
          return;
        }
        visit(field, at, at + length);
        at += length;
        break;
      }
      default:
        return;
    }
  }
}
