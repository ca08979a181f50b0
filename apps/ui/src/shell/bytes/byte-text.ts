/** The bytes as UTF-8, or undefined when they are not text. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return isBinary(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Control characters that no text file has: bytes that are valid UTF-8 by chance. */
function isBinary(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for them is the point.
  return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text);
}

/** Bytes in one line of a hex view. */
export const HEX_LINE_BYTES = 16;

export type HexLine = { readonly offset: string; readonly hex: string; readonly text: string };

/** Digits an offset needs in a view of `size` bytes: even, and at least four. */
export function offsetDigits(size: number): number {
  return Math.max(4, Math.ceil(Math.max(1, size - 1).toString(16).length / 2) * 2);
}

/** One line of a hex view: the offset, two groups of eight bytes, and the printable characters. */
export function formatHexLine(offset: number, bytes: Uint8Array, digits: number): HexLine {
  const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
  const groups = [pairs.slice(0, 8).join(" "), pairs.slice(8).join(" ")];
  const text = Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·")).join("");
  return { offset: offset.toString(16).padStart(digits, "0"), hex: groups.join("  ").trimEnd(), text };
}

/** Bytes `from` up to, not including, `to`. */
export type ByteSpan = { readonly from: number; readonly to: number };

/** Where a span is in the line that begins at `offset`: characters of its hex, and of its text. */
export function spanInLine(
  offset: number,
  { from, to }: ByteSpan,
): { readonly hex: readonly [number, number]; readonly text: readonly [number, number] } | undefined {
  const first = Math.max(0, from - offset);
  const last = Math.min(HEX_LINE_BYTES, to - offset) - 1;
  if (last < first) {
    return undefined;
  }
  const column = (byte: number) => byte * 3 + (byte < 8 ? 0 : 1);
  return { hex: [column(first), column(last) + 2], text: [first, last + 1] };
}

/** Lines of a hex view for bytes that are at hand: those from `from` on, of `total`. */
export function formatHexLines(bytes: Uint8Array, from = 0, total = bytes.length): HexLine[] {
  const lines: HexLine[] = [];
  for (let at = 0; at < bytes.length; at += HEX_LINE_BYTES) {
    lines.push(formatHexLine(from + at, bytes.subarray(at, at + HEX_LINE_BYTES), offsetDigits(total)));
  }
  return lines;
}

export function formatHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
