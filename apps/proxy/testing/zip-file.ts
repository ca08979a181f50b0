/** Zip archives for tests, right and wrong ones. */
import { deflateRawSync } from "node:zlib";

export type ZippedFile = {
  readonly path: string;
  readonly content: Uint8Array | string;
  /** Not compressed. */
  readonly isStored?: boolean;
  readonly flags?: number;
  /** What the archive says of its compression; the right one unless it is given. */
  readonly method?: number;
  /** What the archive says of its size; the right one unless it is given. */
  readonly claimed?: number;
};

export function zipOf(files: readonly ZippedFile[]): Buffer {
  const contents: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { path, content, isStored = false, flags = 0, method = isStored ? 0 : 8, claimed } of files) {
    const whole = Buffer.from(content);
    const packed = isStored ? whole : deflateRawSync(whole);
    const name = Buffer.from(path);
    // Version, flags, method, time and date, checksum, sizes, and lengths: the same in both headers.
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(flags, 2);
    shared.writeUInt16LE(method, 4);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(claimed ?? whole.length, 18);
    shared.writeUInt16LE(name.length, 22);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    shared.copy(central, 6);
    central.writeUInt32LE(at, 42);
    directory.push(central, name);
    const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), shared, name, packed]);
    contents.push(local);
    at += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...contents, central, end]);
}
