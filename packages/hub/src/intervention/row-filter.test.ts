import { compileFilter } from "@inspector/filter/compile";
import { parseFilter } from "@inspector/filter/parse";
import { readHead } from "@inspector/proto";
import { createQueries } from "@inspector/session/queries";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type SessionWriting, writeSession } from "../../testing/recorded-session.ts";
import { bytesOf } from "../../testing/scripted-relay.ts";
import { type Folder, makeFolder } from "../../testing/served-sessions.ts";
import { openForReading } from "../sqlite.ts";
import { createRowFilter } from "./row-filter.ts";

const PATH = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream";
const HOST = 0;
const WORKER = 1;
const AT = 3e9;

const FILTERS = [
  "",
  "fn:hello",
  "fn:f1",
  "fn:hel*",
  "fn:other",
  "trigger:queue",
  "worker:node",
  "worker:w-1",
  "id:inv-1",
  "id:inv-2",
  "kind:invocation_response",
  "kind:rpc_log level:>=warning",
  "status:failed",
  "status:ok,cancelled",
  "side:worker",
  "is:error",
  "is:cancelled",
  "is:inflight",
  "is:lost",
  "is:orphan",
  "is:retried",
  "is:request OR is:response",
  "dur:>1s",
  "dur:<1s",
  "size:>10b",
  "at:2s..4s",
  "stream:1",
  "boom",
  "/b(o+)m$/",
  "/(a+)+$/",
  'text:"*a*a*a*a*a*a*a*a*a*a*a*a*b"',
  "category:Host.*",
  "-fn:hello",
  "-is:orphan kind:rpc_log",
];

const MESSAGES: readonly (readonly [name: string, side: number, message: unknown])[] = [
  ["a response", WORKER, { invocationResponse: { invocationId: "inv-1", result: { status: "Failure" } } }],
  [
    "a response that says it was cancelled",
    WORKER,
    { invocationResponse: { invocationId: "inv-1", result: { status: "Cancelled" } } },
  ],
  ["a log", WORKER, { rpcLog: { invocationId: "inv-1", message: "boom", level: "Error", category: "Host.x" } }],
  ["a log of nobody's", WORKER, { rpcLog: { message: `${"a".repeat(190)}!`, level: "Debug" } }],
  ["a log of an invocation that was not seen", WORKER, { rpcLog: { invocationId: "inv-2", message: "boom" } }],
  ["a cancel", HOST, { invocationCancel: { invocationId: "inv-1" } }],
  [
    "another request",
    HOST,
    { invocationRequest: { invocationId: "inv-3", functionId: "f1", retryContext: { retryCount: 2 } } },
  ],
];

let folder: Folder;
let writing: SessionWriting;
let stream: number;

beforeEach(() => {
  folder = makeFolder();
  writing = writeSession(folder.file("a"));
  writing.batch((writer) => {
    const relay = writer.relay("r", { segment: 0, offset: 0, seq: 0 });
    stream = writer.stream(writer.connection(relay.id, 1, 0), 1, PATH, 0, "{}");
    writer.updateStream(stream, { worker_id: "w-1", runtime: "node" });
    writer.function(stream, "f1", "hello", "queueTrigger");
    const ids = { invocationId: "inv-1", functionId: "f1" };
    writer.message({ at: 1e9, stream, side: HOST, kind: 4, size: 10, flags: 0, body: 0, ...ids });
  });
});

afterEach(() => {
  writing.close();
  folder.remove();
});

test.each(MESSAGES)("%s that is held matches what it matches once it is recorded", (_, side, message) => {
  const bytes = bytesOf(message);
  const database = openForReading(folder.file("a"));
  const rows = createRowFilter(database);
  const held = { stream, side, at: AT, size: bytes.length, bytes };
  const filters = FILTERS.map((text) => {
    const parsed = parseFilter(text);
    if (!parsed.ok) {
      throw new Error(`${text}: ${parsed.message}`);
    }
    return [text, parsed.filter] as const;
  });
  const before = filters.filter(([, filter]) => rows.matches(filter, held)).map(([text]) => text);
  const facts = { at: AT, stream, side, size: bytes.length, flags: 0, body: 0 };
  writing.batch((writer) => writer.message({ ...facts, ...readHead(bytes) }));
  const queries = createQueries(database);
  const seq = queries.lastSeq();
  const after = filters.filter(([, filter]) => queries.column(compileFilter(filter), seq - 1, 1).length > 0);
  expect(before).toEqual(after.map(([text]) => text));
  database.close();
});

test("an answer that is held on another stream of its worker is of the invocation that came on the first", () => {
  let second = 0;
  writing.batch((writer) => {
    second = writer.stream(writer.connection(1, 2, 0), 1, PATH, 0, "{}");
    writer.updateStream(second, { worker_id: "w-1" });
    writer.joinedStreams.join(second, "w-1");
  });
  const bytes = bytesOf({ invocationResponse: { invocationId: "inv-1", result: { status: "Success" } } });
  const database = openForReading(folder.file("a"));
  const parsed = parseFilter("fn:hello -is:orphan dur:>1s");
  const held = { stream: second, side: WORKER, at: AT, size: bytes.length, bytes };
  expect(parsed.ok && createRowFilter(database).matches(parsed.filter, held)).toBe(true);
  database.close();
});
