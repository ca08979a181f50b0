import { createTranscript, formatEntry, http2Writer, type TranscriptEntry } from "@inspector/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Conversation, createConversation, restoreConversation } from "./conversation.ts";
import type { Side } from "./frames.ts";

const {
  data,
  frame,
  goaway,
  grpcMessage,
  headerBlock,
  headers,
  headersOf,
  preface,
  resetStream,
  settings,
  settingsAck,
} = http2Writer;

type Sent = readonly [side: Side, bytes: Uint8Array];

const REQUEST = [
  [":path", "/a/b"],
  ["content-type", "application/grpc"],
] as const;

/** A header block whose first field goes into the table: RFC 7541, 6.2.1. */
function indexed(fields: readonly (readonly [string, string])[]): Uint8Array {
  return Buffer.concat([Buffer.from([0x40]), headerBlock(fields).subarray(1)]);
}

/** A conversation with something of everything, in frames. */
const everything: readonly Sent[] = [
  ["worker", preface],
  ["host", settings([1, 200], [5, 20_000])],
  ["worker", settings([1, 8192])],
  ["worker", headers(1, REQUEST, { padding: 3, priority: true, fragmentBytes: 7 })],
  ["worker", settingsAck()],
  ["worker", data(1, grpcMessage(Buffer.from("abcdefgh")).subarray(0, 9), { padding: 4 })],
  ["host", settingsAck()],
  [
    "host",
    headersOf(
      1,
      Buffer.concat([Buffer.from([0x3f, 0xe1, 0x01, 0x88]), indexed([["content-type", "application/grpc"]])]),
    ),
  ],
  ["worker", frame(6, 0, 0, new Uint8Array(8))],
  ["worker", headersOf(3, indexed(REQUEST))],
  [
    "host",
    data(
      1,
      Buffer.concat([
        grpcMessage(Buffer.from("one")),
        grpcMessage(new Uint8Array(0)),
        grpcMessage(Buffer.from("two"), 1),
      ]),
    ),
  ],
  ["worker", data(1, Buffer.concat([Buffer.from("efgh"), grpcMessage(Buffer.from("half")).subarray(0, 2)]))],
  ["host", headersOf(3, Buffer.from([0x88, 0xbe]))],
  ["worker", data(1, grpcMessage(Buffer.from("half")).subarray(2), { padding: 0, endStream: true })],
  ["host", data(3, grpcMessage(Buffer.from("cut off")).subarray(0, 8))],
  ["host", headers(1, [["grpc-status", "0"]], { endStream: true, fragmentBytes: 4 })],
  ["worker", resetStream(3, 8)],
  ["host", goaway(3, 0, "bye")],
  ["host", data(3, Buffer.from("off"), { endStream: true })],
  ["worker", headers(5, REQUEST)],
  ["worker", data(5, grpcMessage(Buffer.from("open")).subarray(0, 6))],
];

/** What is said when the bytes come in these pieces; `stored` names the pieces behind which it is stored. */
function run(pieces: readonly Sent[], stored: (piece: number) => boolean): readonly TranscriptEntry[] {
  const { events, entries } = createTranscript();
  let conversation: Conversation = createConversation(events);
  for (const [i, [side, bytes]] of pieces.entries()) {
    conversation.push(side, bytes);
    if (stored(i)) {
      conversation = restoreConversation(structuredClone(conversation.save()), events);
    }
  }
  conversation.closed();
  return entries;
}

const never = () => false;
const always = () => true;
const whole = run(everything, never);

test("the conversation used here is read to its end", () => {
  expect(whole.filter(({ type }) => type === "unreadable")).toEqual([]);
  expect(whole.map(formatEntry).slice(-5)).toEqual([
    "3 host message 0/7 truncated cutoff",
    "3 host end",
    "3 forgotten",
    "5 opened /a/b",
    "5 worker message 0/4 truncated o",
  ]);
});

test("one byte at a time, stored behind each, says the same", () => {
  const bytes = everything.flatMap(([side, bytes]) => [...bytes].map((byte): Sent => [side, Uint8Array.of(byte)]));
  expect(run(bytes, never)).toEqual(whole);
  expect(run(bytes, always)).toEqual(whole);
});

test("cut once, at every byte of every frame, and stored there, says the same", () => {
  for (const [i, [side, bytes]] of everything.entries()) {
    for (let at = 0; at <= bytes.length; at++) {
      const cut: Sent[] = [
        [side, bytes.subarray(0, at)],
        [side, bytes.subarray(at)],
      ];
      expect(run([...everything.slice(0, i), ...cut, ...everything.slice(i + 1)], (piece) => piece === i)).toEqual(
        whole,
      );
    }
  }
});

test("messages of any size, in frames and pieces of any size, come out whole", () => {
  const sizes = fc.array(
    fc.oneof(fc.nat(40), fc.nat(40_000), fc.constantFrom(0, 65_535, 65_536, 1_048_576, 1_048_577)),
    {
      maxLength: 6,
    },
  );
  const pieceSizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 70_000 })), {
    minLength: 1,
  });
  fc.assert(
    fc.property(
      sizes,
      fc.integer({ min: 1, max: 16_384 }),
      pieceSizes,
      fc.nat(30),
      (lengths, frameBytes, pieces, store) => {
        const messages = lengths.map((length, i) => Buffer.alloc(length, `message ${i}`));
        const stream = Buffer.concat(messages.map((message) => grpcMessage(message)));
        const frames = [preface, settings(), headers(1, REQUEST)];
        for (let at = 0; at < stream.length; at += frameBytes) {
          frames.push(data(1, stream.subarray(at, at + frameBytes)));
        }
        const received = receive(Buffer.concat(frames), pieces, store);
        expect(received.map((message) => message.length)).toEqual(lengths);
        expect(received.every((message, i) => messages[i]?.equals(message))).toBe(true);
      },
    ),
    { numRuns: 40 },
  );
});

/** The messages in a worker's bytes, which come in pieces of these sizes, again and again; stored behind each n-th. */
function receive(bytes: Uint8Array, pieces: readonly number[], store: number): Buffer[] {
  const received: Buffer[] = [];
  let parts: Uint8Array[] = [];
  const { events } = createTranscript();
  const sink = {
    ...events,
    message: (part: { bytes: Uint8Array; last: boolean }) => {
      parts.push(Uint8Array.from(part.bytes));
      if (part.last) {
        received.push(Buffer.concat(parts.splice(0)));
      }
    },
  };
  let conversation = createConversation(sink);
  for (let at = 0, i = 0; at < bytes.length; i++) {
    // Megabytes are not worth being cut into single bytes: behind the first pieces they get larger.
    const size = (pieces[i % pieces.length] ?? 1) * (1 + Math.floor(i / 100));
    conversation.push("worker", bytes.subarray(at, at + size));
    at += size;
    if (store > 0 && i % store === 0 && i < 500) {
      conversation = restoreConversation(structuredClone(conversation.save()), sink);
    }
  }
  parts = [];
  return received;
}

test("a state can be used twice", () => {
  const { events } = createTranscript();
  const conversation = createConversation(events);
  for (const [side, bytes] of everything.slice(0, 6)) {
    conversation.push(side, bytes);
  }
  const state = conversation.save();
  const rest = [1, 2].map(() => {
    const transcript = createTranscript();
    const restored = restoreConversation(state, transcript.events);
    for (const [side, bytes] of everything.slice(6)) {
      restored.push(side, bytes);
    }
    return transcript.entries;
  });
  expect(rest[0]).toEqual(rest[1]);
  expect(rest[0]).not.toEqual([]);
});
