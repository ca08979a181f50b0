/** Reads a journal behind its writer, from any position, and survives segments that are gone. */
import { closeSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import {
  decodeSegmentHeader,
  isRecordAt,
  type JournalRecord,
  type RecordsRead,
  readRecords,
  SEGMENT_HEADER_BYTES,
} from "@inspector/wire/journal";

/** Most bytes that are read at a time: more than the largest record has. */
const READ_BYTES = 2 * 1024 * 1024;
/** Bytes that are read at first: twice as many each time as long as that is not enough. */
const FIRST_READ_BYTES = 64 * 1024;
/** More than a record's header, less than two records. */
const SMALLEST_READ_BYTES = 64;
/** How often a reader that waits for more looks whether its segment is still the one it thinks it is. */
const LOOK_MS = 250;

/** The next record to read: the segment in which it stands or will stand, its place there, and its number. */
export type Position = { readonly segment: number; readonly offset: number; readonly seq: number };

/** The oldest record there is. */
export const BEGINNING: Position = { segment: 0, offset: SEGMENT_HEADER_BYTES, seq: 0 };

export type Tail = {
  /**
   * Hands over the records that are there, but stops after about `budget` bytes.
   * @returns how many bytes of journal were read; 0 when there is nothing new.
   */
  read(budget: number, onRecord: (record: JournalRecord) => void): number;
  readonly position: Position;
  /** Segments that were gone before they were read, since the last call. */
  takeMissing(): number;
  close(): void;
};

export function createTail(directory: string, start: Position): Tail {
  const buffer = new Uint8Array(READ_BYTES);
  let position = start;
  let fd: number | undefined;
  let missing = 0;
  let lookAt = 0;
  let window = FIRST_READ_BYTES;

  function open(): boolean {
    const number = nextSegment(directory, position.segment);
    if (number === undefined) {
      return false;
    }
    const opened = openSegment(directory, number);
    if (opened === undefined) {
      return false;
    }
    const isNext = number === position.segment && opened.firstSeq <= position.seq;
    if (!isNext) {
      if (position.seq > 0 || number > 1) {
        missing += Math.max(number - Math.max(position.segment, 1), 1);
      }
      position = { segment: number, offset: SEGMENT_HEADER_BYTES, seq: opened.firstSeq };
    }
    fd = opened.fd;
    return true;
  }

  function leave(): void {
    if (fd !== undefined) {
      closeSync(fd);
    }
    fd = undefined;
  }

  /**
   * Bytes of complete records that stand there. Few are read where few came before, and twice as many as long as not one
   * record fits.
   */
  function look(from: number, atMost: number): number {
    const { offset, seq } = position;
    let asked = Math.max(Math.min(window, atMost), SMALLEST_READ_BYTES);
    for (;;) {
      const length = readSync(from, buffer, 0, asked, offset);
      const { consumed } = readRecords(buffer.subarray(0, length), 0, seq, () => {});
      if (consumed > 0 || length < asked || asked === READ_BYTES || !isRecordAt(buffer, 0, seq)) {
        window = consumed > window / 2 ? Math.min(2 * window, READ_BYTES) : FIRST_READ_BYTES;
        return consumed;
      }
      asked = Math.min(2 * asked, READ_BYTES);
    }
  }

  /** @param atMost bytes to read; one record that is longer is read whole */
  function readOnce(from: number, atMost: number, onRecord: (record: JournalRecord) => void): RecordsRead {
    const { offset, seq } = position;
    const consumed = look(from, atMost);
    // A read that overtakes a write and is overtaken by it finds both of a record's numbers, and between them bytes that
    // stood there before. What was complete then is read once more, since now its write is over.
    const settled = readSync(from, buffer, 0, consumed, offset);
    const result = readRecords(buffer.subarray(0, settled), 0, seq, onRecord);
    position = { ...position, offset: position.offset + result.consumed, seq: result.nextSeq };
    return result;
  }

  /** A later segment, which is there once nothing more will come in this one. */
  function successor(): number | undefined {
    if (performance.now() < lookAt) {
      return undefined;
    }
    lookAt = performance.now() + LOOK_MS;
    return nextSegment(directory, position.segment + 1);
  }

  function readSome(from: number, atMost: number, onRecord: (record: JournalRecord) => void): number {
    let result = readOnce(from, atMost, onRecord);
    const next = result.consumed === 0 ? successor() : undefined;
    if (next !== undefined) {
      // Whatever stands here was written before the next segment was made, so one more look is enough.
      result = readOnce(from, atMost, onRecord);
      if (result.consumed === 0) {
        leave();
        position = { ...position, segment: next, offset: SEGMENT_HEADER_BYTES };
        return SEGMENT_HEADER_BYTES;
      }
    }
    if (result.isEnd) {
      leave();
      position = { segment: position.segment + 1, offset: SEGMENT_HEADER_BYTES, seq: position.seq };
    }
    return result.consumed;
  }

  return {
    read(budget, onRecord) {
      let total = 0;
      while (total < budget) {
        if (fd === undefined && !open()) {
          break;
        }
        const read = fd === undefined ? 0 : readSome(fd, budget - total, onRecord);
        if (read === 0) {
          break;
        }
        total += read;
      }
      return total;
    },
    get position() {
      return position;
    },
    takeMissing() {
      const count = missing;
      missing = 0;
      return count;
    },
    close: leave,
  };
}

/** Numbers of the segments in a journal, ascending; none when it is gone. */
export function listSegments(directory: string): number[] {
  try {
    return readdirSync(directory)
      .flatMap((name) => (/^\d+\.segment$/u.test(name) ? [Number.parseInt(name, 10)] : []))
      .sort((a, b) => a - b);
  } catch {
    return [];
  }
}

function nextSegment(directory: string, from: number): number | undefined {
  return listSegments(directory).find((number) => number >= from);
}

function openSegment(directory: string, number: number): { fd: number; firstSeq: number } | undefined {
  let fd: number;
  try {
    fd = openSync(join(directory, `${String(number).padStart(8, "0")}.segment`), "r");
  } catch {
    return undefined; // Taken again by the writer since it was listed.
  }
  const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
  readSync(fd, bytes, 0, bytes.length, 0);
  const header = decodeSegmentHeader(bytes);
  if (header?.number === number) {
    return { fd, firstSeq: header.firstSeq };
  }
  closeSync(fd);
  return undefined;
}
