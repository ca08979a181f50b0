/** Most bytes of a varint: 64 bits, seven in each. */
const MAX_BYTES = 10;

/**
 * The varint at `from`: its value as an unsigned number of 64 bits, and the position behind it.
 *
 * For values that a double may not hold; {@link FieldCursor} reads tags and lengths faster.
 * @returns undefined where it has no last byte before `limit`, or more than ten bytes
 */
export function readVarint(
  bytes: Uint8Array,
  from: number,
  limit: number,
): { readonly value: bigint; readonly end: number } | undefined {
  let value = 0n;
  const last = Math.min(from + MAX_BYTES, limit, bytes.length);
  for (let at = from; at < last; at += 1) {
    const byte = bytes[at] ?? 0;
    value |= BigInt(byte & 0x7f) << BigInt(7 * (at - from));
    if (byte < 0x80) {
      return { value: BigInt.asUintN(64, value), end: at + 1 };
    }
  }
  return undefined;
}
