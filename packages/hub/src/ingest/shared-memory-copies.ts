/** Copies what relays linked of shared memory into the session, a little in each batch. */

import { closeSync, constants, fstatSync, openSync, readSync, rmSync } from "node:fs";
import { reasonOf } from "@inspector/contract/inspector-error";
import { BODY_PART_BYTES } from "@inspector/filter/bodies";
import { MAP_HEADER_BYTES, type OpenCopy } from "@inspector/session/shared-memory";
import type { Writer } from "@inspector/session/writer";

const GONE = "the copy is gone";

export type SharedMemoryCopies = {
  /** Within a transaction: copies about `budget` bytes. @returns whether there was anything to do */
  step(budget: number): boolean;
  /** The transaction is committed: links to what is wholly in the session are taken away. */
  committed(): void;
};

/**
 * @param isLink whether a relay of this session put a file there: a session may come from somebody else, and what it names is
 * read and removed
 */
export function createSharedMemoryCopies(
  { sharedMemory, bodies }: Writer,
  isLink: (file: string) => boolean,
): SharedMemoryCopies {
  /** Copies with lower numbers are done. */
  let from = 0;
  /** A copy that is complete: its link goes once that is committed, and its row says so in the next batch. */
  let complete: OpenCopy | undefined;

  /** @returns how much of it is stored then, and why no more ever will be */
  function copy({ file, body, size, stored }: OpenCopy, budget: number): { stored: number; problem?: string } {
    const fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!fstatSync(fd).isFile()) {
        return { stored, problem: "it is no file" };
      }
      for (let at = stored; at < size && at - stored < budget; at += BODY_PART_BYTES) {
        const bytes = new Uint8Array(Math.min(BODY_PART_BYTES, size - at));
        const read = readSync(fd, bytes, 0, bytes.length, MAP_HEADER_BYTES + at);
        bodies.part(body, Math.floor(at / BODY_PART_BYTES), bytes.subarray(0, read));
        if (read < bytes.length) {
          return { stored: at + read, problem: `its file ends after ${at + read} bytes` };
        }
      }
      return { stored: Math.min(stored + Math.ceil(budget / BODY_PART_BYTES) * BODY_PART_BYTES, size) };
    } finally {
      closeSync(fd);
    }
  }

  function advance(next: OpenCopy, budget: number): void {
    if (next.stored >= next.size) {
      complete = next;
      return;
    }
    const { stored, problem } = copy(next, budget);
    sharedMemory.copied(next.id, stored);
    if (stored >= next.size) {
      complete = next;
    } else if (problem !== undefined) {
      giveUp(next, problem);
    }
  }

  function giveUp({ id, file, body }: OpenCopy, problem: string): void {
    rmSync(file, { force: true });
    sharedMemory.closed(id, problem);
    bodies.complete(body);
  }

  return {
    step(budget) {
      if (complete !== undefined) {
        sharedMemory.closed(complete.id);
        bodies.complete(complete.body);
        complete = undefined;
      }
      const next = sharedMemory.nextCopy(from);
      if (next === undefined) {
        from = sharedMemory.newest() + 1;
        return false;
      }
      from = next.id;
      if (!isLink(next.file)) {
        sharedMemory.closed(next.id, GONE);
        return true;
      }
      try {
        advance(next, budget);
      } catch (error) {
        giveUp(next, problemOf(error));
      }
      return true;
    },
    committed() {
      if (complete !== undefined) {
        rmSync(complete.file, { force: true });
      }
    },
  };
}

function problemOf(error: unknown): string {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") {
    return GONE;
  }
  return reasonOf(error);
}
