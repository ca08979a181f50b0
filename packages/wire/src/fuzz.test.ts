/**
 * Bytes that no peer would send, cut where no peer would cut them: what is read never depends on the cuts, and nothing
 * throws. fast-check prints the seed of a run that fails, with the smallest input that still does.
 */
import { createTranscript, formatEntry, http2Writer } from "@inspector/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createConversation } from "./conversation.ts";
import { createHttp1, type Http1Part } from "./http1.ts";
import {
  frameRecord,
  RECORD_BYTES,
  RECORD_HEADER_BYTES,
  RECORD_OVERHEAD_BYTES,
  readRecords,
  SIDE_HOST,
} from "./journal.ts";

const { data, frame, goaway, grpcMessage, headers, preface, resetStream, settings, settingsAck } = http2Writer;

const RUNS = 1_000;

/** Where bytes are cut, as shares of 1000, and which byte is changed into what. */
const cuts = fc.array(fc.nat(999), { maxLength: 12 });
const damage = fc.array(fc.tuple(fc.nat(99_999), fc.nat(255)), { maxLength: 4 });

function cutAt(bytes: Uint8Array, shares: readonly number[]): Uint8Array[] {
  const places = [...new Set(shares.map((share) => Math.floor((bytes.length * share) / 1000)))].sort((a, b) => a - b);
  return [...places, bytes.length].map((end, i) => bytes.subarray(places[i - 1] ?? 0, end));
}

function damaged(bytes: Uint8Array, changes: readonly (readonly [number, number])[]): Uint8Array {
  const changed = Uint8Array.from(bytes);
  for (const [at, value] of changes) {
    if (changed.length > 0) {
      changed[at % changed.length] = value;
    }
  }
  return changed;
}

const stream = fc.constantFrom(1, 3, 5);
const content = fc.uint8Array({ maxLength: 90 });
const request = [
  [":path", "/a/b"],
  ["content-type", "application/grpc"],
] as const;
const response = [
  [":status", "200"],
  ["content-type", "application/grpc"],
] as const;

/** Frames of a call, as peers send them: messages one by one, or cut over frames that may be padded. */
const messages = fc
  .tuple(stream, fc.array(content, { maxLength: 4 }), fc.integer({ min: 1, max: 60 }), fc.nat(9))
  .map(([id, contents, perFrame, padding]) => {
    const bytes = Buffer.concat(contents.map((one) => grpcMessage(one)));
    const frames = [];
    for (let at = 0; at < bytes.length; at += perFrame) {
      frames.push(data(id, bytes.subarray(at, at + perFrame), { ...(padding > 6 && { padding }) }));
    }
    return Buffer.concat(frames);
  });

/** What ends a call, or a conversation, and what no peer sends. */
const rest = fc.oneof(
  fc
    .tuple(stream, fc.integer({ min: 1, max: 40 }))
    .map(([id, fragmentBytes]) => headers(id, [["grpc-status", "0"]], { endStream: true, fragmentBytes })),
  stream.map((id) => resetStream(id, 8)),
  stream.map((id) => data(id, new Uint8Array(0), { endStream: true })),
  fc.constant(settings([1, 100], [5, 20_000])),
  fc.constant(goaway(1, 0, "bye")),
  fc.tuple(stream, content).map(([id, bytes]) => data(id, bytes)),
  fc.tuple(fc.nat(255), fc.nat(255), stream, content).map(([type, flags, id, bytes]) => frame(type, flags, id, bytes)),
);

const turn = fc.record({
  from: fc.constantFrom("host" as const, "worker" as const),
  frames: fc.array(fc.oneof({ weight: 6, arbitrary: messages }, { weight: 1, arbitrary: rest }), { maxLength: 6 }),
  changes: fc.oneof({ weight: 8, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: damage }),
});

const opening = [
  ["worker", Buffer.concat([preface, settings(), ...[1, 3, 5].map((id) => headers(id, request))])],
  ["host", Buffer.concat([settings(), settingsAck(), ...[1, 3, 5].map((id) => headers(id, response))])],
] as const;

test("a conversation says the same however its bytes are cut, damaged ones too", () => {
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 12 }), cuts, (turns, places) => {
      const said = turns.map(({ from, frames, changes }) => [from, damaged(Buffer.concat(frames), changes)] as const);
      const read = (cut: (bytes: Uint8Array) => readonly Uint8Array[]): readonly string[] => {
        const { events, entries } = createTranscript();
        const conversation = createConversation(events);
        for (const [from, bytes] of [...opening, ...said]) {
          for (const piece of cut(bytes)) {
            conversation.push(from, piece);
          }
        }
        conversation.closed();
        return entries.map(formatEntry);
      };
      const whole = read((bytes) => [bytes]);
      expect(read((bytes) => cutAt(bytes, places))).toEqual(whole);
      expect(read((bytes) => Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
    }),
    { numRuns: RUNS },
  );
});

const body = fc.string({ maxLength: 40 });
const startLine = fc.constantFrom("GET /a HTTP/1.1", "POST /b HTTP/1.1", "HEAD / HTTP/1.0");
const statusLine = fc.constantFrom(
  "HTTP/1.1 200 OK",
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 ",
  "HTTP/1.1 204 None",
);
const strangeLine = fc.constantFrom(
  " folded",
  "no colon",
  "content-length: 3",
  "transfer-encoding: gzip",
  "x".repeat(70),
);

/** A head and a body, whose end its length says, or its chunks. */
const httpMessage = (start: fc.Arbitrary<string>) =>
  fc
    .tuple(start, fc.array(body, { maxLength: 3 }), fc.boolean(), fc.option(strangeLine, { freq: 8, nil: undefined }))
    .map(([first, parts, isChunked, strange]) => {
      const contents = parts.map((part) => Buffer.from(part)).filter(({ length }) => length > 0);
      const lines = [first, "host: h", ...(strange === undefined ? [] : [strange])];
      if (!isChunked) {
        const content = Buffer.concat(contents);
        return Buffer.concat([
          Buffer.from([...lines, `content-length: ${content.length}`, "", ""].join("\r\n")),
          content,
        ]);
      }
      const head = Buffer.from([...lines, "transfer-encoding: chunked", "", ""].join("\r\n"));
      const chunks = contents.flatMap((one) => [
        Buffer.from(`${one.length.toString(16)};x\r\n`),
        one,
        Buffer.from("\r\n"),
      ]);
      return Buffer.concat([head, ...chunks, Buffer.from("0\r\ntrailer: t\r\n\r\n")]);
    });

const exchange = fc.record({
  request: httpMessage(startLine),
  response: httpMessage(statusLine),
  changes: fc.oneof({ weight: 8, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: damage }),
});

test("an HTTP/1.1 connection says the same however its bytes are cut, damaged ones too", () => {
  fc.assert(
    fc.property(fc.array(exchange, { maxLength: 6 }), cuts, (exchanges, places) => {
      const said = exchanges.flatMap(({ request, response, changes }): [Http1Part, Uint8Array][] => [
        ["request", damaged(request, changes)],
        ["response", response],
      ]);
      const read = (cut: (bytes: Uint8Array) => readonly Uint8Array[]): readonly string[] => {
        const told: string[] = [];
        const bodies = new Map<string, string>();
        const http1 = createHttp1({
          request: (event) => told.push(JSON.stringify(event)),
          response: (event) => told.push(JSON.stringify(event)),
          body({ exchange, of, bytes }) {
            const name = `${exchange} ${of}`;
            bodies.set(name, (bodies.get(name) ?? "") + Buffer.from(bytes).toString("latin1"));
          },
          ended: ({ exchange, of }) => told.push(`${exchange} ${of} ends`),
          unreadable: ({ of, reason }) => told.push(`${of}: ${reason}`),
        });
        for (const [of, bytes] of said) {
          for (const piece of cut(bytes)) {
            http1.push(of, piece);
          }
        }
        http1.closed();
        return [...told, JSON.stringify([...bodies])];
      };
      const whole = read((bytes) => [bytes]);
      expect(read((bytes) => cutAt(bytes, places))).toEqual(whole);
      expect(read((bytes) => Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
    }),
    { numRuns: RUNS },
  );
});

function journalOf(payloads: readonly Uint8Array[]): Uint8Array {
  const records = payloads.map((payload, i) => {
    const bytes = new Uint8Array(RECORD_OVERHEAD_BYTES + payload.length);
    bytes.set(payload, RECORD_HEADER_BYTES);
    frameRecord(new DataView(bytes.buffer), 0, payload.length, RECORD_BYTES, SIDE_HOST, 1, 0, i + 1);
    return bytes;
  });
  return Buffer.concat(records);
}

test("of a damaged journal no record is read whose numbers or place are not its own", () => {
  fc.assert(
    fc.property(fc.array(content, { maxLength: 8 }), damage, fc.nat(999), (payloads, changes, share) => {
      const whole = journalOf(payloads);
      const torn = damaged(whole.subarray(0, Math.ceil((whole.length * share) / 1000)), changes);
      const seqs: number[] = [];
      const { consumed, nextSeq } = readRecords(torn, 0, 1, ({ seq }) => void seqs.push(seq));
      expect(seqs).toEqual(seqs.map((_, i) => i + 1));
      expect(nextSeq).toBeGreaterThanOrEqual(seqs.length + 1);
      expect(consumed).toBeLessThanOrEqual(torn.length);
    }),
    { numRuns: RUNS },
  );
});
