/** Headers as a row keeps them. */

/** Header names and values kept of one block, in all; a header that does not fit any more is left out. */
const MAX_HEADER_CHARS = 16_384;

/** Values of one name are joined by commas, as RFC 9110 allows; names are keys of their own, "constructor" among them. */
export function headersOf(list: readonly (readonly [string, string])[]): Record<string, string> {
  const headers = new Map<string, string>();
  let left = MAX_HEADER_CHARS;
  for (const [name, value] of list) {
    const length = name.length + value.length;
    if (length > left) {
      continue;
    }
    left -= length;
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(headers);
}

/** grpc-message as people read it; what cannot be decoded stays as it came. */
export function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
