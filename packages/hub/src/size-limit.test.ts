import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProblems } from "@inspector/analysis/problems/problems";
import { compileFilter } from "@inspector/filter/compile";
import { parseFilter } from "@inspector/filter/parse";
import { create, encodeMessage, StreamingMessageSchema } from "@inspector/proto";
import { createJournal, type Journal } from "@inspector/relay/journal";
import { createReadBuffer } from "@inspector/relay/read-buffers";
import type { Database } from "@inspector/session/database";
import { createInvocationQueries } from "@inspector/session/invocation-queries";
import { createQueries } from "@inspector/session/queries";
import { http2Writer } from "@inspector/testkit";
import { SIDE_HOST, SIDE_WORKER } from "@inspector/wire/journal";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSessionIngest, type SessionIngest } from "./ingest/session-ingest.ts";
import { diskBytes } from "./session-files.ts";
import { budgetsOf, storedLimit } from "./size-limit.ts";
import { openForReading, openForWriting } from "./sqlite.ts";
import { createTextIndexer } from "./text/text-indexer.ts";

const { data, grpcMessage, headers, preface, settings } = http2Writer;

const MIB = 1024 * 1024;
const MAX_BYTES = 8 * MIB;

let folder: string;
let file: string;
let journal: Journal;
const open: (() => void)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "size-limit-"));
  file = join(folder, "one.inspector");
  const directory = join(folder, "journals", "j1");
  mkdirSync(directory, { recursive: true });
  const description = { session: file, control: join(directory, "nobody.sock"), startedAt: 1_000_000 };
  writeFileSync(join(directory, "journal.json"), JSON.stringify(description));
  journal = createJournal({ directory });
  journal.event({ type: "relay-started", startedAt: 1_000_000, listen: "127.0.0.1:1", upstream: "127.0.0.1:2" });
});

afterEach(() => {
  for (const close of open.splice(0).reverse()) {
    close();
  }
  journal.close();
  rmSync(folder, { recursive: true, force: true });
});

function startIngest(maxBytes = MAX_BYTES): SessionIngest & { readonly database: Database } {
  const database = openForWriting(file);
  const ingest = createSessionIngest({ database, file, journals: join(folder, "journals"), version: "0", maxBytes });
  open.push(() => {
    ingest.close();
    database.close();
  });
  return Object.assign(ingest, { database });
}

function say(connection: number, side: number, bytes: Uint8Array): void {
  const buffer = createReadBuffer(bytes.length);
  buffer.payload.set(bytes);
  journal.append(connection, side, buffer, bytes.length);
}

/** Opens a connection with one event stream. */
function connect(connection: number): void {
  journal.event({ type: "opened" }, connection, SIDE_WORKER);
  const fields = [
    [":method", "POST"],
    [":scheme", "http"],
    [":path", "/AzureFunctionsRpcMessages.FunctionRpc/EventStream"],
    ["content-type", "application/grpc"],
  ] as const;
  say(connection, SIDE_WORKER, Buffer.concat([preface, settings(), headers(1, fields)]));
  say(connection, SIDE_HOST, Buffer.concat([settings(), headers(1, [[":status", "200"]])]));
}

/** A log of about `size` bytes, none of which is like another. */
function log(n: number, size: number, invocationId = ""): Uint8Array {
  const message = Array.from({ length: Math.ceil(size / 5) }, (_, i) => ((n * 7919 + i * 104_729) % 1e9).toString(36));
  return encodeMessage(
    create(StreamingMessageSchema, {
      content: { case: "rpcLog", value: { invocationId, message: `log ${n} ${message.join(" ")}`.slice(0, size) } },
    }),
  );
}

function sendLogs(connection: number, from: number, count: number, size: number): void {
  const many = Math.max(1, Math.floor(8_000 / size));
  for (let n = from; n < from + count; n += many) {
    const messages = Array.from({ length: Math.min(many, from + count - n) }, (_, i) =>
      log(n + i, size, `i${(n + i) >> 2}`),
    );
    say(connection, SIDE_WORKER, data(1, Buffer.concat(messages.map((bytes) => grpcMessage(bytes)))));
  }
}

/** Bytes that each row has, beside what it says of them. */
function rowsOf(database: Database): { seq: number; size: number; stored: number; isDropped: boolean }[] {
  const queries = createQueries(database);
  const rows: ReturnType<typeof rowsOf> = [];
  for (let after = 0; ; after = rows.at(-1)?.seq ?? 0) {
    const page = queries.messagesAfter(after, 1000).rows;
    for (const { seq, size, isBodyDropped } of page) {
      const stored = queries.bodyBytes(queries.origin(seq)?.body ?? 0, 0, size).length;
      rows.push({ seq, size, stored, isDropped: isBodyDropped === true });
    }
    if (page.length === 0) {
      return rows;
    }
  }
}

function reading(): Database {
  const database = openForReading(file);
  open.push(() => database.close());
  return database;
}

describe("under a size limit", () => {
  test("rows, bodies, text index and logs together stay below it during a burst, and the newest stays whole", () => {
    connect(1);
    sendLogs(1, 0, 45_000, 300);
    const ingest = startIngest();
    const index = `${file}-text`;
    ingest.step();
    const indexer = createTextIndexer(file, index, budgetsOf(MAX_BYTES).text);
    open.push(() => indexer.close());
    let largest = 0;
    while (ingest.step()) {
      indexer.slice();
      largest = Math.max(largest, diskBytes(file) + diskBytes(index));
    }
    while (indexer.slice()) {
      largest = Math.max(largest, diskBytes(file) + diskBytes(index));
    }
    expect(largest).toBeLessThanOrEqual(MAX_BYTES);
    // It is made use of, too.
    expect(largest).toBeGreaterThan(MAX_BYTES / 3);
    const rows = rowsOf(reading());
    expect(rows.at(-1)?.seq).toBe(45_000);
    expect(rows.length).toBeGreaterThan(1_500);
    expect(rows.length).toBeLessThan(45_000);
    expect(rows.slice(-1_000).every(({ size, stored }) => stored === size)).toBe(true);
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, i) => 45_001 - rows.length + i));
  });

  test("a log that somebody who read kept from being cut off is cut off as soon as nobody does", () => {
    connect(1);
    sendLogs(1, 0, 10_000, 300);
    const ingest = startIngest();
    const { log } = budgetsOf(MAX_BYTES);
    const logBytes = (): number => statSync(`${file}-wal`).size;
    ingest.step();
    const reader = reading();
    reader.exec("BEGIN");
    reader.prepare("SELECT count(*) FROM message").get();
    while (logBytes() <= log && ingest.step()) {}
    expect(logBytes()).toBeGreaterThan(log);
    reader.exec("COMMIT");
    expect(ingest.step()).toBe(true);
    expect(logBytes()).toBeLessThanOrEqual(log);
  });

  test("what was given up is counted as it is, and everything that is asked deals with it", () => {
    connect(1);
    sendLogs(1, 0, 20_000, 300);
    sendLogs(1, 20_000, 300, 12_000);
    const ingest = startIngest();
    while (ingest.step()) {}
    const database = reading();
    const rows = rowsOf(database);
    const queries = createQueries(database);
    const { size, last } = queries.session(file);
    const dropped = rows.filter(({ isDropped }) => isDropped);
    expect(last).toBe(20_300);
    expect(size).toMatchObject({ bodiesDropped: dropped.length, rowsDropped: 20_300 - rows.length });
    expect(dropped.length).toBeGreaterThan(0);
    expect(size.rowsDropped).toBeGreaterThan(0);
    const [oldest] = rows;
    expect(queries.message((oldest?.seq ?? 0) - 1)).toBeUndefined();
    expect(queries.related((oldest?.seq ?? 0) - 1)).toEqual([(oldest?.seq ?? 0) - 1]);
    const isDropped = parseFilter("is:dropped");
    const found = isDropped.ok ? queries.column(compileFilter(isDropped.filter), 0, 1e6) : [];
    expect(found).toEqual(dropped.map(({ seq }) => seq));
    const invocations = createInvocationQueries(database);
    const ids = invocations.column(undefined, 0, 1e6);
    expect(ids[0]).toBeGreaterThan((oldest?.seq ?? 0) - 5);
    expect(ids.every((id) => (invocations.detail(id)?.messages.length ?? 0) > 0)).toBe(true);
    const problems = createProblems(database)
      .update()
      .problems.map(({ rule }) => rule);
    expect(problems).toContain("messages-given-up");
    // What came before the oldest message is not known, so that no message is said to have been the first.
    expect(problems).not.toContain("wrong-first-message");
    const densities = database.prepare("SELECT count(*) AS n FROM density").get()?.["n"];
    expect(densities).toBeGreaterThan(0);
  });

  test("whoever reads the rest of a journal after a crash keeps to the limit of the recording", () => {
    connect(1);
    sendLogs(1, 0, 25_000, 300);
    startIngest().step();
    open.pop()?.();
    const database = openForWriting(file);
    const limit = storedLimit(database);
    database.close();
    expect(limit).toBe(MAX_BYTES);
    const rest = startIngest(limit);
    while (rest.step()) {}
    expect(diskBytes(file)).toBeLessThan(MAX_BYTES);
  });

  test.each(["one hub", "a new hub after every batch"])(
    "while one body is still coming no other is said to be there that is not (%s)",
    (how) => {
      connect(1);
      connect(2);
      const large = grpcMessage(log(0, 4 * MIB));
      say(2, SIDE_WORKER, data(1, large.subarray(0, 16_000)));
      let ingest = startIngest();
      for (let n = 0; n < 3_000; n += 100) {
        sendLogs(1, n, 100, 10_000);
        const at = 16_000 + (n / 100) * 100_000;
        for (let part = at; part < at + 100_000; part += 10_000) {
          say(2, SIDE_WORKER, data(1, large.subarray(part, part + 10_000)));
        }
        while (ingest.step()) {}
        if (how !== "one hub") {
          open.pop()?.();
          ingest = startIngest();
        }
      }
      const rows = rowsOf(reading());
      expect(rows.filter(({ isDropped, stored, size }) => stored !== (isDropped ? 0 : size))).toEqual([]);
      expect(rows.some(({ isDropped }) => isDropped)).toBe(true);
      expect(rows.slice(-100).every(({ isDropped }) => !isDropped)).toBe(true);
    },
  );

  test("a message larger than all that there is room for is given up while it comes, and is said to be", () => {
    connect(1);
    connect(2);
    const large = grpcMessage(log(0, 14 * MIB));
    const ingest = startIngest();
    let largest = 0;
    for (let at = 0; at < large.length; at += 16_000) {
      say(2, SIDE_WORKER, data(1, large.subarray(at, at + 16_000)));
      if (at % 1_600_000 === 0) {
        sendLogs(1, at, 1, 100);
      }
    }
    sendLogs(1, 1, 10, 100);
    while (ingest.step()) {
      largest = Math.max(largest, diskBytes(file));
    }
    expect(largest).toBeLessThan(MAX_BYTES);
    const rows = rowsOf(reading());
    expect(rows.find(({ size }) => size > 10 * MIB)).toMatchObject({ isDropped: true });
    expect(rows.slice(-10).every(({ isDropped }) => !isDropped)).toBe(true);
  });
});
