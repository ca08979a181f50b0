/** Reads archives that an export wrote. */
import { crc32, inflateRawSync } from "node:zlib";
import { expect } from "vitest";

/** What a reader of archives finds by the directory at its end; each file's checksum is looked at. */
export function filesIn(zip: Buffer): { name: string; text: string }[] {
  const end = zip.length - 22;
  expect(zip.readUInt32LE(end)).toBe(0x06054b50);
  const files: { name: string; text: string }[] = [];
  for (let at = zip.readUInt32LE(end + 16); at < end; ) {
    expect(zip.readUInt32LE(at)).toBe(0x02014b50);
    const nameLength = zip.readUInt16LE(at + 28);
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26);
    const content = inflateRawSync(zip.subarray(start, start + zip.readUInt32LE(at + 20)));
    expect([crc32(content), content.length]).toEqual([zip.readUInt32LE(at + 16), zip.readUInt32LE(at + 24)]);
    files.push({ name: zip.toString("utf8", at + 46, at + 46 + nameLength), text: content.toString() });
    at += 46 + nameLength;
  }
  expect(files).toHaveLength(zip.readUInt16LE(end + 10));
  return files;
}
