import { fromBinary, toJson } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryBytes } from "../testing/arbitrary-messages.ts";
import { decodeMessage, encodeMessage, messageFromJson, messageToJson } from "./codec.ts";
import { type StreamingMessage, StreamingMessageSchema } from "./gen/FunctionRpc_pb.ts";

/** Bytes of arbitrary messages, written by chance and kept small enough to try many. */
function anyBytes(hasUnknown: boolean): fc.Arbitrary<Uint8Array> {
  return fc.gen().map((gen) => arbitraryBytes(StreamingMessageSchema, (max) => gen(fc.nat, { max }), hasUnknown));
}

function decoded(bytes: Uint8Array): StreamingMessage {
  const result = decodeMessage(bytes);
  if (!result.ok) {
    throw new Error(result.reason);
  }
  return result.message;
}

function fromJson(json: unknown): StreamingMessage {
  const result = messageFromJson(json);
  if (!result.ok) {
    throw new Error(`${result.path}: ${result.reason}`);
  }
  return result.message;
}

const throughText = (json: unknown): unknown => JSON.parse(JSON.stringify(json));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const writer = (): BinaryWriter => new BinaryWriter();

describe("any message", () => {
  test("decodes as the runtime decodes it", () => {
    fc.assert(
      fc.property(anyBytes(true), (bytes) => {
        const message = decoded(bytes);
        expect(message).toEqual(fromBinary(StreamingMessageSchema, bytes));
        expect(message.$typeName).toBe("AzureFunctionsRpcMessages.StreamingMessage");
      }),
    );
  });

  test("comes back from its own bytes unchanged", () => {
    fc.assert(
      fc.property(anyBytes(true), (bytes) => {
        const message = decoded(bytes);
        expect(decoded(encodeMessage(message))).toEqual(message);
      }),
    );
  });

  test("comes back from JSON text with the same bytes, unknown fields at every level included", () => {
    fc.assert(
      fc.property(anyBytes(true), (bytes) => {
        const message = decoded(bytes);
        const json = throughText(messageToJson(message));
        expect(hex(encodeMessage(fromJson(json)))).toBe(hex(encodeMessage(message)));
      }),
    );
  });

  test("is canonical proto3 JSON where that exists", () => {
    fc.assert(
      fc.property(anyBytes(false), (bytes) => {
        const message = decoded(bytes);
        let canonical: unknown;
        try {
          canonical = toJson(StreamingMessageSchema, message);
        } catch {
          return; // There is no canonical form of an invalid Duration or Timestamp.
        }
        const json = messageToJson(message);
        expect(JSON.parse(JSON.stringify(json).replaceAll('"-0"', "0"))).toEqual(throughText(canonical));
        expect(hex(encodeMessage(fromJson(canonical)))).toBe(hex(encodeMessage(message)));
      }),
    );
  });
});

describe("bytes that do not fit the schema", () => {
  const log = (write: (log: BinaryWriter) => BinaryWriter): Uint8Array =>
    write(writer().tag(2, WireType.LengthDelimited).fork()).join().finish();

  test.each([
    ["a known field of another wire type", log((to) => to.tag(4, WireType.Varint).uint32(150))],
    ["text that is not UTF-8", log((to) => to.tag(4, WireType.LengthDelimited).bytes(Uint8Array.of(0x61, 0xff)))],
    [
      "a nested message that is not protobuf",
      log((to) => to.tag(6, WireType.LengthDelimited).bytes(Uint8Array.of(0x0f))),
    ],
    [
      "a nested length beyond its parent",
      log((to) => to.tag(6, WireType.LengthDelimited).bytes(Uint8Array.of(0x12, 9, 0x61))),
    ],
    [
      "a map entry with a third field",
      log((to) => to.tag(9, WireType.LengthDelimited).bytes(Uint8Array.of(0x0a, 1, 0x61, 0x18, 1))),
    ],
    [
      "a map entry whose key is not text",
      log((to) => to.tag(9, WireType.LengthDelimited).bytes(Uint8Array.of(0x08, 1))),
    ],
  ])("%s is kept as it stood", (_, bytes) => {
    const message = decoded(bytes);
    expect(message.content.case).toBe("rpcLog");
    expect(hex(encodeMessage(message))).toBe(hex(bytes));
    expect(messageToJson(message)).toEqual({ rpcLog: { $unknown: Buffer.from(bytes.subarray(2)).toString("base64") } });
    expect(hex(encodeMessage(fromJson(messageToJson(message))))).toBe(hex(bytes));
  });

  test("merges a message field that occurs twice, unless the second is not protobuf", () => {
    const bytes = log((to) =>
      to
        .tag(6, WireType.LengthDelimited)
        .bytes(Uint8Array.of(0x12, 1, 0x61))
        .tag(6, WireType.LengthDelimited)
        .bytes(Uint8Array.of(0x1a, 1, 0x62))
        .tag(6, WireType.LengthDelimited)
        .bytes(Uint8Array.of(0x0a, 1, 0x63, 0x0f)),
    );
    expect(messageToJson(decoded(bytes))).toEqual({
      rpcLog: { exception: { source: "b", message: "a" }, $unknown: "MgQKAWMP" },
    });
  });

  test("keeps what is nested deeper than 100 levels, without going there", () => {
    let bytes = new Uint8Array();
    for (let level = 0; level < 2000; level += 1) {
      const number = level % 2 === 0 ? 4 : 5; // RpcHttp.body, TypedData.http
      bytes = writer().tag(number, WireType.LengthDelimited).bytes(bytes).finish();
    }
    const response = writer().tag(4, WireType.LengthDelimited).bytes(bytes);
    const message = decoded(writer().tag(5, WireType.LengthDelimited).bytes(response.finish()).finish());
    expect(message.content.case).toBe("invocationResponse");
    expect(hex(encodeMessage(message))).toContain(hex(bytes));
    expect(hex(encodeMessage(fromJson(throughText(messageToJson(message)))))).toBe(hex(encodeMessage(message)));
  });

  test.each([
    ["the end of a field", Uint8Array.of(0x0a, 5, 0x61)],
    ["the end of a length", Uint8Array.of(0x0a, 0x80)],
    ["any length a message can have", Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01)],
    ["a field number", Uint8Array.of(0x00, 0x01)],
    ["a wire type", Uint8Array.of(0x0f)],
    ["the start of a group", Uint8Array.of(0xa4, 0x1f)],
    ["the end of a group", Uint8Array.of(0xa3, 0x1f, 0x08, 0x01)],
  ])("are no message without %s", (_, bytes) => {
    expect(decodeMessage(bytes)).toMatchObject({ ok: false });
  });

  test("are decoded or refused, never thrown at, and mean the same once they were encoded", () => {
    const broken = fc
      .tuple(anyBytes(true), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }), fc.nat(3))
      .map(([bytes, changes, cut]) => {
        const copy = bytes.slice(0, bytes.length - cut);
        for (const [at, value] of changes) {
          copy[at % (copy.length + 1)] = value;
        }
        return copy;
      });
    fc.assert(
      fc.property(fc.oneof(broken, fc.uint8Array({ maxLength: 64 })), (bytes) => {
        const result = decodeMessage(bytes);
        if (!result.ok) {
          return;
        }
        const canonical = encodeMessage(result.message);
        expect(hex(encodeMessage(decoded(canonical)))).toBe(hex(canonical));
        const text = JSON.stringify(messageToJson(result.message));
        const again = fromJson(JSON.parse(text));
        expect(JSON.stringify(messageToJson(again))).toBe(text);
        // JSON has one NaN, bytes have many.
        if (!text.includes('"NaN"')) {
          expect(hex(encodeMessage(again))).toBe(hex(canonical));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("JSON", () => {
  test("keeps a map's keys apart from unknown fields, whatever they are called", () => {
    const json = { workerInitResponse: { capabilities: { $unknown: "yes" }, $unknown: "mgYDYWJj" } };
    expect(messageToJson(fromJson(json))).toEqual(json);
    const proto = JSON.parse('{"workerInitResponse":{"capabilities":{"__proto__":"x"}}}');
    expect(JSON.stringify(messageToJson(decoded(encodeMessage(fromJson(proto)))))).toBe(JSON.stringify(proto));
  });

  test.each([
    ["5s", { seconds: 5n, nanos: 0 }],
    ["-0.500s", { seconds: 0n, nanos: -500_000_000 }],
    ["1.000000001s", { seconds: 1n, nanos: 1 }],
  ])("writes a duration as %s", (text, time) => {
    const message = fromJson({ workerTerminate: { gracePeriod: text } });
    expect(message.content.value).toMatchObject({ gracePeriod: time });
    expect(messageToJson(message)).toEqual({ workerTerminate: { gracePeriod: text } });
  });

  test("writes an invalid duration as an object, and reads that too", () => {
    const json = { workerTerminate: { gracePeriod: { seconds: "9223372036854775807", nanos: -1 } } };
    expect(messageToJson(fromJson(json))).toEqual(json);
  });

  test("reads what proto3 JSON allows beside the canonical form", () => {
    const message = fromJson({
      request_id: null,
      invocation_request: {
        retry_context: { retryCount: "3" },
        inputData: [{ data: { int: -7, json: null } }, { data: { bytes: "_-8" } }, { data: { double: "1e3" } }],
      },
    });
    expect(messageToJson(message)).toEqual({
      invocationRequest: {
        inputData: [{ data: { int: "-7" } }, { data: { bytes: "/+8=" } }, { data: { double: 1000 } }],
        retryContext: { retryCount: 3 },
      },
    });
  });

  test.each([
    ["invocationRequest.nosuch", { invocationRequest: { nosuch: 1 } }, /no field/],
    ["", [], /expected an object, not a list/],
    ["rpcLog.level", { rpcLog: { level: "Loud" } }, /Trace, Debug, Information/],
    ["rpcLog.propertiesMap.k", { rpcLog: { propertiesMap: { k: null } } }, /not null/],
    [
      "functionMetadataResponse.functionMetadataResults[1]",
      { functionMetadataResponse: { functionMetadataResults: [{}, 3] } },
      /object/,
    ],
    ['rpcLog.propertiesMap["a key"].nosuch', { rpcLog: { propertiesMap: { "a key": { nosuch: 1 } } } }, /no field/],
    ["rpcLog", { startStream: {}, rpcLog: {} }, /only one of the fields of content/],
    ["request_id", { requestId: "a", request_id: "b" }, /twice/],
    ["$unknown", { $unknown: "AAA=" }, /protobuf fields/],
    ["$unknown", { $unknown: 5 }, /base64/],
    ["workerTerminate.gracePeriod", { workerTerminate: { gracePeriod: "soon" } }, /1\.5s/],
    [
      "invocationRequest.retryContext.retryCount",
      { invocationRequest: { retryContext: { retryCount: 2 ** 40 } } },
      /32 bits/,
    ],
  ])("that is wrong at %j says so", (path, json, reason) => {
    const result = messageFromJson(json);
    expect(result).toMatchObject({ ok: false, path });
    expect(result.ok ? "" : result.reason).toMatch(reason);
  });
});
