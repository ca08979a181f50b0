/**
 * Keeps what host and worker hand each other in shared memory, which is freed as soon as it was read: often within a
 * millisecond of the message that names it. A hard link, made before that message goes on, keeps the content; the hub
 * copies it into the session and takes the link away.
 */

import { existsSync, linkSync, lstatSync, mkdirSync, readdirSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { reasonOf } from "@inspector/contract/inspector-error";
import type { SharedMemoryEvent } from "@inspector/contract/shared-memory";
import { SIDE_HOST, SIDE_WORKER } from "@inspector/wire/journal";
import type { Journal } from "../journal.ts";
import type { Watch } from "../pump.ts";
import { type MapFolder, mapFile } from "./folders.ts";
import { createMapNames } from "./map-names.ts";
import { readContents } from "./stream-contents.ts";

/**
 * Links keep memory from being freed. So much of it at most waits to be copied, and no more than this part of the file
 * system: it is host and worker that need it.
 */
const MAX_WAITING_BYTES = 512 * 1024 * 1024;
const MAX_WAITING_PART = 1 / 4;
const MAX_WAITING_LINKS = 4096;

/** @returns what looks for names; a connection that is opened while there is no folder of maps is not looked at */
export function captureSharedMemory(journal: Pick<Journal, "event">, folders: readonly MapFolder[]): Watch {
  const waiting = new Map(folders.map((folder) => [folder, createWaiting(folder)]));
  let links = 0;

  /** The link, or why there is none. Whatever the file system says, it returns. */
  function keep(name: string): { file: string; size: number } | { problem: string } {
    for (const folder of folders) {
      try {
        const map = mapFile(folder, name);
        if (map !== undefined && existsSync(map)) {
          return link(folder, map);
        }
      } catch (error) {
        return { problem: reasonOf(error) };
      }
    }
    return { problem: `there is no such map in ${folders.map(({ maps }) => maps).join(", ")}` };
  }

  function link(folder: MapFolder, map: string): { file: string; size: number } | { problem: string } {
    const found = lstatSync(map);
    if (!found.isFile()) {
      return { problem: "it is no file" };
    }
    if (waiting.get(folder)?.add(found.size) !== true) {
      return { problem: `${found.size} bytes more would keep too much of the machine's shared memory in use` };
    }
    links += 1;
    const file = join(folder.links, String(links));
    linkSync(map, file);
    return { file, size: found.size };
  }

  return (connection) => {
    if (!folders.some(({ maps }) => existsSync(maps))) {
      return undefined;
    }
    return readContents((stream, side) =>
      createMapNames((name, message) => {
        const kept = keep(name);
        const direction = side === "host" ? "to-worker" : "to-host";
        const event: SharedMemoryEvent = { type: "shared-memory", stream, direction, message, name, links, ...kept };
        journal.event(event, connection, side === "host" ? SIDE_HOST : SIDE_WORKER);
      }),
    );
  };
}

type Waiting = {
  /** Counts a file that is about to be linked. False where it is too much. */
  add(bytes: number): boolean;
};

/** What is linked in a folder and not copied yet. It is counted anew only where too much seems to be. */
function createWaiting({ links }: MapFolder): Waiting {
  let most: number | undefined;
  let bytes = 0;
  let count = 0;

  function open(): number {
    mkdirSync(links, { recursive: true, mode: 0o700 });
    const { blocks, bsize } = statfsSync(links);
    return Math.min(MAX_WAITING_BYTES, blocks * bsize * MAX_WAITING_PART);
  }

  function recount(): void {
    const sizes = readdirSync(links).map((name) => lstatSync(join(links, name), { throwIfNoEntry: false })?.size ?? 0);
    bytes = sizes.reduce((sum, size) => sum + size, 0);
    count = sizes.length;
  }

  return {
    add(size) {
      most ??= open();
      const limit = most;
      const isTooMuch = (): boolean => bytes + size > limit || count >= MAX_WAITING_LINKS;
      if (isTooMuch()) {
        recount();
      }
      if (isTooMuch()) {
        return false;
      }
      bytes += size;
      count += 1;
      return true;
    },
  };
}
