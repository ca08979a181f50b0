/** Hashes of parts of a text, of which each takes the same short time, however long the part is. */

const BASE = 0x01000193;
/** Longer texts get an array of their own, which does not stay. */
const KEPT_CHARS = 16 * 1024;

/** BASE to the power of a length, modulo 2^32; as far as they were asked for. */
let powers = Int32Array.of(1);
const kept = new Int32Array(KEPT_CHARS + 1);

/** The hash of the characters from `from` to before `to`, which goes on from that of what stands before them. */
export function hashOf(text: string, from: number, to: number, before = 0): number {
  const end = Math.min(to, text.length);
  let hash = before;
  for (let at = from; at < end; at += 1) {
    hash = (Math.imul(hash, BASE) + text.charCodeAt(at)) | 0;
  }
  return hash;
}

/**
 * The hashes of all beginnings of a text, by their length. That of a part of it is
 * `hashes[end] - hashes[start] * powerOf(end - start)`, modulo 2^32. Good until the next call.
 */
export function prefixHashes(text: string): Int32Array {
  const hashes = text.length <= KEPT_CHARS ? kept : new Int32Array(text.length + 1);
  let hash = 0;
  for (let at = 0; at < text.length; ) {
    hash = (Math.imul(hash, BASE) + text.charCodeAt(at)) | 0;
    at += 1;
    hashes[at] = hash;
  }
  return hashes;
}

export function powerOf(length: number): number {
  return powers[length] ?? powersUntil(length);
}

function powersUntil(length: number): number {
  const known = powers.length;
  const more = new Int32Array(Math.max(length + 1, 2 * known));
  more.set(powers);
  for (let at = known; at < more.length; at += 1) {
    more[at] = Math.imul(more[at - 1] ?? 0, BASE);
  }
  powers = more;
  return powers[length] ?? 0;
}

/** Mixes a hash, whose low bits say little. */
export function mixed(hash: number): number {
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 8;
}
