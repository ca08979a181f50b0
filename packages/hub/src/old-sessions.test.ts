/** Sessions as inspectors of every schema version left them: files of their time, not made of today's schema. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { createProblems } from "@inspector/analysis/problems/problems";
import { type Database, inTransaction } from "@inspector/session/database";
import { functionsOf } from "@inspector/session/function-queries";
import { createHttpLegQueries } from "@inspector/session/http-legs";
import { createInvocationQueries } from "@inspector/session/invocation-queries";
import { prepareForWriting } from "@inspector/session/open-session";
import { createQueries } from "@inspector/session/queries";
import { SCHEMA_VERSION } from "@inspector/session/schema";
import { workersOf } from "@inspector/session/worker-queries";
import { createWriter } from "@inspector/session/writer";
import { loadRecording } from "@inspector/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createReadPayload } from "./payload.ts";
import { openForReading, openForWriting } from "./sqlite.ts";

const FIXTURES = new URL("../../session/fixtures/", import.meta.url);
/** What crossed while each of them was recorded, one after the other. */
const RECORDED = ["node/cancel", "kestrel/kestrel-dotnet-error-end", "node/crash-mid-invocation"];

const versions = Array.from({ length: SCHEMA_VERSION }, (_, index) => index + 1);

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "old-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function unpack(name: string): string {
  const file = join(folder, name);
  writeFileSync(file, gunzipSync(readFileSync(new URL(`${name}.gz`, FIXTURES))));
  return file;
}

/** Messages of each connection, as base64, by who sent them. */
function recordedBytes(): Record<string, string[]> {
  const bytes: Record<string, string[]> = {};
  for (const [index, name] of RECORDED.entries()) {
    for (const { from, bytes: message } of loadRecording(name).messages) {
      const key = `${index + 1} ${from}`;
      bytes[key] = [...(bytes[key] ?? []), Buffer.from(message).toString("base64")];
    }
  }
  return bytes;
}

function shownBytes(database: Database): Record<string, string[]> {
  const queries = createQueries(database);
  const bytes: Record<string, string[]> = {};
  for (const { seq, stream, from, size } of queries.messagesAfter(0, 1000).rows) {
    const key = `${stream} ${from}`;
    const message = queries.bodyBytes(queries.origin(seq)?.body ?? 0, 0, size);
    bytes[key] = [...(bytes[key] ?? []), Buffer.from(message).toString("base64")];
  }
  return bytes;
}

/** What is shown of a session; the times differ, since each was recorded at its own. */
function shown(database: Database): unknown {
  const queries = createQueries(database);
  const readPayload = createReadPayload(queries);
  const rows = queries.messagesAfter(0, 1000).rows.map(({ at: _, ...row }) => row);
  const invocations = createInvocationQueries(database);
  const ids = [...new Set(rows.flatMap(({ invocation }) => invocation ?? []))];
  const { problems, verdicts } = createProblems(database).update();
  return {
    rows,
    invocations: invocations.rows(ids).rows.map((row) => Object.entries(row).filter(([name]) => !IS_TIME.test(name))),
    functions: functionsOf(database, readPayload).map(({ name, trigger }) => [name, trigger]),
    workers: workersOf(database, readPayload).map((worker) => ({
      runtime: worker.stream.runtime,
      end: worker.stream.end,
      calls: worker.invocations,
      lost: worker.lost,
      capabilities: worker.workerCapabilities.map(({ name }) => name),
    })),
    problems: problems.map(({ id, title }) => [id, title.replace(SPANS, "…")]),
    verdicts: verdicts.map(({ step, sentence }) => [step, sentence]),
  };
}

/** "49.8 ms": each version's session was recorded on its own. */
const SPANS = /[\d.]+ (?:µs|ms|s)\b/gu;
/** Members that say when something was, or how long it took. */
const IS_TIME = /At$|^duration$/u;

function openAndShow(file: string): unknown {
  const database = openForReading(file);
  try {
    return shown(database);
  } finally {
    database.close();
  }
}

test("there is a session of every version", () => {
  expect(readdirSync(FIXTURES)).toEqual(expect.arrayContaining(versions.map((version) => `v${version}.inspector.gz`)));
});

describe.each(versions)("a session of version %i", (version) => {
  const name = `v${version}.inspector`;

  test("has exactly the bytes that crossed", () => {
    const database = openForReading(unpack(name));
    expect(database.prepare("PRAGMA user_version").get()).toEqual({ user_version: version });
    expect(shownBytes(database)).toEqual(recordedBytes());
    database.close();
  });

  test("shows what one of this version shows", () => {
    expect(openAndShow(unpack(name))).toEqual(openAndShow(unpack(`v${SCHEMA_VERSION}.inspector`)));
  });

  test("is brought to this version when it is recorded into again, and shows the same", () => {
    const file = unpack(name);
    const before = openAndShow(file);
    const database = openForWriting(file);
    prepareForWriting(database, file, () => ({ id: "another", startedAt: 0, version: "0" }));
    expect(database.prepare("PRAGMA user_version").get()).toEqual({ user_version: SCHEMA_VERSION });
    inTransaction(database, () => {
      const writer = createWriter(database);
      writer.connection(writer.relay("next", { segment: 1, offset: 64, seq: 1 }).id, 1, 1e12);
      writer.finishBatch();
    });
    database.close();
    expect(openAndShow(file)).toEqual(before);
  });
});

test("the sessions hold three workers, and invocations of which some were cut off", () => {
  expect(openAndShow(unpack(`v${SCHEMA_VERSION}.inspector`))).toMatchObject({
    invocations: expect.arrayContaining([expect.arrayContaining([["state", "lost"]])]),
    workers: [
      { runtime: "node", calls: 1, lost: 0, capabilities: expect.arrayContaining(["WorkerStatus"]) },
      { runtime: ".NET", calls: 1, lost: 1, capabilities: expect.arrayContaining(["HandlesInvocationCancelMessage"]) },
      { runtime: "node", calls: 2, lost: 2, capabilities: expect.arrayContaining(["WorkerStatus"]) },
    ],
  });
});

/** What crossed in each: a call and its answer, a replay, a request that was held and dropped, HTTP and shared memory beside them. */
describe.each([2, 3, 4])(
  "a session of version %i with what the inspector did, and what went beside the stream,",
  (version) => {
    const hasMemory = version >= 3;

    function expectAll(file: string): void {
      const database = openForReading(file);
      const queries = createQueries(database);
      const { rows } = queries.messagesAfter(0, 100);
      expect(rows.map(({ invocationId, kind, intervention }) => [invocationId, kind, intervention])).toEqual([
        [undefined, "start_stream", undefined],
        ["a", "invocation_request", undefined],
        ["r", "invocation_request", "injected"],
        ["r", "invocation_response", "swallowed"],
        ["b", "invocation_request", "dropped"],
        ["a", "invocation_response", undefined],
      ]);
      const ids = rows.flatMap(({ invocation }) => invocation ?? []);
      const invocations = createInvocationQueries(database).rows([...new Set(ids)]).rows;
      expect(invocations.map((row) => ("replay" in row ? row.replay : undefined))).toEqual([
        undefined,
        { run: 7, n: 1, isEdited: false },
        undefined,
      ]);
      const legs = createHttpLegQueries(database);
      const leg = legs.ofInvocation("a", 1);
      expect(leg).toMatchObject({
        request: { method: "POST", target: "/api/a?b=c" },
        response: { status: 202, size: 6 },
      });
      const body = (part: "request" | "response") => queries.bodyBytes(legs.body(leg?.id ?? 0, part) ?? 0, 0, 100);
      expect([body("request"), body("response")].map((bytes) => Buffer.from(bytes).toString())).toEqual([
        "hello",
        "onetwo",
      ]);
      const map = queries.sharedMemory.find(6, "map-1");
      expect(map && Buffer.from(queries.bodyBytes(map.body, 0, 100)).toString()).toBe(
        hasMemory ? "what was in shared memory" : undefined,
      );
      database.close();
    }

    test("shows all of it, also once it is brought to this version", () => {
      const file = unpack(`v${version}-traffic.inspector`);
      expectAll(file);
      const database = openForWriting(file);
      prepareForWriting(database, file, () => ({ id: "another", startedAt: 0, version: "0" }));
      database.close();
      expectAll(file);
    });
  },
);

test("a session from the future is refused, with what to install", () => {
  const file = unpack("future.inspector");
  for (const open of [
    () => openForReading(file),
    () => prepareForWriting(openForWriting(file), file, () => ({ id: "", startedAt: 0, version: "" })),
  ]) {
    expect(open).toThrow(
      expect.objectContaining({
        code: "newer-session",
        message: expect.stringMatching(/newer inspector, 99\.0\.0 \(format 1000; this one reads up to \d+\)/u),
        hint: "Install inspector 99.0.0 or newer to open it.",
      }),
    );
  }
});
