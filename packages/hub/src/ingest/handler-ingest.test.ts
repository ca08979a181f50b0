import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeMessage, messageToJson } from "@inspector/proto";
import type { Database } from "@inspector/session/database";
import { createHttpLegQueries } from "@inspector/session/http-legs";
import { prepareForWriting } from "@inspector/session/open-session";
import { createWriter, type Writer } from "@inspector/session/writer";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { assertHoldable, createLiveStreams } from "../intervention/live-streams.ts";
import { type OpenSession, openSession } from "../reader/open-session.ts";
import { openForWriting } from "../sqlite.ts";
import { functionAt, parseHandlerFacts } from "./handler-facts.ts";
import { HandlerIngest } from "./handler-ingest.ts";
import { HttpIngest } from "./http-ingest.ts";

const FACTS = {
  workerId: "w-1",
  address: "127.0.0.1:7",
  routePrefix: "api",
  isForwarding: false,
  functions: [
    {
      name: "orders",
      bindings: [
        { name: "order", type: "queueTrigger", direction: "in" },
        { name: "receipt", type: "queue", direction: "out" },
      ],
    },
    {
      name: "hello",
      route: "greet/{name}",
      bindings: [
        { name: "req", type: "httpTrigger", direction: "in" },
        { name: "res", type: "http", direction: "out" },
      ],
    },
  ],
};
const HANDLER = 0xc000_0000;

let directory: string;
let database: Database;
let writer: Writer;
let handler: HandlerIngest;
let ingest: HttpIngest;
let clock: number;

const exchangesOf = (of: number): HandlerIngest | undefined => (of === HANDLER ? handler : undefined);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "handler-ingest-"));
  database = openForWriting(join(directory, "session.db"));
  prepareForWriting(database, "session.db", () => ({ id: "1", startedAt: 0, version: "test" }));
  writer = createWriter(database);
  const relay = writer.relay("journal", { segment: 1, offset: 0, seq: 1 });
  clock = 0;
  handler = new HandlerIngest(writer, writer.connection(relay.id, HANDLER, 0), undefined, FACTS, ++clock);
  ingest = new HttpIngest(writer, writer.connection(relay.id, 2 ** 31, 0), undefined, { of: HANDLER, exchangesOf });
});

afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true, force: true });
});

function finishBatch(): void {
  handler.save();
  ingest.save();
  writer.finishBatch();
}

/** Goes on as a hub that was started anew would. */
function restart(): void {
  finishBatch();
  writer = createWriter(database);
  const [first, second] = writer.openConnections(1).sort((a, b) => b.number - a.number);
  if (first === undefined || second === undefined) {
    throw new Error("the connections are not open");
  }
  handler = new HandlerIngest(writer, first.id, first.state, undefined, 0);
  ingest = new HttpIngest(writer, second.id, second.state, { exchangesOf });
}

function host(head: string, body = "", id = "i-1"): void {
  const lines = [head, `X-Azure-Functions-InvocationId: ${id}`, `Content-Length: ${Buffer.byteLength(body)}`, "", body];
  ingest.push("host", Buffer.from(lines.join("\r\n")), ++clock);
}

function answer(head: string, body = "", type = "application/json"): void {
  const lines = [head, `Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(body)}`, "", body];
  ingest.push("worker", Buffer.from(lines.join("\r\n")), ++clock);
}

function read<T>(what: (session: OpenSession) => T): T {
  finishBatch();
  const session = openSession(join(directory, "session.db"));
  try {
    return what(session);
  } finally {
    session.close();
  }
}

function invocations(): readonly Record<string, unknown>[] {
  finishBatch();
  return database
    .prepare(
      "SELECT invocation_id AS id, function_id AS name, status, result, logs, started_at, answered_at FROM invocation",
    )
    .all();
}

/** All messages of the handler's stream, as their contents. */
function messages(): unknown[] {
  return read(({ queries }) =>
    database
      .prepare("SELECT seq, body, size FROM message ORDER BY seq")
      .all()
      .map(({ body, size }) => {
        const decoded = decodeMessage(queries.bodyBytes(Number(body), 0, Number(size)));
        return decoded.ok ? messageToJson(decoded.message) : decoded;
      }),
  );
}

const PAYLOAD = JSON.stringify({
  Data: { order: '"no. 7"' },
  Metadata: { DequeueCount: 2, Id: '"m-1"', RetryContext: { RetryCount: 1, MaxRetryCount: 3 } },
});

describe("a call of a custom handler", () => {
  test("is an invocation with its request, logs, answer, and the HTTP that crossed", () => {
    host("POST /orders HTTP/1.1", PAYLOAD);
    restart();
    answer(
      "HTTP/1.1 200 OK",
      JSON.stringify({ Outputs: { receipt: "done", more: { a: [1] } }, ReturnValue: 5, Logs: ["one", "two"] }),
    );
    expect(invocations()).toMatchObject([
      { id: "i-1", name: "orders", status: 1, logs: 2, started_at: 2, answered_at: 3 },
    ]);
    expect(messages()).toMatchObject([
      {
        invocationRequest: {
          functionId: "orders",
          inputData: [{ name: "order", data: { string: '"no. 7"' } }],
          triggerMetadata: { DequeueCount: { json: "2" }, Id: { string: '"m-1"' } },
          retryContext: { retryCount: 1, maxRetryCount: 3 },
        },
      },
      { rpcLog: { category: "Function.orders.User", level: "Information", message: "one" } },
      { rpcLog: { message: "two" } },
      {
        invocationResponse: {
          outputData: [
            { name: "receipt", data: { string: "done" } },
            { name: "more", data: { json: '{"a":[1]}' } },
          ],
          returnValue: { json: "5" },
          result: { status: "Success" },
        },
      },
    ]);
    const leg = createHttpLegQueries(database).ofInvocation("i-1", 1);
    expect(leg).toMatchObject({ request: { target: "/orders", size: PAYLOAD.length }, response: { status: 200 } });
  });

  test("has http values for what http triggers get and give", () => {
    const req = {
      Url: "http://localhost/api/greet/Ada",
      Method: "GET",
      Headers: { A: ["1", "2"] },
      Params: { name: "Ada" },
    };
    host("POST /hello HTTP/1.1", JSON.stringify({ Data: { req }, Metadata: {} }));
    answer(
      "HTTP/1.1 200 OK",
      JSON.stringify({ Outputs: { res: { statusCode: 201, body: "hi", headers: { B: "b" } } } }),
    );
    expect(messages()).toMatchObject([
      {
        invocationRequest: {
          inputData: [{ data: { http: { method: "GET", headers: { A: "1, 2" }, params: { name: "Ada" } } } }],
        },
      },
      {
        invocationResponse: {
          outputData: [{ data: { http: { statusCode: "201", body: { string: "hi" }, headers: { B: "b" } } } }],
        },
      },
    ]);
  });

  test("may be the caller's own request, with the caller's answer whatever its status", () => {
    host("PUT /api/greet/Ada?x=1+2 HTTP/1.1", "plain");
    answer("HTTP/1.1 404 Not Found", "nobody", "text/plain");
    expect(invocations()).toMatchObject([{ name: "hello", status: 1 }]);
    expect(messages()).toMatchObject([
      {
        invocationRequest: {
          inputData: [
            { name: "req", data: { http: { method: "PUT", query: { x: "1 2" }, body: { string: "plain" } } } },
          ],
        },
      },
      {
        invocationResponse: {
          outputData: [{ name: "res", data: { http: { statusCode: "404", body: { string: "nobody" } } } }],
        },
      },
    ]);
  });

  test.each([
    ["another status than 2xx", () => answer("HTTP/1.1 500 Broken", "{}"), /answered 500 Broken/u],
    ["an answer that is no JSON", () => answer("HTTP/1.1 200 OK", "<p>"), /no JSON object/u],
    [
      "an answer that does not say that it is JSON",
      () => answer("HTTP/1.1 200 OK", "{}", "text/plain"),
      /text\/plain/u,
    ],
    ["an answer without a body", () => answer("HTTP/1.1 200 OK"), /has no body/u],
    ["no answer on its connection", () => ingest.closed(++clock, undefined), /connection ended first/u],
    ["the end of the process", () => handler.closed(++clock, undefined), /process has ended/u],
  ])("fails by %s", (_, happen, reason) => {
    host("POST /orders HTTP/1.1", PAYLOAD);
    happen();
    expect(invocations()).toMatchObject([{ status: 0, result: expect.stringMatching(reason) }]);
  });

  test("is none where the host only asks whether the handler is there", () => {
    ingest.push("host", Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), ++clock);
    answer("HTTP/1.1 404 Not Found", "", "text/plain");
    expect(invocations()).toEqual([]);
    expect(read((session) => session.workers())).toMatchObject([{ stream: { phase: "loaded" } }]);
  });

  test("is recorded as HTTP where its body is too large to be looked at", () => {
    host("POST /orders HTTP/1.1", `{"Data":{"order":"${"x".repeat(5 * 2 ** 20)}"},"Metadata":{}}`);
    answer("HTTP/1.1 200 OK", "{}");
    expect(invocations()).toMatchObject([{ name: "orders", status: 1 }]);
    expect(messages()[0]).toMatchObject({ invocationRequest: { functionId: "orders" } });
  });
});

describe("a custom handler", () => {
  test("is a worker with its functions, and its end is in order", () => {
    host("POST /orders HTTP/1.1", PAYLOAD);
    answer("HTTP/1.1 200 OK", "{}");
    ingest.closed(++clock, undefined);
    handler.closed(++clock, undefined);
    const { workers, functions, problems } = read((session) => ({
      workers: session.workers(),
      functions: session.functions(),
      problems: session.problems(),
    }));
    expect(workers).toMatchObject([
      {
        stream: { workerId: "w-1", runtime: "custom", phase: "ended", end: { by: "worker", how: "end" } },
        invocations: 1,
      },
    ]);
    expect(functions).toMatchObject([
      { name: "hello", trigger: "http", load: "success", calls: 0 },
      {
        name: "orders",
        trigger: "queue",
        load: "success",
        calls: 1,
        bindings: [{ name: "order" }, { name: "receipt" }],
      },
    ]);
    expect(problems.problems).toEqual([]);
  });
});

test("nothing is held where a custom handler is asked over HTTP, whose place is known", () => {
  finishBatch();
  const streams = createLiveStreams(database);
  expect(streams.open()).toEqual([]);
  expect(() => assertHoldable(streams.byId(1), 1)).toThrow("Stream 1 is a custom handler's");
  expect(streams.byId(1)).toMatchObject({ isCustomHandler: true, handlerAddress: "127.0.0.1:7" });
});

test("a request that was announced is a replay, after a restart, too, and its answer reaches no host", () => {
  const replay = { run: 4, n: 2, isEdited: true };
  handler.announced({ type: "replay-announced", invocationId: "r-1", replay });
  handler.announced({ type: "replay-announced", invocationId: "never", replay });
  restart();
  host("POST /orders HTTP/1.1", PAYLOAD, "r-1");
  restart();
  answer("HTTP/1.1 200 OK", '{"Logs":["one"]}');
  host("POST /orders HTTP/1.1", PAYLOAD, "i-2");
  const { rows, messages: all } = read(({ invocations: stored, queries }) => ({
    rows: stored.rows([1, 4]).rows,
    messages: queries.messages([1, 2, 3, 4]).rows,
  }));
  expect(rows).toMatchObject([{ invocationId: "r-1", replay }, { invocationId: "i-2" }]);
  expect(rows[1]).not.toHaveProperty("replay");
  expect(all.map(({ intervention }) => intervention)).toEqual(["injected", "swallowed", "swallowed", undefined]);
});

describe("the function of a request", () => {
  const facts = parseHandlerFacts({
    routePrefix: "api",
    functions: [
      { name: "any", route: "items/{*rest}", bindings: [{ type: "httpTrigger" }] },
      { name: "one", route: "items/{id:int}", bindings: [{ type: "httpTrigger" }] },
      { name: "maybe", route: "maybe/{id?}", bindings: [{ type: "httpTrigger" }] },
      { name: "timer", bindings: [{ type: "timerTrigger" }] },
    ],
  });

  test.each([
    ["/timer", "timer"],
    ["/ANY", "any"],
    ["/api/items/5?code=x", "one"],
    ["/api/items/5/6", "any"],
    ["/api/maybe", "maybe"],
    ["/api/maybe/1", "maybe"],
    ["/api/maybe/1/2", undefined],
    ["/api/timer", undefined],
    ["/items/5", undefined],
    ["/%zz", undefined],
  ])("%s is %s", (target, name) => {
    expect(functionAt(facts, target)?.name).toBe(name);
  });
});
