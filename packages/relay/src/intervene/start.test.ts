/** What a worker says at its start goes on in the frames in which it came, unless it declares an HTTP server. */
import { create, encodeMessage, type MessageInitShape, StreamingMessageSchema } from "@inspector/proto";
import { http2Writer } from "@inspector/testkit";
import type { Side } from "@inspector/wire/frames";
import { afterEach, describe, expect, test, vi } from "vitest";
import { httpUriOf, replaceHttpUri } from "../http-capture/http-uri.ts";
import { ByteBudget } from "./byte-budget.ts";
import { InterveningConnection } from "./connection.ts";
import { Holding } from "./holding.ts";

const { data, frame, grpcMessage, preface, resetStream, settings, settingsAck } = http2Writer;
const HEADERS = frame(1, 4, 1, new Uint8Array(3));

type Content = NonNullable<MessageInitShape<typeof StreamingMessageSchema>["content"]>;

function message(content: Content): Uint8Array {
  return grpcMessage(encodeMessage(create(StreamingMessageSchema, { requestId: "r", content })));
}

const START = message({ case: "startStream", value: { workerId: "w" } });
const LOG = message({ case: "rpcLog", value: { message: "x".repeat(300) } });
const ANSWER = message({ case: "invocationResponse", value: { invocationId: "i" } });
const METADATA = message({ case: "functionMetadataResponse", value: {} });

function init(capabilities: Readonly<Record<string, string>>): Uint8Array {
  const padding = { TypedDataCollection: "true", filler: "y".repeat(1200) };
  return message({ case: "workerInitResponse", value: { capabilities: { ...capabilities, ...padding } } });
}

const PLAIN = init({});
const DECLARING = init({ HttpUri: "http://127.0.0.1:5001/" });

/** A connection whose worker's HTTP server is replaced, and all that went to each side. */
function connect() {
  const got: Record<Side, Buffer[]> = { host: [], worker: [] };
  const connection = new InterveningConnection({
    id: 1,
    rewrite: (_, bytes) => replaceHttpUri(bytes, () => "http://127.0.0.1:9/"),
    isRewritable: (bytes) => httpUriOf(bytes) !== undefined,
    holding: new Holding(),
    orders: new ByteBudget(2 ** 20),
    mayWrite: () => true,
    write: (to, pieces) => got[to].push(...pieces.map((piece) => Buffer.from(piece))),
    record: () => {},
    report: () => {},
    broken: () => {},
    nextHeldId: () => 1,
    nanos: () => 0,
  });
  const say = (from: Side, ...parts: readonly Uint8Array[]): void => {
    const bytes = Buffer.concat(parts);
    if (connection.push(from, bytes, bytes.length)) {
      got[from === "worker" ? "host" : "worker"].push(Buffer.from(bytes));
    }
  };
  say("worker", preface, settings());
  say("host", settings(), settingsAck());
  say("worker", settingsAck(), HEADERS);
  say("host", HEADERS);
  const told = (side: Side): Buffer => Buffer.concat(got[side]);
  const before = { host: told("host").length, worker: told("worker").length };
  return {
    connection,
    say,
    toHost: () => told("host").subarray(before.host),
    toWorker: () => told("worker").subarray(before.worker),
  };
}

/** Frames with this content, each as large as said, the last one the rest. */
function inFrames(content: Uint8Array, ...sizes: readonly number[]): Buffer {
  const frames: Uint8Array[] = [];
  let at = 0;
  for (const size of [...sizes, content.length]) {
    frames.push(data(1, content.subarray(at, at + size)));
    at = Math.min(content.length, at + size);
  }
  return Buffer.concat(frames);
}

const TALKS: readonly (readonly [string, Uint8Array])[] = [
  ["each message in a frame", Buffer.concat([START, LOG, PLAIN, METADATA, ANSWER].map((one) => data(1, one)))],
  ["all messages in one frame", data(1, Buffer.concat([START, LOG, PLAIN, METADATA, ANSWER]))],
  ["prefixes in frames of their own", inFrames(Buffer.concat([START, PLAIN, LOG]), START.length, 5)],
  ["a message in three frames", inFrames(Buffer.concat([START, PLAIN, LOG]), START.length, 3, 40)],
  [
    "padding, pings and window updates in between",
    Buffer.concat([
      data(1, START, { padding: 7 }),
      data(1, PLAIN.subarray(0, 100), { padding: 200 }),
      frame(6, 0, 0, new Uint8Array(8)),
      frame(8, 0, 0, Buffer.from([0, 0, 1, 0])),
      data(1, PLAIN.subarray(100)),
      data(1, LOG),
    ]),
  ],
  [
    "an init response that never becomes whole",
    Buffer.concat([data(1, START), data(1, PLAIN.subarray(0, 50)), resetStream(1, 8)]),
  ],
];

describe("a worker without an HTTP server", () => {
  test.each(TALKS)("is passed on byte by byte, and nothing is said to it: %s", (_, talk) => {
    for (const size of [1, 2, 3, 7, 9, 13, 100, 1000, talk.length]) {
      const { say, toHost, toWorker } = connect();
      for (let at = 0; at < talk.length; at += size) {
        say("worker", talk.subarray(at, at + size));
      }
      expect(toHost().equals(talk), `in pieces of ${size}`).toBe(true);
      expect(toWorker()).toHaveLength(0);
    }
  });

  test("is heard at once as far as its messages are whole", () => {
    const { say, toHost } = connect();
    const first = Buffer.concat([data(1, START), data(1, LOG)]);
    say("worker", first, data(1, PLAIN).subarray(0, 60));
    expect(toHost().equals(first)).toBe(true);
  });

  test("does not wait for the end of a long message that is something else", () => {
    const { say, toHost } = connect();
    const long = message({ case: "rpcLog", value: { message: "z".repeat(40_000) } });
    say("worker", data(1, START), inFrames(long, 16_384).subarray(0, 9 + 16_384));
    say("worker", data(1, long.subarray(16_384, 32_768)).subarray(0, 20));
    expect(toHost().length).toBeGreaterThan(16_384);
  });

  test("that ends in the middle is passed on before its end", () => {
    const { connection, say, toHost } = connect();
    const talk = Buffer.concat([data(1, START), data(1, PLAIN).subarray(0, 60)]);
    say("worker", talk);
    const ended: number[] = [];
    connection.afterWaiting("worker", () => ended.push(toHost().length));
    expect(ended).toEqual([talk.length]);
    expect(toHost().equals(talk)).toBe(true);
  });

  test("that falls silent in the middle is passed on after a second", () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { say, toHost } = connect();
    const talk = Buffer.concat([data(1, START), data(1, PLAIN)]);
    say("worker", talk.subarray(0, 100));
    expect(toHost().length).toBeLessThan(100);
    vi.advanceTimersByTime(1001);
    expect(toHost().length).toBe(100);
    say("worker", talk.subarray(100));
    expect(toHost().equals(talk)).toBe(true);
  });

  test("whose init response is larger than the host's window gets room for it", () => {
    const { say, toHost, toWorker } = connect();
    const large = message({ case: "workerInitResponse", value: { capabilities: { filler: "y".repeat(100_000) } } });
    say("worker", data(1, START), inFrames(large.subarray(0, 65_535 - START.length), 16_384, 16_384, 16_384));
    expect(toWorker().length).toBeGreaterThan(0);
    expect(toHost().length).toBeGreaterThan(0);
  });
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a worker with an HTTP server", () => {
  test.each([
    ["in a frame", Buffer.concat([data(1, START), data(1, DECLARING), data(1, LOG)])],
    ["with others in a frame", Buffer.concat([data(1, START), data(1, Buffer.concat([LOG, DECLARING, METADATA]))])],
    ["in three frames", inFrames(Buffer.concat([START, DECLARING, LOG]), START.length, 3, 40)],
  ])("is heard with another address: %s", (_, talk) => {
    for (const size of [1, 7, 100, talk.length]) {
      const { say, toHost } = connect();
      // A worker waits for the host before it says more than start_stream.
      const first = talk.length === size ? 9 + START.length : 0;
      say("worker", talk.subarray(0, first));
      for (let at = first; at < talk.length; at += size) {
        say("worker", talk.subarray(at, at + size));
      }
      expect(toHost().toString("latin1"), `in pieces of ${size}`).toContain("http://127.0.0.1:9/");
      expect(toHost().toString("latin1")).not.toContain("http://127.0.0.1:5001/");
    }
  });

  test("that has answered an invocation is past its start", () => {
    const { say, toHost } = connect();
    const talk = Buffer.concat([START, ANSWER, DECLARING].map((one) => data(1, one)));
    say("worker", talk);
    expect(toHost().equals(talk)).toBe(true);
  });
});
