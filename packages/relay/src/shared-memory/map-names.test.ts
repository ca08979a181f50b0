import { create, decodeMessage, encodeMessage, type StreamingMessage, StreamingMessageSchema } from "@inspector/proto";
import { http2Writer } from "@inspector/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createMapNames } from "./map-names.ts";

const { grpcMessage } = http2Writer;

type Content = StreamingMessage["content"];
type Found = readonly [name: string, message: number];

function binding(name: string) {
  return { name: "in", rpcData: { case: "rpcSharedMemory" as const, value: { name, count: 1_048_576n, type: 3 } } };
}

const inline = {
  name: "small",
  rpcData: { case: "data" as const, value: { data: { case: "string" as const, value: "x" } } },
};

function request(...maps: readonly string[]): Uint8Array {
  const value = {
    invocationId: "i",
    functionId: "f",
    inputData: [inline, ...maps.map(binding)],
    triggerMetadata: { sys: { data: { case: "json" as const, value: "{}" } } },
  };
  return encode({ case: "invocationRequest", value } as unknown as Content);
}

function response(...maps: readonly string[]): Uint8Array {
  const value = { invocationId: "i", outputData: maps.map(binding), result: { status: 1 } };
  return encode({ case: "invocationResponse", value } as unknown as Content);
}

function encode(content: Content): Uint8Array {
  return encodeMessage(create(StreamingMessageSchema, { requestId: "r", content }));
}

/** What is found where the bytes come in pieces of these sizes, over and over. */
function find(bytes: Uint8Array, sizes: readonly number[] = [bytes.length]): Found[] {
  const found: Found[] = [];
  const take = createMapNames((name, message) => found.push([name, message]));
  for (let at = 0, n = 0; at < bytes.length; n += 1) {
    const end = Math.min(at + (sizes[n % sizes.length] ?? 1), bytes.length);
    take(bytes, at, end);
    at = end;
  }
  return found;
}

const log = encode({ case: "rpcLog", value: { message: "in input_data: 123" } } as unknown as Content);
const conversation = [
  log,
  request("map-1", "map-2"),
  request(),
  response("map-3"),
  new Uint8Array(),
  response("map-4"),
];
const EXPECTED: readonly Found[] = [
  ["map-1", 2],
  ["map-2", 2],
  ["map-3", 4],
  ["map-4", 6],
];

test("names of inputs and outputs are found with the number of their message", () => {
  expect(find(Buffer.concat(conversation.map((message) => grpcMessage(message))))).toEqual(EXPECTED);
});

test("however the bytes are cut", () => {
  const bytes = Buffer.concat(conversation.map((message) => grpcMessage(message)));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 }), (sizes) => {
      expect(find(bytes, sizes)).toEqual(EXPECTED);
    }),
  );
});

test("a name is told as soon as its last byte is there, before the message is complete", () => {
  const bytes = Buffer.from(grpcMessage(request("map-1")));
  const end = bytes.indexOf("map-1") + "map-1".length;
  expect(find(bytes.subarray(0, end - 1))).toEqual([]);
  expect(find(bytes.subarray(0, end))).toEqual([["map-1", 1]]);
});

test("an empty name is that of no map, and one longer than a file's is none either", () => {
  expect(find(grpcMessage(request("", "x".repeat(300), "map")))).toEqual([["map", 1]]);
});

test("what is compressed is passed over", () => {
  expect(find(Buffer.concat([grpcMessage(request("hidden"), 1), grpcMessage(request("map"))]))).toEqual([["map", 2]]);
});

test("what is not gRPC is not looked at any further", () => {
  expect(find(Buffer.concat([Buffer.from([7]), grpcMessage(request("map"))]))).toEqual([]);
});

test("a content that follows another is found, and so is one behind a long request id", () => {
  // Behind the request id, which is one letter.
  const content = Buffer.from(request("map")).subarray(3);
  const logFirst = Buffer.concat([Buffer.from(log), content]);
  const longId = Buffer.concat([Buffer.from([0x0a, 0xc8, 0x01]), Buffer.alloc(200, 0x32), content]);
  const bytes = Buffer.concat([grpcMessage(logFirst), grpcMessage(longId)]);
  for (const size of [bytes.length, 1, 7]) {
    expect(find(bytes, [size])).toEqual([
      ["map", 1],
      ["map", 2],
    ]);
  }
});

test("of a message that names a great many maps the first are looked for, and those of the next message", () => {
  const many = request(...Array.from({ length: 1000 }, (_, n) => `map-${n}`));
  const found = find(Buffer.concat([grpcMessage(many), grpcMessage(request("after"))]), [13]);
  expect(found.slice(0, 64)).toEqual(Array.from({ length: 64 }, (_, n) => [`map-${n}`, 1]));
  expect(found.slice(64)).toEqual([["after", 2]]);
});

test("damage within a message ends with the message", () => {
  const message = request("map-1");
  fc.assert(
    fc.property(fc.nat(message.length - 1), fc.nat(255), fc.nat(12), (at, byte, cut) => {
      const damaged = Uint8Array.from(message);
      damaged[at] = byte;
      const bytes = Buffer.concat([grpcMessage(damaged), grpcMessage(request("after"))]);
      expect(find(bytes, [1 + cut]).filter(([, number]) => number === 2)).toEqual([["after", 2]]);
    }),
  );
});

test("every name that decoding finds is found", () => {
  const name = fc.stringMatching(/^[a-z0-9-]{1,40}$/u);
  fc.assert(
    fc.property(
      fc.array(name, { maxLength: 5 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 9 }),
      (names, isRequest, cut) => {
        const bytes = isRequest ? request(...names) : response(...names);
        const decoded = decodeMessage(bytes);
        expect(decoded.ok).toBe(true);
        expect(find(grpcMessage(bytes), [cut]).map(([found]) => found)).toEqual(names);
      },
    ),
  );
});
