/** Messages that their stream ended in the middle of, and messages with damage inside. */
import { createProblems } from "@inspector/analysis/problems/problems";
import { compileFilter } from "@inspector/filter/compile";
import { parseFilter } from "@inspector/filter/parse";
import { createInvocationQueries } from "@inspector/session/invocation-queries";
import { createQueries } from "@inspector/session/queries";
import { http2Writer } from "@inspector/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type OneRecording, startRecording } from "../../testing/one-recording.ts";
import { bytesOf, type ScriptedRelay } from "../../testing/scripted-relay.ts";

const { data, grpcMessage, resetStream } = http2Writer;
const CANCEL = 8;

let recording: OneRecording;
let relay: ScriptedRelay;

beforeEach(async () => {
  recording = await startRecording();
  relay = recording.relay;
  relay.say(1, "worker", { startStream: { workerId: "w1" } });
  relay.say(1, "host", { workerInitRequest: {} });
  relay.say(1, "worker", { workerInitResponse: { result: { status: "Success" } } });
});

afterEach(() => recording.end());

function stored() {
  recording.ingest();
  const database = recording.read();
  const queries = createQueries(database);
  const { rows } = queries.messagesAfter(3, 100);
  const invocations = createInvocationQueries(database).rows(rows.map(({ seq }) => seq)).rows;
  const { events } = queries.eventsAfter(0);
  const { problems } = createProblems(database).update();
  database.close();
  return { rows, invocations, problems, cuts: events.filter(({ type }) => type === "message-cut") };
}

/** All of a message's frame but its last bytes. */
function most(message: unknown, missing: number): Uint8Array {
  const whole = grpcMessage(bytesOf(message));
  return data(1, whole.subarray(0, whole.length - missing));
}

const LONG = "x".repeat(3000);

test("an answer that breaks off has its kind, its id and its size so far, and answers nothing", () => {
  relay.say(1, "host", { invocationRequest: { invocationId: "a", functionId: "f" } });
  relay.bytes(1, "worker", most({ invocationResponse: { invocationId: "a", returnValue: { string: LONG } } }, 1000));
  relay.bytes(1, "worker", resetStream(1, CANCEL));
  const { rows, invocations, problems, cuts } = stored();
  const announced = bytesOf({ invocationResponse: { invocationId: "a", returnValue: { string: LONG } } }).length;
  expect(rows.at(-1)).toMatchObject({
    kind: "invocation_response",
    invocationId: "a",
    isTruncated: true,
    size: announced - 1000,
  });
  expect(rows.at(-1)).not.toHaveProperty("status");
  expect(invocations).toMatchObject([{ id: 4, state: "lost" }]);
  expect(cuts).toMatchObject([{ from: "worker", detail: { message: 5, announced, bytes: announced - 1000 } }]);
  expect(problems).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        rule: "cut-message",
        title: `invocation_response of f from the worker broke off after ${announced - 1000} of ${announced} bytes`,
      }),
    ]),
  );
});

test("a request that breaks off is in flight to the host, and lost with the stream", () => {
  relay.bytes(1, "host", most({ invocationRequest: { invocationId: "a", functionId: "f", traceContext: {} } }, 1));
  relay.bytes(1, "worker", resetStream(1, CANCEL));
  relay.close(1);
  const { rows, invocations } = stored();
  expect(rows).toMatchObject([{ kind: "invocation_request", invocationId: "a", functionId: "f" }]);
  expect(invocations).toMatchObject([{ id: 4, state: "lost" }]);
});

test("an answer of several parts that breaks off is read from what is there", () => {
  relay.say(1, "host", { invocationRequest: { invocationId: "a", functionId: "f" } });
  const whole = grpcMessage(
    bytesOf({ invocationResponse: { invocationId: "a", returnValue: { string: "y".repeat(2_500_000) } } }),
  );
  for (let at = 0; at < whole.length - 100_000; at += 16_384) {
    relay.bytes(1, "worker", data(1, whole.subarray(at, Math.min(at + 16_384, whole.length - 100_000))));
  }
  relay.bytes(1, "worker", resetStream(1, CANCEL));
  const { rows, invocations } = stored();
  expect(rows.at(-1)).toMatchObject({
    kind: "invocation_response",
    invocationId: "a",
    size: whole.length - 5 - 100_000,
  });
  expect(invocations).toMatchObject([{ state: "lost" }]);
});

test("a message that a strict parser refuses is marked, and found by is:damaged", () => {
  const log = bytesOf({ rpcLog: { message: "ab" } });
  log.set([0xff, 0xfe], log.length - 2);
  const cutInside = Uint8Array.from(Buffer.from("220c0a0269311201661a7f0a0161", "hex"));
  const large = bytesOf({ rpcLog: { message: "x".repeat(10_000) } });
  large[large.length - 1] = 0xff;
  for (const message of [
    log,
    cutInside,
    Uint8Array.of(0xff, 0xff, 0xff),
    large,
    bytesOf({ rpcLog: { message: "ü" } }),
  ]) {
    relay.bytes(1, "worker", data(1, grpcMessage(message)));
  }
  const { rows, problems } = stored();
  expect(rows.map(({ kind, isDamaged }) => [kind, isDamaged])).toEqual([
    ["rpc_log", true],
    ["invocation_request", true],
    ["undecodable", true],
    ["rpc_log", true],
    ["rpc_log", undefined],
  ]);
  // The mark hides nothing from those that read the message.
  expect(problems.filter(({ rule }) => rule === "damaged-message")).toHaveLength(3);
  const parsed = parseFilter("is:damaged");
  const database = recording.read();
  expect(parsed.ok && createQueries(database).column(compileFilter(parsed.filter), 0, 10)).toEqual([4, 5, 6, 7]);
  database.close();
});

test("a message of several parts is marked like a small one, wherever in it the damage is", () => {
  const whole = bytesOf({ rpcLog: { message: "ü".repeat(900_000) } });
  const binary = bytesOf({
    invocationResponse: { invocationId: "a", returnValue: { bytes: "/////".repeat(400_000) } },
  });
  const halved = Uint8Array.from(whole);
  halved[halved.length - 1] = 0x61;
  const early = Uint8Array.from(whole);
  early[20] = 0xff;
  for (const message of [whole, binary, halved, early]) {
    for (let at = 0, all = grpcMessage(message); at < all.length; at += 16_000) {
      relay.bytes(1, "worker", data(1, all.subarray(at, at + 16_000)));
    }
  }
  const { rows, problems } = stored();
  expect(rows.map(({ kind, isDamaged }) => [kind, isDamaged])).toEqual([
    ["rpc_log", undefined],
    ["invocation_response", undefined],
    ["rpc_log", true],
    ["rpc_log", true],
  ]);
  expect(problems.filter(({ rule }) => rule === "damaged-message")).toMatchObject([{ count: 2 }]);
});

test("what is wrong in a message that is too large to be read at once is said with its place", () => {
  const whole = bytesOf({ rpcLog: { message: "ü".repeat(2_600_000) } });
  const at = 5_000_001;
  whole[at] = 0x61;
  for (let from = 0, all = grpcMessage(whole); from < all.length; from += 16_000) {
    relay.bytes(1, "worker", data(1, all.subarray(from, from + 16_000)));
  }
  const { rows, problems } = stored();
  expect(rows).toMatchObject([{ kind: "rpc_log", isDamaged: true }]);
  const titles = problems.flatMap(({ rule, title }) => (rule === "damaged-message" ? [title] : []));
  expect(titles).toHaveLength(1);
  expect(titles[0]).toMatch(
    /^rpc_log from the worker is malformed: rpc_log\.message holds text that is not UTF-8 \(byte 500000[01]\)$/u,
  );
});
