import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { http2Writer } from "@inspector/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RawConnection, type RawInspector, type RawPair, type Side, startRawInspector } from "./raw-sockets.ts";
import { EVENT_STREAM } from "./traffic.ts";

const { data, frame, goaway, grpcMessage, headers, headersOf, preface, resetStream, settings, settingsAck } =
  http2Writer;

const REQUEST = [
  [":method", "POST"],
  [":scheme", "http"],
  [":path", EVENT_STREAM],
  [":authority", "127.0.0.1"],
  ["te", "trailers"],
  ["content-type", "application/grpc"],
] as const;
const RESPONSE = [
  [":status", "200"],
  ["content-type", "application/grpc"],
] as const;
const TRAILERS = [
  ["grpc-status", "0"],
  ["x-trailer", "yes"],
] as const;

let inspector: RawInspector;

beforeAll(async () => {
  inspector = await startRawInspector();
});

afterAll(async () => {
  expect(await inspector.stop()).toBe(0);
});

type Turn = readonly [from: Side, ...bytes: Uint8Array[]];

/** A turn is what one side says before the other says something; each waits until it has all of that. */
async function play(turns: readonly Turn[], chunkBytes?: number): Promise<RawConnection> {
  return await inspector.converse(async (pair) => {
    for (const [from, ...bytes] of turns) {
      await pair.say(from, Buffer.concat(bytes), chunkBytes);
    }
    await expectFin(pair, "worker");
    await expectFin(pair, "host");
    expectUnchanged(pair);
  });
}

async function expectFin(pair: RawPair, by: Side): Promise<void> {
  pair[by].socket.end();
  expect(await pair[by === "worker" ? "host" : "worker"].ended).toBe("fin");
}

function expectUnchanged(pair: RawPair): void {
  expect(hash(pair.host.received())).toBe(hash(pair.sent("worker")));
  expect(hash(pair.worker.received())).toBe(hash(pair.sent("host")));
}

function hash(bytes: Uint8Array): string {
  return `${bytes.length} ${createHash("sha256").update(bytes).digest("hex")}`;
}

function expectMessages({ messages }: RawConnection, from: Side, sent: readonly Uint8Array[]): void {
  const recorded = messages.filter((one) => one.from === from);
  expect(recorded.map(({ bytes }) => hash(bytes))).toEqual(sent.map(hash));
}

function payload(size: number, seed = 1): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, i) => i * 7 + (i >> 8) + seed));
}

const opening: readonly Turn[] = [
  ["worker", preface, settings()],
  ["host", settings([3, 100]), settingsAck()],
  ["worker", settingsAck(), headers(1, REQUEST)],
  ["host", headers(1, RESPONSE)],
];
const closing: readonly Turn[] = [
  ["worker", data(1, new Uint8Array(0), { endStream: true })],
  ["host", headers(1, TRAILERS, { endStream: true })],
];
const first = payload(50);
const second = payload(300, 9);

test.each<[title: string, ...turns: Turn[]]>([
  [
    "padding on DATA and HEADERS",
    ["worker", data(1, grpcMessage(first), { padding: 255 }), data(1, grpcMessage(second), { padding: 0 })],
    ["host", data(1, grpcMessage(first), { padding: 1 }), data(1, grpcMessage(second).subarray(0, 9), { padding: 77 })],
    ["host", data(1, grpcMessage(second).subarray(9), { padding: 3 })],
    ["worker", headers(3, REQUEST, { padding: 200, priority: true, endStream: true })],
    ["host", headers(3, TRAILERS, { padding: 9, endStream: true })],
  ],
  [
    "a header block in CONTINUATION frames, of one byte each and with padding",
    ["worker", headers(3, REQUEST, { fragmentBytes: 1, endStream: true })],
    ["host", headers(3, [...RESPONSE, ...TRAILERS], { fragmentBytes: 7, padding: 5, endStream: true })],
    ["worker", data(1, grpcMessage(first)), data(1, grpcMessage(second))],
    ["host", data(1, grpcMessage(first)), data(1, grpcMessage(second))],
  ],
  [
    "settings that change in the middle of a stream: table, window and frame size",
    ["worker", data(1, grpcMessage(first)), settings([1, 0], [4, 1 << 20], [5, 1 << 20])],
    ["host", settingsAck(), settings([1, 65_536], [4, 0], [5, 1 << 22], [6, 1 << 16])],
    ["worker", settingsAck(), settings([4, 2 ** 31 - 1], [0xaf, 7])],
    // The table's new size comes at the beginning of the next block. RFC 7541, 4.2.
    ["host", settingsAck(), headersOf(3, Buffer.concat([Buffer.from([0x20]), http2Writer.headerBlock(TRAILERS)]))],
    ["host", data(1, grpcMessage(first)), data(1, grpcMessage(second))],
    ["worker", data(1, grpcMessage(second))],
  ],
  [
    "PRIORITY, WINDOW_UPDATE, PING and frames of types that nobody knows",
    ["worker", frame(2, 0, 1, Buffer.from([0, 0, 0, 0, 15])), frame(8, 0, 0, Buffer.from([0, 0, 255, 255]))],
    ["worker", frame(6, 0, 0, payload(8)), frame(0xf0, 0xff, 0, payload(40)), frame(0xbe, 1, 1, payload(3))],
    ["host", frame(6, 1, 0, payload(8)), frame(0x0a, 0, 0, payload(16)), frame(0x10, 0, 0, payload(5))],
    ["worker", data(1, grpcMessage(first)), frame(0xf1, 9, 1), data(1, grpcMessage(second))],
    ["host", data(1, grpcMessage(first)), frame(0xf1, 5, 1), data(1, grpcMessage(second))],
  ],
  [
    "several messages in one DATA frame",
    ["worker", data(1, Buffer.concat([grpcMessage(first), grpcMessage(second)]))],
    ["host", data(1, Buffer.concat([grpcMessage(first), grpcMessage(second)]))],
  ],
  [
    "a message in DATA frames of one byte, with empty ones between them",
    ["worker", ...inFrames(first), ...inFrames(second)],
    ["host", ...inFrames(first), ...inFrames(second)],
  ],
  [
    "GOAWAY of both sides, and the stream that goes on after it",
    ["host", goaway(1, 0, "until here"), data(1, grpcMessage(first))],
    ["worker", goaway(0, 2, "so be it"), data(1, grpcMessage(first)), data(1, grpcMessage(second))],
    ["host", data(1, grpcMessage(second))],
  ],
])("pass as they are and leave the messages readable: %s", async (_, ...turns) => {
  const session = await play([...opening, ...turns, ...closing]);
  expectMessages(session, "worker", [first, second]);
  expectMessages(session, "host", [first, second]);
  expect(session.connection).toMatchObject({ protocol: "http2", isClosed: true });
  expect(session.streams[0]).toMatchObject({ end: { by: "worker", how: "end", grpcStatus: 0 }, path: EVENT_STREAM });
  expect(session.streams[0]?.headers.trailers).toMatchObject({ "x-trailer": "yes" });
});

function inFrames(message: Uint8Array): Uint8Array[] {
  const all = grpcMessage(message);
  return Array.from(all, (_, at) => Buffer.concat([data(1, all.subarray(at, at + 1)), data(1, new Uint8Array(0))]));
}

test.each([1, 2, 3, 5, 9, 13])("a conversation that comes in TCP segments of %d bytes is the same", async (size) => {
  const said: readonly Turn[] = [
    ["worker", data(1, grpcMessage(first), { padding: 3 }), data(1, grpcMessage(second))],
    ["host", headers(3, TRAILERS, { fragmentBytes: 4 }), data(1, grpcMessage(second))],
  ];
  const session = await play([...opening, ...said, ...closing], size);
  expectMessages(session, "worker", [first, second]);
  expectMessages(session, "host", [second]);
});

test("messages in frames larger than 64 KiB, as large frames are allowed, are the same", async () => {
  const large = payload(3 * 1024 * 1024);
  const turns: readonly Turn[] = [
    ["worker", settings([5, 2 ** 24 - 1])],
    ["host", settingsAck(), data(1, grpcMessage(large)), data(1, grpcMessage(first))],
  ];
  const session = await play([...opening, ...turns, ...closing]);
  expectMessages(session, "host", [large, first]);
});

test("the compressed flag is each message's own, and stays", async () => {
  const zipped = gzipSync(second);
  const encoded = [...RESPONSE, ["grpc-encoding", "gzip"]] as const;
  const session = await play([
    ...opening.slice(0, 3),
    ["host", headers(1, encoded), data(1, grpcMessage(zipped, 1)), data(1, grpcMessage(first))],
    ["host", data(1, grpcMessage(zipped, 1))],
    ...closing,
  ]);
  expectMessages(session, "host", [zipped, first, zipped]);
  expect(session.messages.map(({ isCompressed }) => isCompressed)).toEqual([true, false, true]);
});

test("calls that share a connection keep their messages apart, however their frames alternate", async () => {
  const cut = grpcMessage(second);
  const session = await play([
    ...opening,
    ["worker", headers(3, REQUEST), data(1, cut.subarray(0, 3)), data(3, cut.subarray(0, 100))],
    ["worker", data(1, cut.subarray(3)), data(3, grpcMessage(second).subarray(100)), data(3, grpcMessage(first))],
    ["host", headers(3, RESPONSE), data(3, cut.subarray(0, 200)), data(1, grpcMessage(first))],
    ["host", data(3, cut.subarray(200))],
    ...closing,
  ]);
  const of = (stream: number, from: Side) =>
    session.messages.filter((one) => one.stream === stream && one.from === from).map(({ size }) => size);
  expect(of(1, "worker")).toEqual([300]);
  expect(of(2, "worker")).toEqual([300, 50]);
  expect(of(1, "host")).toEqual([50]);
  expect(of(2, "host")).toEqual([300]);
});

test.each<Side>(["worker", "host"])(
  "RST_STREAM by the %s passes with its code, and what came of a message stays",
  async (by) => {
    const part = grpcMessage(second).subarray(0, 105);
    const session = await play([...opening, [by, data(1, grpcMessage(first)), data(1, part), resetStream(1, 11)]]);
    expectMessages(session, by, [first, second.subarray(0, 100)]);
    expect(session.messages.filter(({ isTruncated }) => isTruncated)).toHaveLength(1);
    expect(session.streams[0]?.end).toMatchObject({ by, how: "reset", code: 11 });
  },
);

describe("a connection that ends", () => {
  test.each<[Side, Side]>([
    ["worker", "host"],
    ["host", "worker"],
  ])("on the side of the %s first still carries what the %s says", async (by, other) => {
    const session = await inspector.converse(async (pair) => {
      for (const [from, ...bytes] of opening) {
        await pair.say(from, Buffer.concat(bytes));
      }
      await expectFin(pair, by);
      await pair.say(other, data(1, grpcMessage(first)));
      await expectFin(pair, other);
      expectUnchanged(pair);
    });
    expectMessages(session, other, [first]);
    expect(session.streams[0]?.end).toMatchObject({ how: "lost" });
  });

  test.each<[Side, Side]>([
    ["worker", "host"],
    ["host", "worker"],
  ])("with a reset of the %s is reset for the %s, behind the bytes that came before", async (by, other) => {
    const session = await inspector.converse(async (pair) => {
      for (const [from, ...bytes] of opening) {
        await pair.say(from, Buffer.concat(bytes));
      }
      await pair.say(by, Buffer.concat([data(1, grpcMessage(first)), data(1, grpcMessage(second).subarray(0, 20))]));
      pair[by].socket.resetAndDestroy();
      expect(await pair[other].ended).toBe("reset");
      expectUnchanged(pair);
    });
    expectMessages(session, by, [first, second.subarray(0, 15)]);
    expect(session.connection.end).toMatchObject({ by, how: "reset" });
    expect(session.streams[0]?.end).toMatchObject({ by, how: "lost" });
  });

  test.each<[Side, Side]>([
    ["worker", "host"],
    ["host", "worker"],
  ])("with a reset of the %s in the same breath as its last bytes is no end to the %s either", async (by, other) => {
    const session = await inspector.converse(async (pair) => {
      for (const [from, ...bytes] of opening) {
        await pair.say(from, Buffer.concat(bytes));
      }
      pair[by].socket.write(data(1, grpcMessage(first)));
      pair[by].socket.resetAndDestroy();
      expect(await pair[other].ended).toBe("reset");
    });
    expect(session.connection.end).toMatchObject({ by, how: "reset" });
  });
});

test.each<[string, Turn[], RegExp]>([
  [
    "HTTP/1.1",
    [
      ["worker", Buffer.from("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi")],
      ["host", Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nyo")],
    ],
    /worker/u,
  ],
  [
    "TLS",
    [
      ["worker", Buffer.from("16030100c8010000c40303", "hex"), payload(190)],
      ["host", Buffer.from("160303005a02", "hex"), payload(85), payload(70_000, 5)],
      ["worker", payload(30_000, 77)],
    ],
    /worker/u,
  ],
  [
    "a host that speaks another protocol first",
    [
      ["host", Buffer.from("220 mail.example ESMTP\r\n")],
      ["worker", payload(9)],
    ],
    /host/u,
  ],
])(
  "what is not HTTP/2 passes, and is recorded as a connection that could not be read: %s",
  async (_, turns, reason) => {
    const session = await play(turns);
    expect(session.connection).toMatchObject({ protocol: "unreadable", isClosed: true });
    expect(session.connection.reason).toMatch(reason);
    expect(session.messages).toEqual([]);
  },
);
