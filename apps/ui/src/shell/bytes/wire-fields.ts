/** One field of a protobuf message as it stands in the bytes. Positions count from the start of the whole. */
export type WireField = {
  readonly number: number;
  readonly wireType: number;
  /** Position of its tag. */
  readonly from: number;
  /** Position of its value, behind tag and length. */
  readonly start: number;
  /** Position behind its value. */
  readonly to: number;
  /** Value of a varint; 0 for all else. */
  readonly varint: bigint;
};

export const VARINT = 0;
export const BIT64 = 1;
export const LENGTH = 2;
export const BIT32 = 5;

/** Most bytes of a varint: 64 bits, seven in each. */
const MAX_VARINT_BYTES = 10;

/** The fields of the message at `from` up to, not including, `to`; `isWhole` is false where the bytes stop being protobuf. */
export function listWireFields(
  bytes: Uint8Array,
  from: number,
  to: number,
): { readonly fields: readonly WireField[]; readonly isWhole: boolean } {
  const fields: WireField[] = [];
  let at = from;
  while (at < to) {
    const field = readField(bytes, at, to);
    if (field === undefined) {
      return { fields, isWhole: false };
    }
    fields.push(field);
    at = field.to;
  }
  return { fields, isWhole: true };
}

function readField(bytes: Uint8Array, from: number, limit: number): WireField | undefined {
  const tag = readVarint(bytes, from, limit);
  if (tag === undefined || tag.value > 0xffffffffn) {
    return undefined;
  }
  const number = Number(tag.value >> 3n);
  const wireType = Number(tag.value & 7n);
  if (number === 0) {
    return undefined;
  }
  const place = { number, wireType, from, start: tag.to };
  if (wireType === VARINT) {
    const value = readVarint(bytes, tag.to, limit);
    return value && { ...place, to: value.to, varint: value.value };
  }
  if (wireType === LENGTH) {
    const length = readVarint(bytes, tag.to, limit);
    if (length === undefined || length.value > BigInt(limit - length.to)) {
      return undefined;
    }
    return { ...place, start: length.to, to: length.to + Number(length.value), varint: 0n };
  }
  const size = wireType === BIT64 ? 8 : wireType === BIT32 ? 4 : undefined;
  if (size === undefined || tag.to + size > limit) {
    return undefined;
  }
  return { ...place, to: tag.to + size, varint: 0n };
}

function readVarint(bytes: Uint8Array, from: number, limit: number): { value: bigint; to: number } | undefined {
  let value = 0n;
  const last = Math.min(from + MAX_VARINT_BYTES, limit);
  for (let at = from; at < last; at++) {
    const byte = bytes[at];
    if (byte === undefined) {
      return undefined;
    }
    value |= BigInt(byte & 0x7f) << BigInt(7 * (at - from));
    if (byte < 0x80) {
      return { value, to: at + 1 };
    }
  }
  return undefined;
}
