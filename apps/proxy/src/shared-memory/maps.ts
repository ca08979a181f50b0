/** Shared memory where it still is: that of a worker whose host we are. */
import { closeSync, openSync, readSync, rmSync } from "node:fs";
import { MAP_HEADER_BYTES, type ReadSharedMemory } from "@inspector/session";
import { mapFile, mapFolders } from "./folders.ts";

/** Larger values are not read into memory. */
const MAX_READ_BYTES = 64 * 1024 * 1024;

export const readMap: ReadSharedMemory = ({ name, offset, count }) => {
  if (count < 0n || count > MAX_READ_BYTES || offset < 0n) return undefined;
  for (const folder of mapFolders("")) {
    const file = mapFile(folder, name);
    const bytes = file === undefined ? undefined : read(file, MAP_HEADER_BYTES + Number(offset), Number(count));
    if (bytes !== undefined) return bytes;
  }
  return undefined;
};

/** Of a worker that is gone. */
export function removeMap(name: string): void {
  for (const folder of mapFolders("")) {
    const file = mapFile(folder, name);
    if (file !== undefined) rmSync(file, { force: true });
  }
}

/** @returns undefined where there are not as many */
function read(file: string, from: number, length: number): Uint8Array | undefined {
  try {
    const fd = openSync(file, "r");
    try {
      const bytes = new Uint8Array(length);
      return readSync(fd, bytes, 0, length, from) === length ? bytes : undefined;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}
