/** HTTP requests that a worker takes on a server of its own: recorded, and passed on as if nobody did. */
import { once } from "node:events";
import { type IncomingMessage, request as sendRequest } from "node:http";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import { type InspectorProcess, startInspector, temporaryFolder } from "./inspector-process.ts";
import { askRaw, withoutChance } from "./raw-http.ts";

const APP = fileURLToPath(new URL("http-stream-app", import.meta.url));
const state = temporaryFolder();
const BINARY = Uint8Array.from({ length: 256 }, (_, i) => i);
const LARGE = Buffer.alloc(5 * 1024 * 1024, "a line of a large body, again and again\n");

let capturing: InspectorProcess;
let plain: InspectorProcess;

async function startApp(...options: string[]): Promise<InspectorProcess> {
  const args = ["host", APP, "--no-watch", "--http", "0", "--listen", "0", ...options];
  const running = await startInspector(args, state.path);
  await eventually(async () => (await ask(running, "GET", "/api/text?name=x")).startsWith("HTTP/1.1 203"));
  return running;
}

beforeAll(async () => {
  [capturing, plain] = await Promise.all([startApp(), startApp("--no-http-capture")]);
});

afterAll(async () => {
  for (const one of [capturing, plain]) {
    await one?.stop();
  }
  state.remove();
});

/** The whole answer as it came, but for what differs from one request to the next. Several pieces go as chunks. */
async function ask(to: InspectorProcess, method: string, path: string, ...body: Uint8Array[]): Promise<string> {
  const framing = body.length > 1 ? {} : { length: body[0]?.length ?? 0 };
  const answer = await askRaw(new URL(to.http ?? ""), { method, path, body, ...framing });
  return withoutChance(answer, ["date", "x-ms-invocation-id"]);
}

describe("what clients of the host get is the same to the byte as without the recorder", () => {
  test.each([
    ["text", "GET", "/api/text?name=caf%C3%A9", []],
    ["a body of text", "POST", "/api/echo", [Buffer.from("some text")]],
    ["every byte there is", "PUT", "/api/echo", [BINARY]],
    ["chunks both ways", "POST", "/api/chunked", [Buffer.from("one "), BINARY, Buffer.from(" three")]],
    ["5 MiB", "POST", "/api/echo", [LARGE]],
    ["a method that no function takes", "DELETE", "/api/echo", []],
  ] as const)("%s", async (_, method, path, body) => {
    const answer = await ask(capturing, method, path, ...body);
    expect(answer).toMatch(/^HTTP\/1\.1 [24]\d\d /u);
    expect(answer === (await ask(plain, method, path, ...body))).toBe(true);
  });
});

test("the requests and answers are part of their invocations, with their bodies", async () => {
  await ask(capturing, "GET", "/api/text?name=recorded");
  await ask(capturing, "POST", "/api/chunked?recorded", Buffer.from("chunk"), BINARY, Buffer.from("chunk"));
  await ask(capturing, "PUT", "/api/echo?recorded", LARGE);
  const legs = await eventually(() => {
    const found = legsOf(capturing.session).filter(({ target }) => target.endsWith("recorded"));
    return found.length === 3 && found.every(({ isComplete }) => isComplete) ? found : undefined;
  });
  const mixed = Buffer.concat([Buffer.from("chunk"), BINARY, Buffer.from("chunk")]);
  expect(legs.map(({ method, target, status, functionId }) => [method, target, status, functionId])).toEqual([
    ["GET", "/api/text?name=recorded", 203, expect.any(String)],
    ["POST", "/api/chunked?recorded", 200, expect.any(String)],
    ["PUT", "/api/echo?recorded", 200, expect.any(String)],
  ]);
  const same = legs.map(({ request, response }, i) => [
    request.equals([Buffer.alloc(0), mixed, LARGE][i] ?? Buffer.alloc(0)),
    response.equals([Buffer.from("hello recorded"), mixed, LARGE][i] ?? Buffer.alloc(0)),
  ]);
  expect(same).toEqual([
    [true, true],
    [true, true],
    [true, true],
  ]);
  expect(legsOf(plain.session)).toEqual([]);
});

test("the page gets a leg with its invocation, and its bodies in ranges", async () => {
  await ask(capturing, "POST", "/api/echo?served", Buffer.from("0123456789"));
  const leg = await eventually(() =>
    legsOf(capturing.session).find(({ target, isComplete }) => isComplete && target.endsWith("served")),
  );
  const detail: unknown = await (await hub(`/api/invocations/${leg.invocation}`)).json();
  expect(detail).toMatchObject({
    http: {
      id: leg.id,
      request: { method: "POST", target: "/api/echo?served", size: 10 },
      response: { status: 200, reason: "OK", size: 10 },
    },
  });
  const part = await hub(`/api/http/${leg.id}/response`, { range: "bytes=2-4" });
  expect([part.status, await part.text()]).toEqual([206, "234"]);
  expect((await hub("/api/http/999999/response")).status).toBe(404);
});

describe("a replay of such an invocation", () => {
  test("sends both halves to the worker, and its answer is recorded while the host hears nothing of it", async () => {
    await ask(capturing, "POST", "/api/echo?replayed", Buffer.from("to be replayed"));
    const [recorded] = await legsTo("/api/echo?replayed", 1);
    const detail = Object(await (await hub(`/api/invocations/${recorded?.invocation}`)).json());
    const order = { stream: detail.row.stream, source: { seq: detail.request } };
    expect(await post("/api/replays", order)).toMatchObject({ isEdited: false, functionName: "echo" });
    const [, again] = await legsTo("/api/echo?replayed", 2);
    expect(again).toMatchObject({ method: "POST", status: 200 });
    expect([again?.request, again?.response].map(String)).toEqual(["to be replayed", "to be replayed"]);
    expect(again?.invocationId).not.toBe(recorded?.invocationId);
    const row = await eventually(async () => {
      const { row: found } = Object(await (await hub(`/api/invocations/${again?.invocation}`)).json());
      return found.state === "in-flight" ? undefined : found;
    });
    expect(row).toMatchObject({
      state: "success",
      functionName: "echo",
      text: "POST /api/echo?replayed",
      result: "200",
      replay: { n: 1, isEdited: false },
    });
  });

  test("sends what was edited", async () => {
    await ask(capturing, "GET", "/api/text?name=before");
    const [recorded] = await legsTo("/api/text?name=before", 1);
    const detail = Object(await (await hub(`/api/invocations/${recorded?.invocation}`)).json());
    const http = { method: "GET", target: "/api/text?name=after", headers: detail.http.request.headers };
    const order = { stream: detail.row.stream, source: { seq: detail.request }, http };
    expect(await post("/api/replays", order)).toMatchObject({ isEdited: true });
    const [edited] = await legsTo("/api/text?name=after", 1);
    expect([edited?.status, String(edited?.response)]).toEqual([203, "hello after"]);
  });
});

test("an answer passes as it comes: its first part is there before its last is made", async () => {
  const answer = await open("/api/wait/stream");
  expect(await firstPart(answer)).toMatch(/^pid \d+;$/u);
  await ask(capturing, "POST", "/api/release/stream");
  expect((await buffer(answer)).toString()).toBe("released");
});

test("a worker that is killed in its answer is as bad an end as without the recorder, and what came is kept", async () => {
  const answer = await open("/api/wait/killed");
  const pid = Number(/\d+/u.exec(await firstPart(answer))?.[0]);
  process.kill(pid, "SIGKILL");
  await expect(buffer(answer)).rejects.toMatchObject({ code: "ECONNRESET" });
  const leg = await eventually(() => legsOf(capturing.session).find(({ lost }) => lost !== undefined));
  expect(leg).toMatchObject({ target: "/api/wait/killed", status: 200 });
  expect(leg.response.toString()).toBe(`pid ${pid};`);
  await eventually(async () => (await ask(capturing, "GET", "/api/text?name=again")).includes("hello again"));
});

async function open(path: string): Promise<IncomingMessage> {
  const sent = sendRequest(new URL(path, capturing.http));
  sent.end();
  const [answer]: IncomingMessage[] = await once(sent, "response");
  if (answer === undefined) {
    throw new Error("no answer");
  }
  return answer;
}

async function firstPart(answer: IncomingMessage): Promise<string> {
  await once(answer, "readable");
  return String(answer.read());
}

function hub(path: string, headers: Record<string, string> = {}, init: RequestInit = {}): Promise<Response> {
  const page = new URL(capturing.ui);
  return fetch(new URL(path, page), {
    ...init,
    headers: { ...headers, authorization: `Bearer ${page.searchParams.get("token")}` },
  });
}

async function post(path: string, body: unknown): Promise<unknown> {
  const headers = { "content-type": "application/json", origin: new URL(capturing.ui).origin };
  return await (await hub(path, headers, { method: "POST", body: JSON.stringify(body) })).json();
}

/** Waits until so many requests to a target are recorded as a whole. */
function legsTo(target: string, count: number): Promise<readonly Leg[]> {
  return eventually(() => {
    const found = legsOf(capturing.session).filter((leg) => leg.target === target && leg.isComplete);
    return found.length >= count ? found : undefined;
  });
}

type Leg = {
  readonly id: number;
  readonly invocationId: string;
  readonly method: string;
  readonly target: string;
  readonly status: number | null;
  readonly lost: string | undefined;
  readonly isComplete: boolean;
  readonly request: Buffer;
  readonly response: Buffer;
  readonly invocation: number | undefined;
  readonly functionId: string | undefined;
};

/** Every leg that a session has, oldest first, as any SQLite tool would read them. */
function legsOf(session: string): Leg[] {
  const database = new DatabaseSync(session, { readOnly: true });
  try {
    const parts = database.prepare("SELECT bytes FROM body WHERE id >= ? AND id < ? ORDER BY id");
    const body = (number: unknown): Buffer =>
      Buffer.concat(
        typeof number === "number"
          ? parts.all(number * 4096, (number + 1) * 4096).map(({ bytes }) => Buffer.from(Object(bytes)))
          : [],
      );
    const rows = database
      .prepare(
        `SELECT l.*, i.id AS invocation, i.function_id FROM http_leg l
         LEFT JOIN invocation i ON i.invocation_id = l.invocation_id ORDER BY l.id`,
      )
      .all();
    return rows.map((row) => ({
      id: Number(row["id"]),
      invocationId: String(row["invocation_id"]),
      method: String(row["method"]),
      target: String(row["target"]),
      status: row["status"] === null ? null : Number(row["status"]),
      lost: row["lost"] === null ? undefined : String(row["lost"]),
      isComplete: row["request_ended_at"] !== null && row["response_ended_at"] !== null && row["invocation"] !== null,
      request: body(row["request_body"]),
      response: body(row["response_body"]),
      invocation: row["invocation"] === null ? undefined : Number(row["invocation"]),
      functionId: row["function_id"] === null ? undefined : String(row["function_id"]),
    }));
  } finally {
    database.close();
  }
}
