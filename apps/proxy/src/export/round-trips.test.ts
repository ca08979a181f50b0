/** From a session to each form that keeps all of it, and back. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { storeHttpBody, storeLargeBody } from "@inspector/hub/export/recorded-values";
import { openForReading } from "@inspector/hub/sqlite";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { writeSession } from "../../../../packages/hub/testing/recorded-session.ts";
import { writeCanaries } from "../../testing/canaries.ts";
import { messagesIn } from "../../testing/import-facts.ts";
import { zipOf } from "../../testing/zip-file.ts";
import { exportSession } from "../commands/export.ts";
import { openInput } from "../import/open-input.ts";

const folder = mkdtempSync(join(tmpdir(), "round-trips-"));
vi.stubEnv("TMPDIR", folder);
const session = join(folder, "session.inspector");

/** In parts, and not a whole number of them. */
const LARGE_BYTES = 2 * 1024 * 1024 + 5;

beforeAll(() => {
  const writing = writeSession(session);
  writing.batch(writeCanaries);
  writing.addRecording("node/legacy-function-json", 1e9);
  writing.addRecording("kestrel/kestrel-dotnet-error-end", 2e9);
  writing.batch((writer) => {
    const large = Buffer.alloc(LARGE_BYTES, "ab");
    const body = storeLargeBody(writer, large);
    const at = 9e9;
    writer.message({ at, stream: 1, side: 0, kind: 2, size: large.length, flags: 0, body });
    // Dropped, held, sent by the inspector itself, and cut off.
    writer.message({ at, stream: 1, side: 1, kind: 2, size: 50, flags: 0, body: writer.bodies.open() });
    const held = writer.message({ at, stream: 1, side: 0, kind: 2, size: 0, flags: 0, body: 0 });
    writer.mark(held, "held");
    writer.letGo(held, at + 5, true);
    const replay = { run: 3, n: 2, isEdited: true };
    const sent = { at, stream: 1, side: 0, kind: 4, size: 3, flags: 2, isCut: true, isInjected: true, replay };
    writer.message({ ...sent, body: writer.bodies.whole(Buffer.from("abc")), invocationId: "again", functionId: "f" });
    writer.mark(held, "replaced");
    // A worker with a second stream, in which it answers what it was asked in the first.
    const connection = writer.connection(1, 77, at);
    const [one, two] = [1, 3].map((number) => writer.stream(connection, number, "/a/b", at, "{}"));
    for (const id of [one ?? 0, two ?? 0]) {
      writer.updateStream(id, { worker_id: "w-joined" });
    }
    writer.joinedStreams.join(two ?? 0, "w-joined");
    const asked = { at, side: 0, kind: 4, size: 0, flags: 0, body: 0, invocationId: "j", functionId: "f" };
    writer.message({ ...asked, stream: one ?? 0 });
    writer.message({ ...asked, at: at + 7, side: 1, kind: 5, stream: two ?? 0, worker: one, status: 1 });
    const leg = { connection, invocationId: "j", method: "PUT", target: "/a?b=1", at, headers: "[]" };
    const request = writer.httpLegs.request(leg);
    const answer = Buffer.alloc(LARGE_BYTES, "cd");
    writer.httpLegs.change(request, { response_body: storeHttpBody(writer, answer), response_size: answer.length });
  });
  writing.database.exec(
    `INSERT INTO host_dialled (stream) VALUES (2); UPDATE shared_memory SET stored = size;
     UPDATE stream SET messages = (SELECT count(*) FROM message m WHERE m.stream = stream.id),
       bytes = (SELECT coalesce(sum(size), 0) FROM message m WHERE m.stream = stream.id)`,
  );
  writing.close();
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Where bodies stand is not the same, and what is in them is. What a recording needs to go on is not kept. */
const TABLES: Readonly<Record<string, string>> = {
  relay: "id, started_at, listen, upstream, ended_at",
  connection: "id, relay, number, opened_at, closed_at, protocol, reason, end",
  stream: "*",
  host_dialled: "*",
  joined_stream: "*",
  function: "*",
  message:
    "seq, at, stream, side, kind, size, flags, invocation, request_id, invocation_id, function_id, status, level, category, text",
  event: "*",
  invocation: "*",
  worker_step: "*",
  density: "*",
  seen: "*",
  intervention: "*",
  hold: "*",
  replay: "*",
  http_leg: `id, connection, invocation_id, method, target, request_at, request_headers, request_size, status, reason, response_at, response_headers, response_size,
    (SELECT count(*) FROM body WHERE id / 4096 = request_body) AS request_parts, (SELECT sum(length(bytes)) FROM body WHERE id / 4096 = response_body) AS response_bytes`,
  shared_memory:
    "id, at, stream, name, message, size, stored, problem, (SELECT sum(length(bytes)) FROM body WHERE id / 4096 = body) AS bytes",
};

function byContent(one: unknown, other: unknown): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}

function contentOf(file: string): Record<string, unknown[]> {
  const database = openForReading(file);
  try {
    return Object.fromEntries(
      Object.entries(TABLES).map(([table, columns]) => [
        table,
        database.prepare(`SELECT ${columns} FROM ${table}`).all().sort(byContent),
      ]),
    );
  } finally {
    database.close();
  }
}

async function exported(name: string, format: string, ...more: readonly string[]): Promise<string> {
  const output = join(folder, name);
  expect(await exportSession([session, "--no-redact", "--format", format, "--output", output, ...more])).toBe(0);
  return output;
}

function expectEqual(file: string): void {
  const [before, after] = [contentOf(session), contentOf(file)];
  for (const table of Object.keys(TABLES)) {
    expect({ table, rows: after[table] }).toEqual({ table, rows: before[table] });
  }
  const messages = messagesIn(session);
  expect(messages.length).toBeGreaterThan(300);
  expect(messagesIn(file)).toEqual(messages);
}

describe("a session is equal to the one that it was written from", () => {
  test("has something in every table", () => {
    const content = contentOf(session);
    expect(Object.keys(content).filter((table) => content[table]?.length === 0)).toEqual([]);
  });

  test("as a session", async () => {
    expectEqual(await exported("copy.inspector", "inspector"));
  });

  test("as a page, plain, compressed, and in an archive", async () => {
    const page = await exported("page.html", "html");
    const packed = await exported("page.html.gz", "html", "--gzip");
    const zipped = join(folder, "page.zip");
    writeFileSync(zipped, zipOf([{ path: "page.html", content: readFileSync(page) }]));
    for (const file of [page, packed, zipped]) {
      const opened = await openInput(file);
      expect(opened).toMatchObject({ session: expect.stringMatching(/\/page\.inspector$/u), remarks: [] });
      expectEqual(opened.session);
    }
  });

  test("as lines, plain, compressed, and in an archive", async () => {
    const lines = await exported("lines.ndjson", "session-ndjson");
    const packed = await exported("lines.ndjson.gz", "session-ndjson", "--gzip");
    const zipped = join(folder, "lines.zip");
    writeFileSync(zipped, zipOf([{ path: "lines.ndjson", content: readFileSync(lines) }]));
    for (const file of [lines, packed, zipped]) {
      const opened = await openInput(file);
      expect(opened.remarks).toHaveLength(1);
      expectEqual(opened.session);
    }
  });
});

describe("lines of a session", () => {
  test("say that they are cut off, wherever they are", async () => {
    const lines = readFileSync(await exported("whole.ndjson", "session-ndjson"), "utf8").split("\n");
    for (const count of [lines.length - 2, Math.floor(lines.length / 2)]) {
      const file = join(folder, `cut-${count}.ndjson`);
      writeFileSync(file, `${lines.slice(0, count).join("\n")}\n`);
      const { session: restored, remarks } = await openInput(file);
      expect(remarks[1]).toMatch(/^it is cut off/u);
      expect(messagesIn(restored).length).toBeGreaterThan(10);
    }
  });

  test.each<[string, string, RegExp]>([
    ["no beginning", '{"inspector":"session"}', /does not say when the session began/u],
    ["another table", '{"table":"sqlite_schema","row":{}}', /no row of a session/u],
    ["a name that every object has", '{"table":"constructor","row":{}}', /no row of a session/u],
    ["another column", '{"table":"stream","row":{"__proto__":1}}', /"__proto__" is nothing that a stream has/u],
    ["a column that is SQL", '{"table":"stream","row":{"id) VALUES (1); --":1}}', /is nothing that a stream has/u],
    ["a state to go on from", '{"table":"connection","row":{"id":1,"state":{"a":1}}}', /"state" is nothing/u],
    [
      "a row of nobody",
      '{"table":"stream","row":{"id":1,"connection":9,"number":1,"path":"","opened_at":0}}',
      /FOREIGN KEY/u,
    ],
    ["bytes of another length", '{"table":"message","row":{"seq":1,"size":9},"bytes":"aaaa"}', /it has 3 bytes/u],
    [
      "a body of many parts",
      '{"table":"message","row":{"seq":1,"size":9},"bodies":{"body":1e9}}',
      /says nothing of body/u,
    ],
  ])("are refused with %s", async (_, line, reason) => {
    const file = join(folder, "hostile.ndjson");
    const first = '{"inspector":"session","lines":1,"startedAt":0}\n';
    writeFileSync(file, gzipSync(line.startsWith('{"inspector"') ? `${line}\n` : `${first}${line}\n`));
    await expect(openInput(file)).rejects.toThrow(reason);
  });

  test("of a newer inspector are refused with what to install", async () => {
    const file = join(folder, "newer.ndjson");
    writeFileSync(file, '{"inspector":"session","lines":2,"startedAt":0,"version":"99.0.0"}\n');
    await expect(openInput(file)).rejects.toMatchObject({
      code: "newer-session",
      hint: "Install inspector 99.0.0 to open them.",
    });
  });
});
