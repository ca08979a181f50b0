/** Kinds of images that every browser shows, by how their bytes begin. */
const BEGINNINGS: readonly (readonly [type: string, begins: readonly number[], at?: number])[] = [
  ["image/png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ["image/jpeg", [0xff, 0xd8, 0xff]],
  ["image/gif", [0x47, 0x49, 0x46, 0x38]],
  ["image/webp", [0x57, 0x45, 0x42, 0x50], 8],
];

/** The media type of an image by its first bytes, not by a header, which may claim anything. */
export function imageType(bytes: Uint8Array): string | undefined {
  return BEGINNINGS.find(([, begins, at = 0]) => begins.every((byte, index) => bytes[at + index] === byte))?.[0];
}
