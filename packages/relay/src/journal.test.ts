import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BEGINNING, createTail } from "@inspector/hub/ingest/journal-tail";
import { type JournalRecord, RECORD_BYTES, SIDE_WORKER } from "@inspector/wire/journal";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createJournal, type Journal } from "./journal.ts";
import { createReadBuffer } from "./read-buffers.ts";

const MIB = 1024 * 1024;

let directory: string;
let journal: Journal | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "journal-"));
});

afterEach(() => {
  journal?.close();
  journal = undefined;
  rmSync(directory, { recursive: true, force: true });
});

/** The number that stands in a record's first four bytes, or the event's type. */
function nameOf({ kind, payload }: JournalRecord): number | string {
  if (kind === RECORD_BYTES) {
    return Buffer.from(payload).readUInt32LE(0);
  }
  return JSON.parse(Buffer.from(payload).toString()).type;
}

/** Appends a payload of a MiB that begins with a number. */
function append(to: Journal, n: number): void {
  const buffer = createReadBuffer(MIB);
  buffer.payload.fill(0).writeUInt32LE(n);
  to.append(1, SIDE_WORKER, buffer, MIB);
}

test("records come back in order over many segments, and released segments are written again", () => {
  const made = createJournal({ directory });
  journal = made;
  const tail = createTail(directory, BEGINNING);
  const read: (number | string)[] = [];
  for (let n = 0; n < 100; n++) {
    append(made, n);
    tail.read(Number.MAX_SAFE_INTEGER, (record) => read.push(nameOf(record)));
    made.release(tail.position.segment - 1);
  }
  expect(read.filter((name) => typeof name === "number")).toEqual(Array.from({ length: 100 }, (_, n) => n));
  expect(made.segment).toBeGreaterThan(5);
  expect(readdirSync(directory).filter((name) => name.endsWith(".segment")).length).toBeLessThanOrEqual(3);
  expect(tail.takeMissing()).toBe(0);
  tail.close();
});

test("a reader that starts in the middle goes on from there", () => {
  const made = createJournal({ directory });
  journal = made;
  for (let n = 0; n < 40; n++) {
    append(made, n);
  }
  const first = createTail(directory, BEGINNING);
  const read: (number | string)[] = [];
  first.read(20 * MIB, (record) => read.push(nameOf(record)));
  const { position } = first;
  first.close();
  const second = createTail(directory, position);
  second.read(Number.MAX_SAFE_INTEGER, (record) => read.push(nameOf(record)));
  second.close();
  expect(read.filter((name) => typeof name === "number")).toEqual(Array.from({ length: 40 }, (_, n) => n));
});

test("a hub that never reads makes the row longer up to its limit, then the oldest goes and that is known", () => {
  const made = createJournal({ directory, maxSegments: 3 });
  journal = made;
  for (let n = 0; n < 150; n++) {
    append(made, n);
  }
  const tail = createTail(directory, { segment: 1, offset: 64, seq: 1 });
  const read: (number | string)[] = [];
  tail.read(Number.MAX_SAFE_INTEGER, (record) => read.push(nameOf(record)));
  const numbers = read.filter((name) => typeof name === "number");
  expect(numbers.at(-1)).toBe(149);
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
  expect(tail.takeMissing()).toBeGreaterThan(0);
  tail.close();
});

test("a journal whose folder is removed is made again, and only what nobody had read is lost", async () => {
  const made = createJournal({ directory });
  journal = made;
  const tail = createTail(directory, BEGINNING);
  const read: (number | string)[] = [];
  const drain = (): number => tail.read(Number.MAX_SAFE_INTEGER, (record) => read.push(nameOf(record)));
  append(made, 0);
  drain();
  rmSync(directory, { recursive: true });
  append(made, 1);
  await expect.poll(() => made.segment, { timeout: 60_000 }).toBeGreaterThan(1);
  append(made, 2);
  await expect.poll(() => drain() + read.filter((name) => typeof name === "number").length).toBeGreaterThanOrEqual(3);
  expect(read.filter((name) => typeof name === "number")).toEqual([0, 1, 2]);
  expect(made.gap).toBeUndefined();
  tail.close();
});

const mount = tryMount();

test.skipIf(mount === undefined)(
  "a full disk is a gap that is counted, and recording goes on when there is room",
  async () => {
    const small = mount?.() ?? "";
    try {
      const made = createJournal({ directory: join(small, "journal"), positions: () => ["here"] });
      let n = 0;
      while (made.gap === undefined && n < 200) {
        append(made, n++);
      }
      expect(made.gap).toMatchObject({ reason: "no space left on the disk" });
      for (let more = 0; more < 5; more++) {
        append(made, n++);
      }
      const lost = made.gap?.records ?? 0;
      expect(lost).toBeGreaterThanOrEqual(6);

      const tail = createTail(join(small, "journal"), BEGINNING);
      const read: JournalRecord[] = [];
      const drain = (): void => {
        tail.read(Number.MAX_SAFE_INTEGER, (record) => read.push({ ...record, payload: record.payload.slice() }));
      };
      drain();
      made.release(tail.position.segment);
      await expect.poll(() => made.gap, { timeout: 60_000 }).toBeUndefined();
      append(made, n);
      drain();
      const gap = read.map((record) =>
        record.kind === RECORD_BYTES ? {} : JSON.parse(Buffer.from(record.payload).toString()),
      );
      expect(gap.find(({ type }) => type === "gap")).toMatchObject({
        records: expect.any(Number),
        positions: ["here"],
      });
      const numbers = read.map(nameOf).filter((name) => typeof name === "number");
      expect(numbers.at(-1)).toBe(n);
      expect(numbers.length).toBe(n + 1 - (gap.find(({ type }) => type === "gap")?.records ?? 0));
      tail.close();
      made.close();
    } finally {
      execFileSync("umount", ["--lazy", small]);
    }
  },
);

/** A file system of 40 MiB, where this user may make one. */
function tryMount(): (() => string) | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    return undefined;
  }
  const make = (): string => {
    const target = mkdtempSync(join(tmpdir(), "small-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=40m", "tmpfs", target], { stdio: "ignore" });
    return target;
  };
  try {
    const target = make();
    writeFileSync(join(target, "probe"), "");
    execFileSync("umount", [target]);
    return make;
  } catch {
    return undefined;
  }
}
