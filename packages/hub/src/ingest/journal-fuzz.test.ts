/** Whatever a journal holds, the ingest reads it to its end, and a connection that is sound is recorded whole. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { encodeMessage, messageFromJson } from "@inspector/proto";
import { http2Writer } from "@inspector/testkit";
import { FIRST_HANDLER_CONNECTION, FIRST_HTTP_CONNECTION, RECORD_BYTES, SIDE_WORKER } from "@inspector/wire/journal";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type RawRecord, rawEvent, segmentOf, writeJournal } from "../../testing/journal-bytes.ts";
import { type Folder, makeFolder } from "../../testing/served-sessions.ts";
import { openForReading, openForWriting } from "../sqlite.ts";
import { createSessionIngest } from "./session-ingest.ts";

const { data, grpcMessage, headerBlock, headersOf, preface, settings } = http2Writer;

const EVENT_STREAM = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream";
/** The connection that is sound; all others may be anything. */
const SOUND = 9;
/** Written out, so that a run that fails can be repeated. */
const RUNS = { numRuns: 40, seed: 20_261_129 };

let folder: Folder;

beforeEach(() => {
  folder = makeFolder();
});

afterEach(() => folder.remove());

function bytes(connection: number, side: number, payload: Uint8Array, at = 5): RawRecord {
  return { kind: RECORD_BYTES, side, connection, at, payload };
}

function opening(connection: number): RawRecord[] {
  const request = headerBlock([
    [":method", "POST"],
    [":scheme", "http"],
    [":path", EVENT_STREAM],
    ["content-type", "application/grpc"],
  ]);
  const beginning = Buffer.concat([preface, settings(), headersOf(1, request)]);
  return [rawEvent({ type: "opened" }, connection, 1), bytes(connection, SIDE_WORKER, beginning)];
}

function log(connection: number, text: string): RawRecord {
  const parsed = messageFromJson({ rpcLog: { message: text } });
  if (!parsed.ok) {
    throw new SyntaxError(parsed.reason);
  }
  return bytes(connection, SIDE_WORKER, data(1, grpcMessage(encodeMessage(parsed.message))));
}

const others = fc.constantFrom(0, 1, 2, 77, FIRST_HTTP_CONNECTION, FIRST_HTTP_CONNECTION + 1, FIRST_HANDLER_CONNECTION);
/** Some are no times at all. */
const times = fc.oneof(
  fc.nat(1e9),
  fc.constantFrom(-1, 1e300, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER),
);

/** Events by name, with members that may be of any kind. */
const details = fc.dictionary(
  fc.constantFrom(
    "stream",
    "direction",
    "message",
    "bytes",
    "more",
    "replay",
    "name",
    "file",
    "size",
    "links",
    "code",
    "workerId",
  ),
  fc.oneof(
    fc.constantFrom(1, 3, "to-worker", "to-host", "host", true, null),
    fc.anything({ maxDepth: 1, withNullPrototype: false }).map(String),
  ),
);
const types = [
  "opened",
  "closed",
  "reset",
  "half-closed",
  "injected",
  "swallowed",
  "held",
  "replaced",
  "dropped",
  "released",
  "shared-memory",
  "upstream-failed",
  "process-output",
  "process-exited",
  "constructor",
  "__proto__",
];
const oddEvent = fc
  .tuple(fc.constantFrom(...types), details, others, times)
  .map(([type, detail, connection, at]) => rawEvent({ ...detail, type }, connection, at));
/** Beginnings of an event, and things that are none. */
const brokenEvent = fc
  .tuple(
    fc.oneof(fc.string(), fc.json(), fc.constantFrom('{"type":"injected","by', "[]", "null", '{"type":7}')),
    others,
  )
  .map(([text, connection]) => rawEvent(text, connection));
const oddBytes = fc
  .tuple(
    others,
    fc.nat(5),
    fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.constant(data(1, grpcMessage(Buffer.from([255, 255]))))),
    times,
  )
  .map(([connection, side, payload, at]) => bytes(connection, side, payload, at));
const oddKind = oddBytes.map((record): RawRecord => ({ ...record, kind: 200 }));
const oddBeginning = fc.constantFrom(1, 2, 77).map((connection) => opening(connection));
const odd = fc.oneof(
  oddBeginning,
  fc.oneof(oddEvent, brokenEvent, oddBytes, oddKind).map((record): RawRecord[] => [record]),
);

/** @returns texts of the sound connection's messages, and whether the journal was read to its end */
function ingest(segment: Uint8Array): { readonly texts: readonly unknown[]; readonly isDrained: boolean } {
  const file = join(folder.sessions, "fuzz.inspector");
  writeJournal(folder.journals, "j1", file, segment);
  const database = openForWriting(file);
  const running = createSessionIngest({ database, file, journals: folder.journals, version: "0", maxBytes: undefined });
  try {
    while (running.step()) {}
    const texts = database
      .prepare(
        `SELECT m.text FROM message m JOIN stream s ON s.id = m.stream JOIN connection c ON c.id = s.connection
         WHERE c.number = ? ORDER BY m.seq`,
      )
      .all(SOUND)
      .map(({ text }) => text);
    return { texts, isDrained: running.progress.isDrained };
  } finally {
    running.close();
    database.close();
    rmSync(join(folder.journals, "j1"), { recursive: true, force: true });
    for (const suffix of ["", "-wal", "-shm"]) {
      rmSync(`${file}${suffix}`, { force: true });
    }
  }
}

test("odd records beside a sound connection cost it nothing", () => {
  fc.assert(
    fc.property(fc.array(odd, { minLength: 1, maxLength: 30 }), (oddities) => {
      const sound = oddities.flatMap((records, n) => [...records, log(SOUND, `sound ${n}`)]);
      const records = [rawEvent({ type: "relay-started", startedAt: 1 }), ...opening(SOUND), ...sound];
      const { texts, isDrained } = ingest(segmentOf([...records, rawEvent({ type: "relay-ended" })]));
      expect(texts).toEqual(oddities.map((_, n) => `sound ${n}`));
      expect(isDrained).toBe(true);
    }),
    RUNS,
  );
});

test("a segment with any bytes changed is read as far as its records are whole, and the session opens", () => {
  const sound = Array.from({ length: 30 }, (_, n) => log(SOUND, `sound ${n}`));
  const whole = segmentOf([rawEvent({ type: "relay-started", startedAt: 1 }), ...opening(SOUND), ...sound]);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      (changes) => {
        const changed = Uint8Array.from(whole);
        for (const [at, value] of changes) {
          changed[at] = value;
        }
        const { texts } = ingest(changed);
        expect(texts.length).toBeLessThanOrEqual(sound.length);
      },
    ),
    RUNS,
  );
});

test("a session whose saved states are any bytes is gone on with", () => {
  const file = join(folder.sessions, "states.inspector");
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (state) => {
      const records = [rawEvent({ type: "relay-started", startedAt: 1 }), ...opening(1), ...opening(SOUND)];
      writeJournal(folder.journals, "j1", file, segmentOf(records));
      const database = openForWriting(file);
      const options = { database, file, journals: folder.journals, version: "0", maxBytes: undefined };
      const first = createSessionIngest(options);
      while (first.step()) {}
      first.close();
      database.prepare("UPDATE connection SET state = ? WHERE number = 1").run(state);
      writeJournal(folder.journals, "j1", file, segmentOf([...records, log(1, "lost"), log(SOUND, "kept")]));
      const second = createSessionIngest(options);
      while (second.step()) {}
      second.close();
      expect(database.prepare("SELECT text FROM message WHERE text = 'kept'").all()).toHaveLength(1);
      database.close();
      openForReading(file).close();
      for (const suffix of ["", "-wal", "-shm"]) {
        rmSync(`${file}${suffix}`, { force: true });
      }
      rmSync(join(folder.journals, "j1"), { recursive: true, force: true });
    }),
    { ...RUNS, numRuns: 25 },
  );
});
