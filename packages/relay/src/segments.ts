/**
 * The row of segment files behind a journal: the one being written, the ones the hub has still to read, and spares.
 *
 * Writing over pages that are already in the cache is many times cheaper than growing a file, so segments are
 * preallocated and touched ahead of time, and one that was read is taken again as the newest.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, write, writeSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { MAX_JOURNAL_BYTES } from "@inspector/contract/page";
import { encodeSegmentHeader, SEGMENT_HEADER_BYTES } from "@inspector/wire/journal";

const writeAt = promisify(write);

/** Size of a segment file. */
export const SEGMENT_BYTES = 16 * 1024 * 1024;

/** Unread segments beyond this many are given up, oldest first. */
const MAX_SEGMENTS = MAX_JOURNAL_BYTES / SEGMENT_BYTES;

/** The file that is written to: its number in the row (1, 2, 3 …), its name, and its descriptor. */
export type Segment = { readonly number: number; readonly file: string; readonly fd: number };

/** The row. {@link Segments.advance} makes the first segment as well; a number that was released is written over by a later one. */
export type Segments = {
  /**
   * Makes the next segment current.
   * @throws what the file system throws; the row is unchanged then, and the next call tries the same file again
   */
  advance(firstSeq: number): Segment;
  /** The hub has committed everything up to and including this segment. */
  release(number: number): void;
  /** Whether the current segment can still be reached by its name. */
  isReachable(): Promise<boolean>;
  /** Numbers of segments given up unread since the last call. */
  takeDropped(): number;
  close(): void;
};

/** "00000001.segment" */
export function segmentName(number: number): string {
  return `${String(number).padStart(8, "0")}.segment`;
}

/** Makes no file before the first advance. */
export function createSegments(directory: string, maxSegments = MAX_SEGMENTS): Segments {
  let current: Segment | undefined;
  let released = 0;
  let dropped = 0;
  let spare: string | undefined;
  let isPreparing = false;
  let isClosed = false;
  /** Numbers that stand on disk before the current one, ascending. */
  const row: number[] = [];

  function prepareSpare(): void {
    if (isPreparing || isClosed || spare !== undefined) {
      return;
    }
    isPreparing = true;
    const file = join(directory, `spare-${process.pid}`);
    touch(file, () => isClosed)
      .then(
        () => {
          if (isClosed) {
            rmSync(file, { force: true });
          } else {
            spare = file;
          }
        },
        () => {},
      )
      .finally(() => {
        isPreparing = false;
      });
  }

  /** A file to write the next segment into, cheapest first; `take` when it has become that. */
  function nextFile(): { readonly source: string; readonly take: () => void } {
    const oldest = row[0];
    const isRead = oldest !== undefined && oldest <= released;
    if (oldest !== undefined && (isRead || row.length >= maxSegments)) {
      return {
        source: join(directory, segmentName(oldest)),
        take() {
          row.shift();
          dropped += isRead ? 0 : 1;
        },
      };
    }
    return {
      source: spare ?? join(directory, `grown-${process.pid}`),
      take() {
        spare = undefined;
      },
    };
  }

  return {
    advance(firstSeq) {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const number = (current?.number ?? 0) + 1;
      const { source, take } = nextFile();
      const file = join(directory, segmentName(number));
      const fd = openForWriting(source);
      try {
        writeSync(fd, encodeSegmentHeader({ number, firstSeq }), 0, SEGMENT_HEADER_BYTES, 0);
        renameSync(source, file);
      } catch (error) {
        closeSync(fd);
        throw error;
      }
      take();
      if (current !== undefined) {
        closeSync(current.fd);
        row.push(current.number);
      }
      current = { number, file, fd };
      if ((row[0] ?? Number.POSITIVE_INFINITY) > released) {
        prepareSpare();
      }
      return current;
    },
    release(number) {
      released = Math.max(released, number);
    },
    async isReachable() {
      if (current === undefined) {
        return true;
      }
      return await stat(current.file).then(
        () => true,
        () => false,
      );
    },
    takeDropped() {
      const count = dropped;
      dropped = 0;
      return count;
    },
    close() {
      isClosed = true;
      if (current !== undefined) {
        fsyncSync(current.fd);
        closeSync(current.fd);
      }
      for (const name of safeList(directory)) {
        if (name.startsWith("spare-") || name.startsWith("grown-")) {
          rmSync(join(directory, name), { force: true });
        }
      }
    },
  };
}

function openForWriting(file: string): number {
  try {
    return openSync(file, "r+", 0o600);
  } catch {
    return openSync(file, "w+", 0o600);
  }
}

/** Grows a file to a segment's size in steps, so that no single write holds up the event loop's thread pool for long. */
async function touch(file: string, isClosed: () => boolean): Promise<void> {
  // Made at once: a file that comes into being later could do so in a folder that is being removed.
  const fd = openSync(file, "w", 0o600);
  try {
    const zeros = new Uint8Array(1024 * 1024);
    for (let at = 0; at < SEGMENT_BYTES && !isClosed(); at += zeros.length) {
      await writeAt(fd, zeros, 0, zeros.length, at);
    }
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
}

function safeList(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
