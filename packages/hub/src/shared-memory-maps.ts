/** Shared memory where it still is: that of a worker whose host we are. */
import { closeSync, constants, fstatSync, openSync, readSync, rmSync } from "node:fs";
import { type ReadSharedMemory, readWithin } from "@inspector/analysis/replay/inline-memory";
import { create, encodeMessage, StreamingMessageSchema } from "@inspector/proto";
import { mapFile, mapFolders } from "@inspector/relay/shared-memory/folders";
import { MAP_HEADER_BYTES } from "@inspector/session/shared-memory";

/** @param limit how many bytes are read into memory in all, at most */
export function createMapReader(limit: number): ReadSharedMemory {
  return readWithin(limit, ({ name, offset, count }) => {
    for (const folder of mapFolders("")) {
      const file = mapFile(folder, name);
      const bytes = file === undefined ? undefined : read(file, MAP_HEADER_BYTES + Number(offset), Number(count));
      if (bytes !== undefined) {
        return bytes;
      }
    }
    return undefined;
  });
}

/** What a host says to a worker when it has read these maps, so that it frees them. */
export function closeRequest(mapNames: readonly string[]): Uint8Array {
  const content = { case: "closeSharedMemoryResourcesRequest" as const, value: { mapNames: [...mapNames] } };
  return encodeMessage(create(StreamingMessageSchema, { content }));
}

/** Takes the file of a map away that nobody else will, as far as that is allowed. */
export function removeMap(name: string): void {
  for (const folder of mapFolders("")) {
    const file = mapFile(folder, name);
    try {
      if (file !== undefined) {
        rmSync(file, { force: true, recursive: true });
      }
    } catch {
      // It belongs to another user.
    }
  }
}

/** @returns undefined where there are not as many */
function read(file: string, from: number, length: number): Uint8Array | undefined {
  try {
    const fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!fstatSync(fd).isFile()) {
        return undefined;
      }
      const bytes = new Uint8Array(length);
      return readSync(fd, bytes, 0, length, from) === length ? bytes : undefined;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}
