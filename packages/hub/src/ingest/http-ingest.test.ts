import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProblems } from "@inspector/analysis/problems/problems";
import type { HttpLeg } from "@inspector/contract/page";
import type { Database } from "@inspector/session/database";
import { createHttpLegQueries } from "@inspector/session/http-legs";
import { prepareForWriting } from "@inspector/session/open-session";
import { createQueries } from "@inspector/session/queries";
import { createWriter } from "@inspector/session/writer";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openForWriting } from "../sqlite.ts";
import { HttpIngest } from "./http-ingest.ts";

let directory: string;
let database: Database;
let ingest: HttpIngest;
let clock = 0;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "http-ingest-"));
  database = openForWriting(join(directory, "session.db"));
  prepareForWriting(database, "session.db", () => ({ id: "1", startedAt: 0, version: "test" }));
  const writer = createWriter(database);
  const relay = writer.relay("journal", { segment: 1, offset: 0, seq: 1 });
  ingest = new HttpIngest(writer, writer.connection(relay.id, 2 ** 31, 0), undefined);
  clock = 0;
});

afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Ends the batch, and goes on as a hub that was started anew would. */
function restart(): void {
  ingest.save();
  const writer = createWriter(database);
  writer.finishBatch();
  const [open] = writer.openConnections(1);
  if (open === undefined) {
    throw new Error("the connection is not open");
  }
  ingest = new HttpIngest(writer, open.id, open.state);
}

function host(...lines: string[]): void {
  ingest.push("host", Buffer.from(lines.join("\r\n"), "latin1"), ++clock);
}

function worker(...lines: string[]): void {
  ingest.push("worker", Buffer.from(lines.join("\r\n"), "latin1"), ++clock);
}

function legOf(invocationId: string, attempt = 1): HttpLeg | undefined {
  return createHttpLegQueries(database).ofInvocation(invocationId, attempt);
}

function bodyOf(leg: HttpLeg | undefined, part: "request" | "response"): string {
  const body = createHttpLegQueries(database).body(leg?.id ?? 0, part);
  return body === undefined ? "" : Buffer.from(createQueries(database).bodyBytes(body, 0, 2 ** 40)).toString("latin1");
}

const POST = ["POST /api/a?b=c HTTP/1.1", "x-ms-invocation-id: i-1", "Content-Length: 5", "", "hello"];

test("a request and its response are a leg of the invocation that the header names", () => {
  host(...POST);
  worker("HTTP/1.1 202 Accepted", "Transfer-Encoding: chunked", "", "3", "one", "3", "two", "0", "", "");
  ingest.save();
  const leg = legOf("i-1");
  expect(leg).toEqual({
    id: 1,
    request: {
      method: "POST",
      target: "/api/a?b=c",
      at: 1,
      endedAt: 1,
      size: 5,
      headers: [
        ["x-ms-invocation-id", "i-1"],
        ["Content-Length", "5"],
      ],
    },
    response: {
      status: 202,
      reason: "Accepted",
      at: 2,
      endedAt: 2,
      size: 6,
      headers: [["Transfer-Encoding", "chunked"]],
    },
  });
  expect([bodyOf(leg, "request"), bodyOf(leg, "response")]).toEqual(["hello", "onetwo"]);
});

test("a body is there as far as it has come, also after a restart in the middle of it", () => {
  const piece = "0123456789".repeat(3000);
  host(...POST);
  worker("HTTP/1.1 200 OK", `Content-Length: ${piece.length * 8}`, "", piece);
  restart();
  expect(legOf("i-1")?.response).toMatchObject({ size: piece.length });
  expect(legOf("i-1")?.response).not.toHaveProperty("endedAt");
  expect(bodyOf(legOf("i-1"), "response")).toBe(piece);
  for (let i = 0; i < 7; i++) {
    worker(piece);
    restart();
  }
  expect(legOf("i-1")?.response).toMatchObject({ size: piece.length * 8, endedAt: clock });
  expect(bodyOf(legOf("i-1"), "response")).toBe(piece.repeat(8));
});

test("what a dying worker left unsaid is lost, and what it said is kept", () => {
  host(...POST);
  worker("HTTP/1.1 200 OK", "Content-Length: 100", "", "half");
  ingest.closed(++clock, { by: "worker", how: "reset", code: "ECONNRESET" });
  expect(legOf("i-1")).toMatchObject({ lost: "the worker reset the connection (ECONNRESET)", response: { size: 4 } });
  expect(bodyOf(legOf("i-1"), "response")).toBe("half");
});

test("a response without a length is complete when its connection ends in good order", () => {
  host(...POST);
  worker("HTTP/1.1 200 OK", "", "all of it");
  ingest.closed(++clock, undefined);
  const leg = legOf("i-1");
  expect(leg).toMatchObject({ response: { endedAt: 3, size: 9 } });
  expect(leg).not.toHaveProperty("lost");
});

test("an id that is used again has a leg for each attempt", () => {
  host(...POST);
  worker("HTTP/1.1 500 No", "Content-Length: 0", "", "");
  host(...POST);
  worker("HTTP/1.1 200 Yes", "Content-Length: 0", "", "");
  ingest.save();
  expect([1, 2, 3].map((attempt) => legOf("i-1", attempt)?.response?.status)).toEqual([500, 200, 200]);
});

test("the leg of an attempt is found, however many there are", () => {
  for (let n = 1; n <= 1100; n++) {
    host("GET / HTTP/1.1", "x-ms-invocation-id: i-1", "", "");
    worker(`HTTP/1.1 ${n < 1100 ? 200 : 503} OK`, "Content-Length: 0", "", "");
  }
  ingest.save();
  expect([1, 1099, 1100, 1200].map((attempt) => legOf("i-1", attempt)?.response?.status)).toEqual([200, 200, 503, 503]);
});

test("what is no HTTP/1.1 is said of the connection, and costs nothing else", () => {
  host(...POST);
  worker("SSH-2.0-something", "", "");
  worker("HTTP/1.1 200 OK", "", "");
  ingest.save();
  expect(legOf("i-1")).toMatchObject({ lost: expect.stringContaining("response could not be read") });
  expect(createQueries(database).session("f").connections).toMatchObject([{ protocol: "unreadable" }]);
});

test("legs that name no invocation, or one that nobody requested, are listed apart", () => {
  const OK = ["HTTP/1.1 200 OK", "Content-Length: 0", "", ""];
  host("GET /nobody HTTP/1.1", "", "");
  worker(...OK);
  host("GET /unknown HTTP/1.1", "x-ms-invocation-id: i-9", "", "");
  worker(...OK);
  host(...POST);
  worker(...OK);
  ingest.save();
  const writer = createWriter(database);
  const path = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream";
  const stream = writer.stream(1, 1, path, 0, "{}");
  const request = { at: clock, stream, side: 0, kind: 4, size: 1, flags: 0, body: 0 };
  writer.message({ ...request, invocationId: "i-1" });
  writer.finishBatch();
  const { legs, count } = createHttpLegQueries(database).strays();
  expect(count).toBe(2);
  expect(legs).toMatchObject([
    { request: { target: "/nobody" }, response: { status: 200 } },
    { request: { target: "/unknown" }, invocationId: "i-9" },
  ]);
  expect(legs[0]).not.toHaveProperty("invocationId");
  // While it is recorded their invocations may yet come.
  expect(createHttpLegQueries(database).strays(5e9).count).toBe(0);
  expect(createHttpLegQueries(database).strays(15e9).count).toBe(2);
  const { problems } = createProblems(database).update();
  expect(problems.filter(({ rule }) => rule === "orphan-http")).toHaveLength(2);
});
