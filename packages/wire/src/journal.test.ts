import { expect, test } from "vitest";
import {
  decodeSegmentHeader,
  encodeSegmentHeader,
  frameRecord,
  type JournalRecord,
  RECORD_BYTES,
  RECORD_END,
  RECORD_HEADER_BYTES,
  RECORD_OVERHEAD_BYTES,
  readRecords,
  SIDE_WORKER,
} from "./journal.ts";

function record(seq: number, payload: readonly number[], kind = RECORD_BYTES): number[] {
  const bytes = new Uint8Array(RECORD_OVERHEAD_BYTES + payload.length);
  bytes.set(payload, RECORD_HEADER_BYTES);
  frameRecord(new DataView(bytes.buffer), 0, payload.length, kind, SIDE_WORKER, 7, 1.5e9, seq);
  return [...bytes];
}

function read(bytes: Uint8Array, seq: number) {
  const records: JournalRecord[] = [];
  return { records, ...readRecords(bytes, 0, seq, (one) => records.push(one)) };
}

test("a record comes back as it was written", () => {
  const { records, consumed, nextSeq } = read(Uint8Array.from(record(3, [1, 2, 3])), 3);
  expect(records).toEqual([
    { kind: RECORD_BYTES, side: SIDE_WORKER, connection: 7, at: 1.5e9, seq: 3, payload: Uint8Array.of(1, 2, 3) },
  ]);
  expect(consumed).toBe(RECORD_OVERHEAD_BYTES + 3);
  expect(nextSeq).toBe(4);
});

test("reading stops at the first record that is not complete, wherever it was torn", () => {
  const whole = Uint8Array.from([...record(1, [1]), ...record(2, [2, 2])]);
  const first = RECORD_OVERHEAD_BYTES + 1;
  for (let length = first; length < whole.length; length++) {
    expect(read(whole.subarray(0, length), 1)).toMatchObject({ consumed: first, nextSeq: 2 });
  }
  for (let length = first + 1; length < whole.length; length++) {
    const torn = whole.slice();
    torn.fill(0xaa, length);
    expect(read(torn, 1).records.length).toBeLessThan(2);
  }
});

test("what a recycled segment held before is not taken for new", () => {
  const recycled = Uint8Array.from([...record(100, [9]), ...record(41, [4]), ...record(42, [5])]);
  expect(read(recycled, 100)).toMatchObject({ records: [{ seq: 100 }], nextSeq: 101, isEnd: false });
});

test("the end of a segment is said, not guessed", () => {
  expect(read(Uint8Array.from([...record(5, [1]), ...record(6, [], RECORD_END)]), 5)).toMatchObject({
    nextSeq: 7,
    isEnd: true,
  });
});

test("a segment header comes back, and anything else is refused", () => {
  const bytes = encodeSegmentHeader({ number: 12, firstSeq: 2 ** 40 + 1 });
  expect(decodeSegmentHeader(bytes)).toEqual({ number: 12, firstSeq: 2 ** 40 + 1 });
  expect(decodeSegmentHeader(bytes.subarray(1))).toBeUndefined();
  expect(decodeSegmentHeader(new Uint8Array(64))).toBeUndefined();
});
