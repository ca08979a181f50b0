import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MAX_ROWS, type MessageRow, type SessionSummary } from "@inspector/contract/page";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { STARTED_AT, writeSession } from "../../../testing/recorded-session.ts";
import { type Folder, makeFolder, type ServedSessions, serve } from "../../../testing/served-sessions.ts";

let folder: Folder;
let served: ServedSessions;

beforeAll(async () => {
  folder = makeFolder();
  const writing = writeSession(folder.file("today"));
  writing.addRecording("node/startup-and-invocations");
  writing.addRecording("node/failing-load", 300e9);
  writing.addRecording("dotnet/dotnet-cancel", 600e9);
  writing.batch((writer) => {
    const { id } = writer.relay("processes", { segment: 0, offset: 0, seq: 0 });
    const workerId = "never-connected";
    writer.event(1e9, id, undefined, 2, "process-spawned", { workerId, pid: 7, argv: ["node", "x.js"] });
    for (let n = 0; n < 60; n++) {
      writer.event(1e9 + n, id, undefined, 2, "process-output", { workerId, stream: "stderr", text: `line ${n}` });
    }
    writer.event(2e9, id, undefined, 2, "process-exited", { workerId, code: 1 });
  });
  writing.close();
  for (const name of ["before", "old one"]) {
    keep(name);
  }
  served = await serve(folder, folder.file("today"));
});

afterAll(async () => {
  await served.close();
  folder.remove();
});

/** A session beside those that all tests see. */
function keep(name: string): void {
  const writing = writeSession(folder.file(name));
  writing.addRecording("node/small-chunks");
  writing.close();
}

async function rows(path: string): Promise<MessageRow[]> {
  return (Object((await served.ask(path)).json) as { rows: MessageRow[] }).rows;
}

describe("messages", () => {
  test("come in pages, ascending", async () => {
    const page = await rows("/api/messages?after=10&limit=5");
    expect(page.map(({ seq }) => seq)).toEqual([11, 12, 13, 14, 15]);
    expect(await rows(`/api/messages?limit=${MAX_ROWS * 10}`)).toHaveLength(MAX_ROWS);
  });

  test("come by number, without those that there are not", async () => {
    expect((await rows("/api/messages?seqs=3,1,999999,x,,-1")).map(({ seq }) => seq)).toEqual([3, 1]);
    expect(await rows("/api/messages?seqs=")).toEqual([]);
  });

  test("know the invocation they belong to", async () => {
    const [log] = await rows("/api/messages?seqs=109");
    expect(log).toMatchObject({ kind: "rpc_log", invocation: 108 });
    const { json } = await served.ask("/api/messages/109");
    expect(json).toMatchObject({ row: log, related: expect.arrayContaining([108, 109]) });
  });

  test("come as they crossed, whole or in ranges", async () => {
    const whole = await served.ask("/api/messages/2/bytes");
    const size = whole.body.length;
    expect(whole).toMatchObject({ status: 200, headers: { "content-length": String(size), "accept-ranges": "bytes" } });
    const part = async (range: string) => served.ask("/api/messages/2/bytes", { headers: { range } });
    expect(await part("bytes=1-3")).toMatchObject({ status: 206, headers: { "content-range": `bytes 1-3/${size}` } });
    expect((await part("bytes=1-3")).body).toEqual(whole.body.subarray(1, 4));
    expect((await part(`bytes=${size - 2}-`)).body).toEqual(whole.body.subarray(size - 2));
    expect((await part("bytes=-2")).body).toEqual(whole.body.subarray(size - 2));
    expect((await part("bytes=0-999999999")).body).toEqual(whole.body);
    expect(await part(`bytes=${size}-`)).toMatchObject({
      status: 416,
      headers: { "content-range": `bytes */${size}` },
    });
    expect((await part("bytes=5-2")).status).toBe(416);
    expect((await part("lines=1-2")).status).toBe(200);
    const head = await served.ask("/api/messages/2/bytes", { method: "HEAD" });
    expect(head).toMatchObject({ status: 200, headers: { "content-length": String(size) } });
    expect(head.body).toHaveLength(0);
  });

  test("come as often as they are asked for where a pack has one message only", async () => {
    const writing = writeSession(folder.file("alone"));
    const bytes = new Uint8Array([10, 3, 97, 98, 99]);
    writing.batch((writer) => {
      const relay = writer.relay("r", { segment: 0, offset: 0, seq: 0 });
      const stream = writer.stream(writer.connection(relay.id, 1, 0), 1, "/x", 0, "{}");
      const body = writer.bodies.whole(bytes);
      writer.message({ at: 0, stream, side: 0, kind: 4, size: bytes.length, flags: 0, body });
    });
    writing.close();
    for (const time of ["first", "second"]) {
      const { status, body } = await served.ask("/api/messages/1/bytes?session=alone");
      expect([time, status, ...body]).toEqual([time, 200, ...bytes]);
    }
  });
});

test.each([
  ["/api/messages/0", 404, "no-such-message"],
  ["/api/messages/999999", 404, "no-such-message"],
  ["/api/messages/999999/bytes", 404, "no-such-message"],
  ["/api/messages/x", 400, "bad-id"],
  ["/api/messages/-1", 400, "bad-id"],
  ["/api/messages/1e3", 400, "bad-id"],
  ["/api/messages/99999999999999999999", 400, "bad-id"],
  ["/api/messages/x/bytes", 400, "bad-id"],
  ["/api/messages?after=x", 400, "bad-parameter"],
  ["/api/overview?buckets=-1", 400, "bad-parameter"],
  ["/api/overview?from=now", 400, "bad-parameter"],
  ["/api/invocations/1.5", 400, "bad-id"],
  ["/api/invocations/999999", 404, "no-such-invocation"],
  ["/api/messages/1/", 404, "not-found"],
  ["/api/", 404, "not-found"],
  ["/api/sessions/nobody/functions", 404, "no-such-session"],
  ["/api/session?session=nobody", 404, "no-such-session"],
  ["/api/session?session=..%2Fsessions%2Fbefore", 404, "no-such-session"],
  ["/api/sessions/%2e%2e%2fbefore/functions", 404, "no-such-session"],
  ["/api/sessions/%zz/functions", 400, "bad-name"],
])("%s answers %i, %s", async (path, status, code) => {
  const answer = await served.ask(path);
  expect(answer).toMatchObject({ status, json: { error: { code, message: expect.any(String) } } });
});

describe("invocations", () => {
  test("come by number, with the steps of workers among them", async () => {
    const { json } = await served.ask("/api/invocations?ids=108,2,5,999999");
    expect(json).toEqual({
      rows: [
        expect.objectContaining({
          type: "invocation",
          id: 108,
          functionName: "httpGet",
          trigger: "http",
          result: "200",
        }),
        expect.objectContaining({
          type: "step",
          id: 2,
          step: "init",
          state: "success",
          text: "node 20.20.2, worker 3.9.1",
        }),
      ],
    });
  });

  test("have a detail that says where each message is", async () => {
    const { json } = await served.ask("/api/invocations/193");
    expect(json).toMatchObject({
      row: { state: "failed", result: "a thrown string" },
      request: 193,
      response: 202,
      logs: [194, 195, 196, 197, 198, 199, 200, 201],
      messages: [193, 194, 195, 196, 197, 198, 199, 200, 201, 202],
    });
  });

  test("that are steps have the messages of all their exchanges", async () => {
    const { json } = await served.ask("/api/invocations/18");
    expect(json).toMatchObject({ row: { step: "load", count: 30, text: "30 of 30 loaded" } });
    expect(Object(json).messages).toHaveLength(60);
  });

  test("that were tried again know each other", async () => {
    const file = folder.file("retries");
    const writing = writeSession(file);
    writing.batch((writer) => {
      const relay = writer.relay("r", { segment: 0, offset: 0, seq: 0 });
      const stream = writer.stream(writer.connection(relay.id, 1, 0), 1, "/x", 0, "{}");
      const facts = { at: 0, stream, side: 0, kind: 4, size: 1, flags: 0, body: 0, functionId: "f", text: "order 1" };
      writer.message({ ...facts, invocationId: "a" });
      writer.message({ ...facts, invocationId: "b", text: "order 2" });
      writer.message({ ...facts, invocationId: "c", retryCount: 1 });
      writer.message({ ...facts, invocationId: "d", retryCount: 2 });
    });
    writing.close();
    const others = async (id: number) =>
      Object((await served.ask(`/api/invocations/${id}?session=retries`)).json).others;
    expect([await others(1), await others(2), await others(3), await others(4)]).toEqual([[3, 4], [], [1, 4], [1, 3]]);
  });
});

test("functions know their bindings, how they were loaded and how they fared", async () => {
  const { json } = await served.ask("/api/functions");
  const all = json as { stream: number; name: string }[];
  const found = (stream: number, name: string) => all.find((fn) => fn.stream === stream && fn.name === name);
  expect(found(1, "httpGet")).toMatchObject({
    trigger: "http",
    load: "success",
    bindings: expect.arrayContaining([expect.objectContaining({ type: "httpTrigger", direction: "in" })]),
    calls: expect.any(Number),
    failures: 0,
    inFlight: 0,
  });
  const values = found(1, "genericValues") as unknown as Record<string, unknown>;
  const recent = (values["recent"] as number[]).toSorted((a, b) => a - b);
  expect(values).toMatchObject({ calls: 33, failures: 2, p50: recent[16], p95: recent[31], max: recent[32] });
  expect(values).toMatchObject({ lastError: { text: "Unexpected end of JSON input", invocation: 931 } });
  expect(all.filter(({ stream }) => stream === 2)).not.toHaveLength(0);
});

test("workers know what they declared, how their start went, and their processes", async () => {
  const { json } = await served.ask("/api/workers");
  expect(json).toMatchObject([
    {
      stream: { id: 1, runtime: "node" },
      hostVersion: "4.1037.0.0",
      workerVersion: "3.9.1",
      hostCapabilities: [{ name: "MultiStream", value: "10" }],
      workerCapabilities: expect.arrayContaining([
        { name: "RpcHttpBodyOnly", value: "true", effect: expect.any(String) },
      ]),
      undeclared: expect.arrayContaining([expect.objectContaining({ name: "HandlesInvocationCancelMessage" })]),
      steps: [
        { step: "start", limit: 60e9 },
        { step: "init", limit: 120e9 },
        { step: "index" },
        { step: "load", count: 30 },
        { step: "terminate" },
      ],
      invocations: 80,
      failures: 13,
      statusPings: { count: 4 },
    },
    { stream: { id: 2 } },
    { stream: { id: 3, runtime: ".NET" }, steps: expect.arrayContaining([expect.objectContaining({ limit: 10e9 })]) },
    {
      stream: { id: -1, workerId: "never-connected", phase: "failed" },
      process: { pid: 7, argv: ["node", "x.js"], spawnedAt: 1e9, exitedAt: 2e9, exitCode: 1 },
    },
  ]);
  const { output } = Object((json as { process?: unknown }[])[3]?.process);
  expect(output).toHaveLength(50);
  expect(output.at(-1)).toEqual({ at: 1e9 + 59, stream: "stderr", text: "line 59" });
});

test("the overview counts every message and leaves the pauses out", async () => {
  const { json } = await served.ask("/api/overview?buckets=300");
  const { lanes, axis, buckets } = Object(json);
  expect(axis).toHaveLength(3);
  expect(buckets).toBe(300);
  const total = lanes
    .flatMap((lane: { messages: number[] }) => lane.messages)
    .reduce((a: number, b: number) => a + b, 0);
  expect(total).toBe(Object((await served.ask("/api/session")).json).last);
});

test("what was seen is offered for completion", async () => {
  expect((await served.ask("/api/seen")).json).toMatchObject({
    kinds: expect.arrayContaining(["invocation_request", "rpc_log"]),
    functions: expect.arrayContaining(["httpGet"]),
    triggers: expect.arrayContaining(["http", "queue"]),
    workers: expect.arrayContaining(["node", ".NET"]),
    categories: expect.arrayContaining(["httpGet.Invocation"]),
  });
});

test("problems and verdicts are found", async () => {
  await expect
    .poll(async () => Object((await served.ask("/api/problems")).json).through, { timeout: 60_000 })
    .toBeGreaterThan(1000);
  expect((await served.ask("/api/problems")).json).toMatchObject({
    problems: expect.arrayContaining([
      expect.objectContaining({ rule: "failed-result", invocation: expect.any(Number) }),
    ]),
  });
});

describe("kept sessions", () => {
  const names = async () => ((await served.ask("/api/sessions")).json as { name: string }[]).map(({ name }) => name);

  test("are listed with what is in them", async () => {
    expect((await served.ask("/api/sessions")).json).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          name: "today",
          isCurrent: true,
          isLive: false,
          messages: 1106,
          startedAt: STARTED_AT,
        }),
        expect.objectContaining({ name: "before", isCurrent: false, bytes: expect.any(Number) }),
      ]),
    );
  });

  test("are shown beside the current one", async () => {
    expect((await served.change("POST", "/api/sessions/before/open", {})).json).toEqual({ name: "before" });
    const { json } = await served.ask("/api/session?session=before");
    expect(json).toMatchObject({ file: folder.file("before") });
    expect(Object(json).last).not.toBe(1106);
    const compared = await served.ask("/api/sessions/before/functions");
    expect(compared.json).toEqual((await served.ask("/api/functions?session=before")).json);
    const page = await served.listen("?session=before");
    page.subscribe(1, "", "messages");
    expect(await page.until(({ column }) => column(1).length || undefined)).toBe(Object(json).last);
    page.close();
  });

  test("are renamed with all that belongs to them", async () => {
    keep("renamed");
    writeFileSync(`${folder.file("renamed")}-text`, "");
    const answer = await served.change("POST", "/api/sessions/renamed/rename", { name: "Köln (2)" });
    expect(answer).toMatchObject({ status: 200, json: { name: "Köln (2)", isCurrent: false } });
    expect(readdirSync(folder.sessions).filter((name) => name.startsWith("renamed"))).toEqual([]);
    expect((await served.ask("/api/session?session=renamed")).status).toBe(404);
    expect((await served.ask(`/api/session?session=${encodeURIComponent("Köln (2)")}`)).status).toBe(200);
  });

  test.each([
    "",
    ".",
    "..",
    "../x",
    "a/b",
    "a\\b",
    "/etc/x",
    "con",
    "NUL.txt",
    ".hidden",
    "a\0b",
    "x".repeat(101),
    "a..b",
    "ends ",
  ])("are not called %j", async (name) => {
    const answer = await served.change("POST", "/api/sessions/before/rename", { name });
    expect(answer).toMatchObject({ status: 400, json: { error: { code: "bad-name" } } });
    expect(await names()).toContain("before");
  });

  test("get a title and a note, which the list tells, and lose them by empty ones", async () => {
    const label = (body: unknown) => served.change("POST", "/api/sessions/before/label", body);
    expect(await label({ title: "Slow start", note: "since\nyesterday" })).toMatchObject({
      status: 200,
      json: { name: "before", title: "Slow start", note: "since\nyesterday" },
    });
    expect(await label({ title: "" })).toMatchObject({ status: 200, json: { note: "since\nyesterday" } });
    const { json } = await served.ask("/api/sessions");
    expect(json).toContainEqual(expect.objectContaining({ name: "before", note: "since\nyesterday" }));
    expect(json).not.toContainEqual(expect.objectContaining({ title: expect.anything() }));
    expect(await label({ title: "x".repeat(201) })).toMatchObject({ json: { error: { code: "bad-label" } } });
    for (const body of [undefined, {}, [], "x", { title: 5 }, { title: "x", started_at: "0" }]) {
      expect((await label(body)).status).toBe(400);
    }
    expect((await served.change("POST", "/api/sessions/today/label", { title: "x" })).status).toBe(409);
    expect((await label({ note: "" })).status).toBe(200);
  });

  test("do not take another's name", async () => {
    const answer = await served.change("POST", "/api/sessions/before/rename", { name: "old one" });
    expect(answer).toMatchObject({ status: 409, json: { error: { code: "name-taken" } } });
  });

  test("are not renamed by a body that says nothing", async () => {
    for (const body of [undefined, {}, [], "x", { name: 5 }]) {
      expect((await served.change("POST", "/api/sessions/before/rename", body)).status).toBe(400);
    }
    const answer = await served.change("POST", "/api/sessions/before/rename", { name: "x".repeat(100_000) });
    expect(answer.status).toBe(413);
  });

  test("are deleted with all that belongs to them, but not what is outside of the folder", async () => {
    const outside = join(folder.root, "outside.inspector");
    writeFileSync(outside, "");
    keep("not kept");
    writeFileSync(`${folder.file("not kept")}-text`, "");
    for (const name of ["..%2foutside", "%2e%2e%2Foutside", encodeURIComponent(join(folder.root, "outside"))]) {
      expect((await served.change("DELETE", `/api/sessions/${name}`)).status, name).toBe(404);
    }
    expect(existsSync(outside)).toBe(true);
    expect((await served.change("DELETE", "/api/sessions/not%20kept")).status).toBe(204);
    expect(readdirSync(folder.sessions).filter((name) => name.startsWith("not kept"))).toEqual([]);
    expect((await served.change("DELETE", "/api/sessions/not%20kept")).status).toBe(404);
  });

  test("stay as they are while they are shown or recorded", async () => {
    for (const [method, path, body] of [
      ["DELETE", "/api/sessions/today", undefined],
      ["POST", "/api/sessions/today/rename", { name: "x" }],
    ] as const) {
      expect(await served.change(method, path, body)).toMatchObject({
        status: 409,
        json: { error: { code: "session-open" } },
      });
    }
    keep("waiting");
    const journal = join(folder.journals, "j");
    mkdirSync(journal);
    const description = { session: folder.file("waiting"), control: "nowhere", startedAt: 0 };
    writeFileSync(join(journal, "journal.json"), JSON.stringify(description));
    expect(await served.change("DELETE", "/api/sessions/waiting")).toMatchObject({
      status: 409,
      json: { error: { code: "session-live" } },
    });
    const isLive = async (): Promise<unknown> => {
      const { json } = await served.ask("/api/sessions");
      return (json as SessionSummary[]).find(({ name }) => name === "waiting")?.isLive;
    };
    expect(await isLive()).toBe(true);
    // Its relay was killed: nobody records, and a part of it is not there yet.
    const killed = { ...description, process: { pid: process.pid, startedAt: 0, ticks: "1" } };
    writeFileSync(join(journal, "journal.json"), JSON.stringify(killed));
    expect(await served.change("DELETE", "/api/sessions/waiting")).toMatchObject({
      status: 409,
      json: { error: { code: "session-waiting" } },
    });
    expect(await isLive()).toBe(false);
    expect(existsSync(folder.file("waiting"))).toBe(true);
  });

  test("that are none are listed without content and not opened", async () => {
    writeFileSync(folder.file("broken"), "nothing");
    expect(await names()).toContain("broken");
    expect((await served.ask("/api/session?session=broken")).json).toMatchObject({ error: { code: "not-a-session" } });
    expect((await served.change("POST", "/api/sessions/broken/open", {})).status).toBe(400);
  });
});
