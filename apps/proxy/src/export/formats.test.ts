import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { HOST_PORT } from "@inspector/hub/export/pcapng";
import { storeHttpBody } from "@inspector/hub/export/recorded-values";
import { openSession } from "@inspector/hub/reader/open-session";
import { openForReading } from "@inspector/hub/sqlite";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { canMakeDisks, makeDisk } from "../../../../e2e/small-disk.ts";
import type { FromExport } from "../../../../packages/hub/src/export/export-lines.ts";
import { exportHere } from "../../../../packages/hub/testing/export-here.ts";
import { writeSession } from "../../../../packages/hub/testing/recorded-session.ts";
import { HAR, misfits } from "../../testing/har-facts.ts";
import { filesIn } from "../../testing/zip-files.ts";
import { exportSession } from "../commands/export.ts";
import { openInput } from "../import/open-input.ts";
import { formatSize } from "../size.ts";

const folder = mkdtempSync(join(tmpdir(), "formats-"));
const session = join(folder, "session.inspector");
const hasTshark = spawnSync("tshark", ["--version"]).status === 0;
const PROTO = fileURLToPath(new URL("../../../../packages/proto/schema", import.meta.url));

/** More than is looked into. */
const LARGE_BODY_BYTES = 9 * 1024 * 1024;

beforeAll(() => {
  const writing = writeSession(session);
  writing.addRecording("node/legacy-function-json");
  writing.batch((writer) => {
    writing.database.exec("INSERT INTO host_dialled (stream) VALUES (1)");
    const connection = writer.connection(1, 2 ** 31, 0);
    const { invocation_id } = writing.database.prepare("SELECT invocation_id FROM invocation LIMIT 1").get() ?? {};
    const headers = JSON.stringify([
      ["Host", "127.0.0.1:5"],
      ["Content-Type", "application/json"],
    ]);
    const invocationId = String(invocation_id);
    const leg = writer.httpLegs.request({ connection, invocationId, method: "PUT", target: "/a?b=1", at: 0, headers });
    const body = Buffer.from('{"a":true}');
    writer.httpLegs.change(leg, { request_body: storeHttpBody(writer, body), request_size: body.length });
    const answer = Buffer.alloc(LARGE_BODY_BYTES, "a");
    writer.httpLegs.change(leg, { response_body: storeHttpBody(writer, answer), response_size: answer.length });
    writer.httpLegs.change(leg, { status: 201, reason: "Created", response_at: 1, response_headers: headers });
  });
  writing.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function exported(name: string, ...args: readonly string[]): Promise<string> {
  const output = join(folder, name);
  expect(await exportSession([session, "--output", output, ...args])).toBe(0);
  return output;
}

function rowsIn(file: string, sql: string): unknown[] {
  const database = openForReading(file);
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

describe("an exported session", () => {
  test("is equal to the one that it was made from, bytes of messages included, where nothing is redacted", async () => {
    const copy = await exported("equal.inspector", "--format", "inspector", "--no-redact");
    const lines = [session, copy].map((file, index) => {
      const output = join(folder, `equal-${index}.ndjson`);
      return exportSession([file, "--no-redact", "--output", output]).then(() => readFileSync(output, "utf8"));
    });
    const [before, after] = await Promise.all(lines);
    expect(before?.length).toBeGreaterThan(10_000);
    expect(after).toBe(before);
    for (const table of [
      "stream",
      "host_dialled",
      "function",
      "event",
      "invocation",
      "worker_step",
      "density",
      "seen",
    ]) {
      expect(rowsIn(copy, `SELECT * FROM ${table}`)).toEqual(rowsIn(session, `SELECT * FROM ${table}`));
    }
    const legs = `SELECT method, target, request_headers, request_size, status, response_size,
      (SELECT sum(length(bytes)) FROM body WHERE id / 4096 = response_body) AS stored FROM http_leg`;
    expect(rowsIn(copy, legs)).toEqual(rowsIn(session, legs));
    expect(rowsIn(copy, legs)).toMatchObject([{ stored: LARGE_BODY_BYTES }]);
  });

  test("says in itself how it was redacted, and has a name of its own", async () => {
    const copy = await exported("marked.inspector", "--format", "inspector");
    expect(rowsIn(copy, "SELECT value FROM session WHERE key = 'redaction'")).toEqual([
      { value: expect.stringMatching(/^\{"policy":"safe"/u) },
    ]);
    expect(rowsIn(copy, "SELECT value FROM session WHERE key = 'id'")).not.toEqual([{ value: "test" }]);
  });

  test("opens like any other, and shows the same functions, workers and problems", async () => {
    const copy = await exported("opened.inspector", "--format", "inspector");
    const [before, after] = [session, copy].map((file) => {
      const opened = openSession(file, { isWatchingProblems: true });
      const shown = {
        messages: opened.info().last,
        functions: opened.functions().map(({ name, calls, failures, trigger }) => ({ name, calls, failures, trigger })),
        workers: opened
          .workers()
          .map(({ hostVersion, workerVersion, steps }) => ({ hostVersion, workerVersion, steps: steps.length })),
        problems: opened.problems().problems.map(({ rule, severity, count }) => ({ rule, severity, count })),
      };
      opened.close();
      return shown;
    });
    expect(after?.functions.length).toBeGreaterThan(1);
    expect(after).toEqual(before);
  });

  test("is the same when it is compressed, once it is unpacked", async () => {
    const packed = await exported("packed.inspector.gz", "--format", "inspector", "--gzip");
    const { session: unpacked } = await openInput(packed);
    expect(rowsIn(unpacked, "SELECT count(*) AS count FROM message")).toEqual(
      rowsIn(session, "SELECT count(*) AS count FROM message"),
    );
    rmSync(dirname(unpacked), { recursive: true });
  });

  test("has only the messages that were asked for, under their numbers", async () => {
    const copy = await exported("part.inspector", "--format", "inspector", "--filter", "kind:rpc_log");
    const [first] = rowsIn(copy, "SELECT min(seq) AS seq, min(kind) AS kind, max(kind) AS other FROM message");
    expect(first).toMatchObject({ kind: 2, other: 2 });
    expect(rowsIn(copy, "SELECT seq FROM message")).toEqual(rowsIn(session, "SELECT seq FROM message WHERE kind = 2"));
  });
});

describe("an export that is refused or tried", () => {
  test.skipIf(!canMakeDisks())("says that the disk is full, and leaves nothing on it", async () => {
    const disk = makeDisk(1);
    try {
      for (const more of [[], ["--format", "inspector"], ["--no-redact"]]) {
        const written = exportSession([session, "--output", join(disk.path, "x"), ...more]);
        const error: unknown = await written.catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code: "not-written", hint: expect.stringContaining("--output") });
        expect(readdirSync(disk.path)).toEqual([]);
      }
    } finally {
      disk.remove();
    }
  });

  test.skipIf(!canMakeDisks())("says on the page as well that the disk is full, and what helps", async () => {
    const disk = makeDisk(1);
    try {
      const texts = { format: "ndjson", policy: "safe", own: [], filter: "", invocations: "" } as const;
      const wish = { ...texts, isCompressed: false, dropsBodies: false, dropsOutput: false };
      const state = { sessions: disk.path, journals: folder };
      const job = { wish, state, file: session, session: "", by: "test", folder: join(disk.path, "export") };
      const told: FromExport[] = [];
      await exportHere(job, { onMessage: (message) => told.push(message), onEnded() {} }).stop();
      const hint = expect.stringMatching(/another disk/u);
      const message = expect.stringContaining(`the disk of ${disk.path} is full`);
      expect(told.at(-1)).toEqual({ type: "failed", error: { code: "not-written", message, hint } });
    } finally {
      disk.remove();
    }
  });

  const refused = (...args: readonly string[]) => exportSession([session, ...args]);

  test("says which formats and policies there are, and leaves nothing behind", async () => {
    const output = ["--output", join(folder, "refused")];
    await expect(refused("--format", "docx", ...output)).rejects.toThrow(/--format docx is not known/u);
    await expect(refused("--policy", "none", ...output)).rejects.toThrow(/--policy none is not known/u);
    await expect(refused("--no-redact", "--redact", "x", ...output)).rejects.toThrow(/--redact does nothing/u);
    await expect(refused("--redact", "/(/", ...output)).rejects.toThrow(/is no regular expression/u);
    await expect(refused("--redact-file", "/no/such/file", ...output)).rejects.toThrow(/cannot be read/u);
    expect(existsSync(join(folder, "refused"))).toBe(false);
  });

  test("says what it would replace, and writes nothing", async () => {
    const said: string[] = [];
    const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => said.push(String(text)) > 0);
    const output = join(folder, "never");
    await exportSession([session, "--dry-run", "--format", "inspector", "--output", output]);
    write.mockRestore();
    expect(existsSync(output)).toBe(false);
    const file = await exported("after-all.inspector", "--format", "inspector");
    const [count, logs] = [
      rowsIn(file, "SELECT seq FROM message").length,
      rowsIn(file, "SELECT seq FROM message WHERE kind = 2").length,
    ];
    expect(said.join("")).toContain(`${formatSize(statSync(file).size)} as inspector; nothing was written.`);
    expect(said.join("")).toContain(`  ${count} messages\n`);
    expect(said.join("")).toContain(`  ${logs} logs\n`);
    expect(said.join("")).toMatch(/different values .*\nBy field:\n +\d+ {2}[\w.]+ \(\w+\): message \d+/u);
  });

  test("replaces what is asked for by words and by a file of them", async () => {
    const words = join(folder, "words");
    writeFileSync(words, "# names\n/func.ion/\n");
    const file = await exported("own.ndjson", "--redact", "hello", "--redact-file", words, "--policy", "headers-only");
    const text = readFileSync(file, "utf8");
    expect(text).toContain(":own›");
    expect(text.match(/"message":.*\bhello\b/iu)).toBeNull();
  });
});

describe("HAR", () => {
  test("is valid, and has an entry for each request, of HTTP beside the stream too", async () => {
    const har = JSON.parse(
      readFileSync(await exported("all.har", "--format", "har", "--policy", "headers-only"), "utf8"),
    );
    expect(misfits(har, HAR)).toEqual([]);
    const urls: string[] = har.log.entries.map(({ request }: { request: { url: string } }) => request.url);
    expect(urls.length).toBeGreaterThan(2);
    expect(urls.every((url) => URL.canParse(url))).toBe(true);
    expect(har.log.entries).toContainEqual(
      expect.objectContaining({
        request: expect.objectContaining({ method: "PUT", url: expect.stringContaining("http://127.0.0.1:5/a?b=1") }),
        response: expect.objectContaining({ status: 201, statusText: "Created" }),
      }),
    );
  });

  test("what is not of the specification is found", () => {
    expect(misfits({ log: { version: 1, creator: {}, entries: [], more: 1 } }, HAR)).toEqual([
      ".log.more is not known",
      ".log.version is no string",
      ".log.creator.name is no string",
      ".log.creator.version is no string",
    ]);
  });
});

describe("OTLP", () => {
  test("has a span for each invocation with its logs, ids as hexadecimal, times as texts", async () => {
    const lines = readFileSync(await exported("all.otlp", "--format", "otlp"), "utf8")
      .trim()
      .split("\n");
    const requests = lines.map((line) => JSON.parse(line));
    const spans = requests.flatMap(({ resourceSpans = [] }) =>
      resourceSpans.flatMap(({ scopeSpans }: { scopeSpans: { spans: object[] }[] }) => scopeSpans[0]?.spans ?? []),
    );
    const [{ count } = { count: 0 }] = rowsIn(session, "SELECT count(*) AS count FROM invocation") as {
      count: number;
    }[];
    expect(spans).toHaveLength(count);
    for (const span of spans) {
      expect(span).toMatchObject({
        traceId: expect.stringMatching(/^[0-9a-f]{32}$/u),
        spanId: expect.stringMatching(/^[0-9a-f]{16}$/u),
        startTimeUnixNano: expect.stringMatching(/^17952379\d{11}$/u),
        endTimeUnixNano: expect.stringMatching(/^17952379\d{11}$/u),
        kind: 2,
      });
    }
    const records = requests.flatMap(({ resourceLogs = [] }) => resourceLogs);
    expect(records[0].scopeLogs[0].logRecords[0]).toMatchObject({ severityNumber: expect.any(Number) });
  });

  test("is pushed to an endpoint instead of written, redacted, and a refusal is an error", async () => {
    const bodies: string[] = [];
    let status = 200;
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        bodies.push(`${request.url} ${Buffer.concat(chunks)}`);
        response.writeHead(status).end("{}");
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await exportSession([session, "--otlp", url])).toBe(0);
    const lines = readFileSync(await exported("pushed.otlp", "--format", "otlp"), "utf8")
      .trim()
      .split("\n");
    const at = (line: string) => `/v1/${line.startsWith('{"resourceSpans"') ? "traces" : "logs"} ${line}`;
    expect(bodies).toEqual(lines.map(at));
    status = 401;
    await expect(exportSession([session, "--otlp", url])).rejects.toThrow(/does not take the export: it answered 401/u);
    await expect(exportSession([session, "--otlp", url, "--format", "har"])).rejects.toThrow(/writes no file/u);
    server.closeAllConnections();
    server.close();
  });

  test("is in an archive for the Aspire dashboard, a request in each file of JSON", async () => {
    const lines = readFileSync(await exported("zipped.otlp", "--format", "otlp"), "utf8")
      .trim()
      .split("\n");
    const zip = readFileSync(await exported("aspire.zip", "--format", "aspire"));
    const files = filesIn(zip);
    expect(files.map(({ text }) => text)).toEqual(lines);
    expect(files.every(({ name }) => /^(?:traces|structuredlogs)\/[\w-]+\.json$/u.test(name))).toBe(true);
  });
});

describe.skipIf(!hasTshark)("tshark", () => {
  test("reads the capture and names as many messages as were written", async () => {
    const file = await exported("all.pcapng", "--format", "pcapng", "--no-redact");
    // What the contract imports of protobuf itself: Wireshark does not bring it.
    mkdirSync(join(folder, "google/protobuf"), { recursive: true });
    for (const [name, type] of [
      ["duration", "Duration"],
      ["timestamp", "Timestamp"],
    ]) {
      const text = `syntax = "proto3"; package google.protobuf; message ${type} { int64 seconds = 1; int32 nanos = 2; }`;
      writeFileSync(join(folder, `google/protobuf/${name}.proto`), text);
    }
    const paths = [folder, PROTO].flatMap((path) => ["-o", `uat:protobuf_search_paths:"${path}","TRUE"`]);
    const args = ["-r", file, "-d", `tcp.port==${HOST_PORT},http2`, ...paths, "-Y", "grpc"];
    const fields = [
      "-T",
      "fields",
      "-e",
      "grpc.message_length",
      "-e",
      "protobuf.message.name",
      "-e",
      "frame.time_epoch",
    ];
    const lines = execFileSync("tshark", [...args, ...fields], { encoding: "utf8" })
      .trim()
      .split("\n");
    const sizes = lines.flatMap((line) => (line.split("\t")[0] ?? "").split(",")).map(Number);
    const stored = rowsIn(session, "SELECT size, at FROM message ORDER BY seq") as { size: number; at: number }[];
    expect(sizes.sort((a, b) => a - b)).toEqual(stored.map(({ size }) => size).sort((a, b) => a - b));
    expect(lines.every((line) => line.includes("AzureFunctionsRpcMessages.StreamingMessage"))).toBe(true);
    expect(lines[0]).toMatch(/\t17952379\d\d\.\d{9}$/u);
  });
});

describe("Markdown", () => {
  test("names versions, capabilities and what became of the session", async () => {
    const text = readFileSync(await exported("all.md", "--format", "markdown"), "utf8");
    expect(text).toMatch(/^# A session of the inspector\n/u);
    expect(text).toMatch(/- redacted \(safe\)/u);
    expect(text).toMatch(/- host `\d/u);
    expect(text).toMatch(/worker declares .*`WorkerStatus=true`/u);
  });
});
