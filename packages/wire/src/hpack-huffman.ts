/**
 * Bits of each symbol's code, symbols 0 to 255 and last the end-of-string mark. RFC 7541, Appendix B.
 *
 * The code is canonical (within one length, codes count up with the symbols; each length continues behind the one
 * before), so the lengths say everything.
 */
const CODE_LENGTHS = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
  28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6,
  5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23,
  22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22,
  23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26,
  20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27,
  27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27,
  27, 27, 27, 26, 30,
];

const END_OF_STRING = 256;
const LONGEST_CODE = 30;
const SHORTEST_CODE = 5;

const symbolsByCode = CODE_LENGTHS.map((_, symbol) => symbol).sort(
  (a, b) => (CODE_LENGTHS[a] ?? 0) - (CODE_LENGTHS[b] ?? 0) || a - b,
);

/** Per length: the first code, how many there are, and where their symbols begin in `symbolsByCode`. */
const firstCode = new Int32Array(LONGEST_CODE + 1);
const codeCount = new Int32Array(LONGEST_CODE + 1);
const firstSymbol = new Int32Array(LONGEST_CODE + 1);
for (const length of CODE_LENGTHS) {
  codeCount[length] = (codeCount[length] ?? 0) + 1;
}
for (let length = 1; length <= LONGEST_CODE; length++) {
  const shorter = codeCount[length - 1] ?? 0;
  firstCode[length] = ((firstCode[length - 1] ?? 0) + shorter) << 1;
  firstSymbol[length] = (firstSymbol[length - 1] ?? 0) + shorter;
}

/**
 * Decodes a Huffman-coded string literal.
 *
 * Undefined where it holds the end-of-string mark, or ends in anything but less than eight 1 bits: RFC 7541, 5.2 makes
 * both a decoding error.
 */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined {
  const decoded = new Uint8Array(Math.floor(((end - start) * 8) / SHORTEST_CODE));
  let written = 0;
  let code = 0;
  let length = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    for (let bit = 7; bit >= 0; bit--) {
      code = (code << 1) | ((byte >> bit) & 1);
      length++;
      const place = code - (firstCode[length] ?? 0);
      if (place >= (codeCount[length] ?? 0)) {
        continue;
      }
      const symbol = symbolsByCode[(firstSymbol[length] ?? 0) + place] ?? END_OF_STRING;
      if (symbol === END_OF_STRING) {
        return undefined;
      }
      decoded[written++] = symbol;
      code = 0;
      length = 0;
    }
  }
  if (length > 7 || code !== (1 << length) - 1) {
    return undefined;
  }
  return decoded.subarray(0, written);
}
