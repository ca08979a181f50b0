/** Sessions in memory are answered for as the hub answers for their files, and what is none is refused. */
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync, gunzipSync, gzipSync } from "node:zlib";
import { capturedPacket, captureHeader } from "@inspector/hub/export/packets";
import { openSession } from "@inspector/hub/reader/open-session";
import { makeOneFile, openForWriting } from "@inspector/hub/sqlite";
import { answerPage } from "@inspector/reader/routes";
import { PART_BEGINS, PART_ENDS } from "@inspector/session/page-parts";
import { SCHEMA_VERSION } from "@inspector/session/schema";
import { loadRecording } from "@inspector/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openInput } from "../../../proxy/src/import/open-input.ts";
import { binaryLogOf } from "../../../proxy/testing/binary-log-file.ts";
import { packetsOf, pcapOf } from "../../../proxy/testing/capture-file.ts";
import { zipOf } from "../../../proxy/testing/zip-file.ts";
import { decompress } from "./decompress.ts";
import { OfflineLink } from "./offline-link.ts";
import { OfflineSessions } from "./offline-sessions.ts";
import { MAX_SESSION_BYTES, openFile } from "./opened-file.ts";
import { loadSqlite, type Sqlite } from "./wasm-database.ts";

const FIXTURES = new URL("../../../../packages/session/fixtures/", import.meta.url);
const NEWEST = `v${SCHEMA_VERSION}.inspector`;
const folder = mkdtempSync(join(tmpdir(), "offline-"));
let sqlite: Sqlite;
/** Of the test that runs. */
const given: OfflineSessions[] = [];

beforeAll(async () => {
  const require = createRequire(import.meta.url);
  sqlite = await loadSqlite(new Uint8Array(readFileSync(require.resolve("@sqlite.org/sqlite-wasm/sqlite3.wasm"))));
});
afterEach(() => {
  for (const sessions of given.splice(0)) {
    for (const { name } of sessions.list()) {
      sessions.named(name).close();
    }
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fixture(name: string): Blob {
  return new Blob([new Uint8Array(readFileSync(new URL(`${name}.gz`, FIXTURES)))]);
}

function unpacked(name: string): Buffer {
  return gunzipSync(readFileSync(new URL(`${name}.gz`, FIXTURES)));
}

async function opened(name: string, file: Blob): Promise<OfflineSessions> {
  const sessions = new OfflineSessions(sqlite, { version: "1.2.3" });
  given.push(sessions);
  sessions.show((await sessions.add(name, file, 0)).name);
  return sessions;
}

/** One of `inspector export --format ndjson`. */
const LINE = `${JSON.stringify({ seq: 1, at: 1, stream: 1, from: "host", size: 0, bytes: "" })}\n`;
const WAIT = { timeout: 60_000 };

/** What a page asks of a session, but for what depends on where it is. */
const QUESTIONS = [
  "messages?after=0",
  "messages?seqs=1,2,3,900",
  "messages/3",
  "messages/99999",
  "messages/2/bytes",
  "invocations?ids=1,2,3,4,5,6,7,8,9,10,11,12",
  "invocations/7",
  "functions",
  "workers",
  "problems",
  "seen",
  "overview?buckets=20",
  "events?after=0",
];

/** The page says of its session what the hub says of a file. */
async function expectSameAnswers(sessions: OfflineSessions, file: string): Promise<void> {
  const native = openSession(file, { isWatchingProblems: true });
  const { last } = native.info();
  expect(last).toBeGreaterThan(3);
  // Both look for problems in slices.
  await expect.poll(() => native.problems().through, WAIT).toBe(last);
  await expect.poll(() => sessions.named(null).problems().through, WAIT).toBe(last);
  const { rename, label, remove } = sessions;
  const inFile = { named: () => native, list: () => [], rename, label, remove };
  for (const question of QUESTIONS) {
    const [path = "", query = ""] = question.split("?");
    const [here, there] = [sessions, inFile].map((all) => {
      const { status, body } = answerPage(all, { method: "GET", path, query });
      return { status, body: typeof body === "string" ? body : body && Buffer.from(body).toString("hex") };
    });
    expect(here, question).toEqual(there);
  }
  native.close();
}

describe("a session in memory", () => {
  test.each(["v1.inspector", NEWEST])("of %s is answered for as its file is", async (name) => {
    const file = join(folder, name);
    writeFileSync(file, unpacked(name));
    await expectSameAnswers(await opened(name, fixture(name)), file);
  });

  test("that announces a write-ahead log is opened without one", async () => {
    const bytes = unpacked(NEWEST);
    bytes.fill(2, 18, 20);
    const sessions = await opened(NEWEST, new Blob([new Uint8Array(bytes)]));
    expect(sessions.named(null).info().last).toBeGreaterThan(10);
  });

  test("is read out of a page that it was exported as, and says how it was redacted", async () => {
    const page = (content: Buffer) =>
      new Blob([`<!doctype html>${PART_BEGINS}${gzipSync(content).toString("base64")}${PART_ENDS}</body>`]);
    const redacted = join(folder, "redacted.inspector");
    writeFileSync(redacted, unpacked(NEWEST));
    const database = openForWriting(redacted);
    database.exec(`INSERT INTO session VALUES ('redaction', '{"policy":"safe","by":"1.0.0"}')`);
    makeOneFile(database);
    database.close();
    const sessions = await opened("shared.html", page(readFileSync(redacted)));
    expect(sessions.list()).toMatchObject([{ name: "shared" }]);
    expect(sessions.named(null).info()).toMatchObject({
      source: "file",
      redaction: { policy: "safe", by: "1.0.0" },
    });
    await expect(opened("other.html", new Blob(["<!doctype html><p>Hello</p>"]))).rejects.toMatchObject({
      code: "not-a-session",
      message: "other.html is a page without a session in it",
    });
  });

  test("is searched in its payloads as soon as its text index is built", async () => {
    const sessions = await opened(NEWEST, fixture(NEWEST));
    const columns = new Map<number, number[]>();
    const link = new OfflineLink(sessions, `v${SCHEMA_VERSION}`, {
      onState: () => {},
      onSession: () => {},
      onInvalidFilter: () => {},
      onColumn: ({ view, ids }) => void columns.set(view, [...(columns.get(view) ?? []), ...ids]),
    });
    // A header's name stands in no row.
    link.subscribe(1, "messages", '"user-agent"', 0);
    link.subscribe(2, "messages", 'text:"user-agent"', 0);
    await expect.poll(() => columns.get(1)?.length ?? 0, WAIT).toBeGreaterThan(0);
    await expect.poll(() => columns.get(2), WAIT).toEqual([]);
    const { indexed, last } = sessions.named(null).info();
    expect(indexed).toBe(last);
    link.close();
  });

  test("is listed by its name, as the one that is shown", async () => {
    const sessions = await opened(`${NEWEST}.gz`, fixture(NEWEST));
    await sessions.add("other.inspector", fixture("v1.inspector"), 5);
    expect(sessions.list()).toMatchObject([
      { name: `v${SCHEMA_VERSION}`, isCurrent: true, isLive: false },
      { name: "other", isCurrent: false, modifiedAt: 5 },
    ]);
  });

  test("gives way to others when there are too many that nobody looks at", async () => {
    const sessions = await opened("a.inspector", fixture(NEWEST));
    for (const name of ["b", "c", "d"]) {
      await sessions.add(`${name}.inspector`, fixture(NEWEST), 0);
    }
    expect(sessions.list().map(({ name }) => name)).toEqual(["b", "c", "d"]);
  });
});

function blobOf(bytes: Uint8Array): Blob {
  return new Blob([new Uint8Array(bytes)]);
}

const { chunks, messages } = loadRecording("node/legacy-function-json");
const pcapng = Buffer.concat([
  captureHeader("test"),
  ...packetsOf(chunks).map(({ at, bytes }) => capturedPacket(at, bytes)),
]);
const lines = Buffer.from(
  messages
    .map(({ at, from, bytes }, seq) => {
      const base64 = Buffer.from(bytes).toString("base64");
      return `${JSON.stringify({ seq, at, stream: 1, from, size: bytes.length, bytes: base64 })}\n`;
    })
    .join(""),
);

describe("a file that another program wrote", () => {
  test.each<[string, Uint8Array, string]>([
    ["capture.pcap", pcapOf(packetsOf(chunks)), "capture"],
    ["capture.zip", zipOf([{ path: "deep/of-today.pcapng", content: pcapng }]), "of-today"],
    ["calls.binlog.gz", gzipSync(binaryLogOf(messages)), "calls"],
    ["messages.ndjson", lines, "messages"],
    ["messages.zip", zipOf([{ path: "messages.ndjson.gz", content: gzipSync(lines) }]), "messages"],
  ])("%s becomes the session that the command makes of it", async (fileName, bytes, name) => {
    const file = join(folder, fileName);
    writeFileSync(file, bytes);
    utimesSync(file, 0, 0);
    const [{ session }, sessions] = [await openInput(file), await opened(fileName, blobOf(bytes))];
    expect(sessions.list()).toMatchObject([{ name, messages: messages.length }]);
    await expectSameAnswers(sessions, session);
  });

  test("is read up to where it is cut off, which is said, or refused with a sentence", async () => {
    const sessions = new OfflineSessions(sqlite, { version: "1.2.3" });
    given.push(sessions);
    const cut = await sessions.add("cut.pcapng", blobOf(pcapng.subarray(0, pcapng.length - 10)), 0);
    expect(cut.remarks).toEqual([
      `${messages.length} messages of a capture`,
      "it is cut off: what stands before that was read",
    ]);
    await expect(sessions.add("cut.pcapng", blobOf(pcapng.subarray(0, 500)), 0)).rejects.toMatchObject({
      code: "not-a-session",
      message: "cut.pcapng is a capture without a message: it is cut off",
    });
    const packed = gzipSync(pcapng);
    await expect(sessions.add("cut.gz", blobOf(packed.subarray(0, 900)), 0)).rejects.toThrow(
      /^cut.gz cannot be unpacked: /u,
    );
    const encrypted = zipOf([{ path: "a.pcap", content: pcapng, flags: 1 }]);
    await expect(sessions.add("a.zip", blobOf(encrypted), 0)).rejects.toThrow(
      /^a.zip cannot be unpacked: it is encrypted$/u,
    );
    // What was there before stays.
    expect(sessions.list()).toMatchObject([{ name: "cut" }]);
  });

  test("is none where somebody ends it meanwhile, at any step", async () => {
    const sessions = new OfflineSessions(sqlite, { version: "1.2.3" });
    const many = new Blob([LINE.repeat(25_000)]);
    const stop = new AbortController();
    const told: number[] = [];
    const onProgress = (messages: number) => {
      told.push(messages);
      stop.abort();
    };
    await expect(sessions.add("many.ndjson", many, 0, { onProgress, signal: stop.signal })).rejects.toThrow();
    expect(told).toHaveLength(1);
    const { signal } = stop;
    for (const [name, file] of [
      ["many.ndjson", many],
      ["many.ndjson.gz", blobOf(gzipSync(LINE.repeat(1000)))],
      ["before.inspector", fixture(NEWEST)],
    ] as const) {
      await expect(sessions.add(name, file, 0, { signal })).rejects.toThrow();
    }
    expect(sessions.list()).toEqual([]);
  });

  test("is refused as soon as it has become more than a page can hold", async () => {
    const sessions = new OfflineSessions(sqlite, { version: "1.2.3", maxMessages: 4000 });
    const many = new Blob([LINE.repeat(6000)]);
    await expect(sessions.add("many.ndjson", many, 0)).rejects.toMatchObject({
      code: "too-large",
      message: expect.stringMatching(/^many\.ndjson has more than 4000 messages; a page without a server opens/u),
      hint: expect.stringContaining("inspector open FILE"),
    });
    const small = new OfflineSessions(sqlite, { version: "1.2.3", maxBytes: 100_000 });
    await expect(small.add("large.ndjson", many, 0)).rejects.toThrow(
      /^large\.ndjson has more than 0\.1 MB of messages;/u,
    );
    expect([...sessions.list(), ...small.list()]).toEqual([]);
  });
});

describe("what is no session that this page can open", () => {
  test.each([
    ["of a newer inspector", "newer-session", () => unpacked("future.inspector")],
    ["cut off", "not-a-session", () => unpacked(NEWEST).subarray(0, 50_000)],
    ["of something else", "not-a-session", () => Buffer.from("{}")],
    ["empty", "not-a-session", () => Buffer.alloc(0)],
    ["gzipped and damaged", "not-a-session", () => gzipSync(unpacked(NEWEST)).fill(0, 400, 900)],
  ])("%s is refused with a word", async (_, code, bytes) => {
    await expect(opened("x.inspector", new Blob([new Uint8Array(bytes())]))).rejects.toMatchObject({ code });
  });

  test("with a view or trigger of somebody else's is refused before anything of it runs", async () => {
    const bytes = unpacked(NEWEST);
    // The schema stands in the file as it was typed.
    const at = bytes.indexOf("CREATE TABLE seen");
    bytes.write("CREATE TABLE SEEN", at);
    await expect(opened("x.inspector", new Blob([new Uint8Array(bytes)]))).rejects.toMatchObject({
      code: "not-a-session",
      message: expect.stringContaining("another table"),
    });
  });

  test("with more messages than a page can hold is refused with what it holds", async () => {
    const sessions = new OfflineSessions(sqlite, { version: "1.2.3", maxMessages: 10 });
    await expect(sessions.add("many.inspector", fixture(NEWEST), 0)).rejects.toMatchObject({
      code: "too-large",
      message: expect.stringMatching(/^many\.inspector has \d+ messages; a page without a server opens 250 MB/u),
      hint: expect.stringContaining("inspector open"),
    });
  });

  test("larger than a page can hold is refused before it is read", async () => {
    const large = { size: MAX_SESSION_BYTES + 1, slice: () => new Blob([]) } as unknown as Blob;
    await expect(openFile("large.inspector", large)).rejects.toMatchObject({ code: "too-large" });
  });

  test("that becomes too large as it is unpacked is refused by then", async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    const files = [bomb, zipOf([{ path: "a.pcap", content: Buffer.alloc(5_000_000), claimed: 10 }]), gzipSync(bomb)];
    for (const file of files) {
      await expect(openFile("bomb.gz", blobOf(file), { limit: 1_000_000 })).rejects.toMatchObject({
        code: "too-large",
        message: "bomb.gz has more than 1 MB unpacked; a page without a server opens 250 MB and 300 000 messages",
      });
    }
  });
});

describe("a compressed message", () => {
  const bytes = new TextEncoder().encode("invocation ".repeat(10_000));

  test("is opened as Node's zlib opens it", () => {
    const text = "invocation ".repeat(10_000);
    const opened = (packed: Uint8Array, encoding: string) =>
      Buffer.from(decompress(packed, encoding, bytes.length) ?? []).toString();
    expect(opened(gzipSync(bytes), "gzip") === text).toBe(true);
    expect(opened(deflateSync(bytes), "deflate") === text).toBe(true);
  });

  test("that is too large, damaged or of an unknown encoding is not opened", () => {
    expect(decompress(gzipSync(bytes), "gzip", bytes.length - 1)).toBeUndefined();
    expect(decompress(gzipSync(bytes).subarray(0, 100), "gzip", bytes.length)).toBeUndefined();
    expect(decompress(gzipSync(bytes), "snappy", bytes.length)).toBeUndefined();
  });
});
