/** Numbers within bytes, unsigned; what lies behind the end counts as 0. */

export function uint16(bytes: Uint8Array, at: number, isLittle = false): number {
  const [first, second] = [bytes[at] ?? 0, bytes[at + 1] ?? 0];
  return isLittle ? first | (second << 8) : (first << 8) | second;
}

export function uint32(bytes: Uint8Array, at: number, isLittle = false): number {
  const [first, second] = [uint16(bytes, at, isLittle), uint16(bytes, at + 2, isLittle)];
  return isLittle ? first + second * 0x1_0000 : first * 0x1_0000 + second;
}

/** Of 64 bits, with a sign. */
export function int64(bytes: Uint8Array, at: number, isLittle = false): bigint {
  const [first, second] = [uint32(bytes, at, isLittle), uint32(bytes, at + 4, isLittle)];
  const [high, low] = isLittle ? [second, first] : [first, second];
  return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low));
}
