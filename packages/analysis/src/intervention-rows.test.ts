import type { InvocationRow } from "@inspector/contract/page";
import type { Database } from "@inspector/session/database";
import { functionsOf } from "@inspector/session/function-queries";
import { createInvocationQueries } from "@inspector/session/invocation-queries";
import { createQueries } from "@inspector/session/queries";
import { SCHEMA } from "@inspector/session/schema";
import { createWriter, type MessageFacts, type Writer } from "@inspector/session/writer";
import { DatabaseSync } from "@photostructure/sqlite";
import { beforeEach, expect, test } from "vitest";
import { createProblems } from "./problems/problems.ts";

const HOST = 0;
const WORKER = 1;
const EVENT_STREAM = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream";

let database: Database;
let writer: Writer;
let stream: number;

beforeEach(() => {
  database = memory();
  database.exec(SCHEMA);
  writer = createWriter(database);
  const relay = writer.relay("r", { segment: 0, offset: 0, seq: 0 }).id;
  stream = writer.stream(writer.connection(relay, 1, 0), 1, EVENT_STREAM, 0, "{}");
  writer.function(stream, "f1", "hello", "http");
});

function memory(): Database {
  return new DatabaseSync(":memory:") as unknown as Database;
}

function say(side: number, kind: number, invocationId: string, more: Partial<MessageFacts> = {}): number {
  const at = writer.lastSeq * 10;
  return writer.message({ at, stream, side, kind, size: 10, flags: 0, body: 0, invocationId, ...more });
}

function request(id: string, more: Partial<MessageFacts> = {}): number {
  return say(HOST, 4, id, { functionId: "f1", ...more });
}

function row(id: number): InvocationRow {
  const [found] = createInvocationQueries(database).rows([id]).rows;
  if (found?.type !== "invocation") {
    throw new Error("no invocation");
  }
  return found;
}

const mark = { run: 3, n: 2, isEdited: true };

test("a replay is an invocation that says so, and none of the host's calls", () => {
  const own = request("a");
  say(WORKER, 5, "a", { status: 1 });
  const replay = request("b", { isInjected: true, replay: mark });
  const answer = say(WORKER, 5, "b", { status: 0 });
  writer.mark(answer, "swallowed");
  writer.finishBatch();
  expect(row(own)).not.toHaveProperty("replay");
  expect(row(replay)).toMatchObject({ state: "failed", replay: mark });
  const rows = createQueries(database).messages([own, replay, answer]).rows;
  expect(rows.map(({ intervention }) => intervention)).toEqual([undefined, "injected", "swallowed"]);
  expect(functionsOf(database, () => undefined)).toMatchObject([{ calls: 1, failures: 0 }]);
});

test("the request that a worker got is the host's, the one in its place, or none", () => {
  const detail = (id: number) => createInvocationQueries(database).detail(id);
  const plain = request("a");
  const edited = request("b");
  writer.mark(edited, "held");
  writer.mark(edited, "replaced");
  const instead = request("b", { isInjected: true });
  const answered = request("c");
  writer.mark(answered, "dropped");
  say(WORKER, 5, "c", { isInjected: true, status: 1 });
  const replay = request("d", { isInjected: true, replay: mark });
  writer.finishBatch();
  expect(detail(plain)).toMatchObject({ request: plain, heard: plain });
  expect(detail(edited)).toMatchObject({ request: edited, heard: instead });
  expect(detail(answered)).toMatchObject({ request: answered });
  expect(detail(answered)).not.toHaveProperty("heard");
  expect(detail(replay)).toMatchObject({ request: replay, heard: replay });
});

test("no problem is made of what a replay did", () => {
  const replay = request("b", { isInjected: true, replay: mark });
  say(WORKER, 5, "b", { status: 0 });
  say(WORKER, 5, "b", { status: 0 });
  const lost = request("c", { isInjected: true, replay: mark });
  writer.updateStream(stream, { ended_at: 1e9, end: JSON.stringify({ by: "worker", how: "end" }) });
  writer.finishBatch();
  const { problems } = createProblems(database).update();
  expect(problems.filter(({ invocation }) => invocation === replay || invocation === lost)).toEqual([]);
  expect(problems.map(({ rule }) => rule)).not.toContain("lost-invocation");
});

test("a worker that ended had replays in hand, and not what was kept from it", () => {
  say(WORKER, 20, "");
  writer.updateStream(stream, { worker_id: "w1", runtime: "node" });
  say(HOST, 17, "");
  say(WORKER, 16, "", { status: 1 });
  writer.mark(request("a"), "dropped");
  request("b", { isInjected: true, replay: mark });
  writer.updateStream(stream, { ended_at: 1e9, end: JSON.stringify({ by: "worker", how: "lost" }) });
  writer.finishBatch();
  const { verdicts, problems } = createProblems(database).update();
  expect(verdicts.map(({ sentence }) => sentence)).toEqual([
    "The connection of the node worker w1 closed while 1 replay was in flight (hello).",
  ]);
  expect(problems.map(({ rule }) => rule)).not.toContain("lost-invocation");
});

test("a request that was replaced is one invocation, and so is its answer", () => {
  const held = request("a");
  writer.mark(held, "held");
  writer.mark(held, "replaced");
  const instead = request("a", { isInjected: true });
  const answer = say(WORKER, 5, "a", { status: 1 });
  writer.mark(answer, "replaced");
  say(WORKER, 5, "a", { status: 0, isInjected: true });
  writer.finishBatch();
  expect(row(held)).toMatchObject({ attempt: 1, state: "success", extraAnswers: 0 });
  expect(row(held)).not.toHaveProperty("isOverlapping");
  const queries = createQueries(database);
  expect(queries.messages([held, instead, answer]).rows.map(({ intervention }) => intervention)).toEqual([
    "replaced",
    "injected",
    "replaced",
  ]);
  expect(queries.related(held)).toHaveLength(4);
});

test("an answer in the worker's stead answers", () => {
  const held = request("a");
  writer.mark(held, "dropped");
  say(WORKER, 5, "a", { status: 1, isInjected: true });
  writer.finishBatch();
  expect(row(held).state).toBe("success");
});

test("messages are counted from the end, without those of the inspector", () => {
  const first = request("a");
  request("b", { isInjected: true, replay: mark });
  const second = request("c");
  expect(writer.messageBefore(stream, HOST, 0)).toBe(second);
  expect(writer.messageBefore(stream, HOST, 1)).toBe(first);
  expect(writer.messageBefore(stream, HOST, 2)).toBeUndefined();
});
