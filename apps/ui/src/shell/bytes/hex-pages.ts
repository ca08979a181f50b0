/** Bytes fetched in one piece. */
export const PAGE_BYTES = 64 * 1024;

/** Numbers of the pages that hold bytes `from` up to, not including, `to`. */
export function pagesOf(from: number, to: number): number[] {
  const first = Math.floor(from / PAGE_BYTES);
  const last = Math.max(first, Math.ceil(to / PAGE_BYTES) - 1);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** An offset as people type it: "4096", "0x1000"; undefined when it is none or beyond `size`. */
export function parseOffset(text: string, size: number): number | undefined {
  const trimmed = text.trim().toLowerCase();
  const hex = /^0x([0-9a-f]+)$/.exec(trimmed)?.[1];
  const offset = hex === undefined ? (/^\d+$/.test(trimmed) ? Number(trimmed) : Number.NaN) : Number.parseInt(hex, 16);
  return offset >= 0 && offset < size ? offset : undefined;
}
