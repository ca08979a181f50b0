import {
  create,
  decodeMessage,
  encodeMessage,
  encodeUtf8,
  messageToJson,
  RpcDataType,
  StatusResult_Status,
  type StreamingMessage,
  StreamingMessageSchema,
} from "@inspector/proto";
import { describe, expect, test } from "vitest";
import { inlineSharedMemory, sharedMemoryIn } from "./inline-memory.ts";

type Binding = { readonly name: string; readonly map?: string; readonly type?: RpcDataType; readonly text?: string };

function bindings(list: readonly Binding[]) {
  return list.map(({ name, map, type = RpcDataType.string, text = "" }) => ({
    name,
    rpcData:
      map === undefined
        ? { case: "data" as const, value: { data: { case: "string" as const, value: text } } }
        : { case: "rpcSharedMemory" as const, value: { name: map, offset: 0n, count: 5n, type } },
  }));
}

function request(...list: readonly Binding[]): StreamingMessage {
  const value = { invocationId: "i", functionId: "f", inputData: bindings(list) };
  return create(StreamingMessageSchema, { requestId: "r", content: { case: "invocationRequest", value } });
}

function response(...list: readonly Binding[]): StreamingMessage {
  const value = { invocationId: "i", outputData: bindings(list), result: { status: StatusResult_Status.Success } };
  return create(StreamingMessageSchema, { content: { case: "invocationResponse", value } });
}

/** Every map holds its own name. */
const read = ({ name }: { readonly name: string }) => encodeUtf8(name);

function inlined(message: StreamingMessage, reader: Parameters<typeof inlineSharedMemory>[1] = read): unknown {
  const decoded = decodeMessage(inlineSharedMemory(encodeMessage(message), reader));
  return decoded.ok ? messageToJson(decoded.message) : decoded.reason;
}

describe("inlineSharedMemory", () => {
  test("puts text and bytes in the place of the maps, and leaves what is beside them", () => {
    const message = request(
      { name: "a", text: "here" },
      { name: "b", map: "map-b" },
      { name: "c", map: "map-c", type: RpcDataType.bytes },
    );
    expect(inlined(message)).toEqual({
      requestId: "r",
      invocationRequest: {
        invocationId: "i",
        functionId: "f",
        inputData: [
          { name: "a", data: { string: "here" } },
          { name: "b", data: { string: "map-b" } },
          { name: "c", data: { bytes: Buffer.from("map-c").toString("base64") } },
        ],
      },
    });
  });

  test("does the same with outputs", () => {
    expect(inlined(response({ name: "out", map: "m", type: RpcDataType.json }))).toMatchObject({
      invocationResponse: { outputData: [{ name: "out", data: { json: "m" } }], result: { status: "Success" } },
    });
  });

  test("keeps every byte of a message that it replaces nothing in", () => {
    const messages = [
      request({ name: "a", text: "x" }),
      request({ name: "b", map: "m" }),
      response(),
      request({ name: "c", map: "" }),
    ];
    for (const message of messages) {
      const bytes = encodeMessage(message);
      expect(inlineSharedMemory(bytes, () => undefined)).toBe(bytes);
    }
    const damaged = Uint8Array.from([0x22, 0x7f, 1]);
    expect(inlineSharedMemory(damaged, read)).toBe(damaged);
  });

  test("keeps unknown fields, in messages and in bindings", () => {
    const unknown = Buffer.from([0xf2, 0x1f, 0x01, 0x07]);
    const binding = Buffer.concat([Buffer.from([0x0a, 1, 0x61, 0x1a, 5, 0x0a, 1, 0x6d, 0x20, 1]), unknown]);
    const content = Buffer.concat([Buffer.from([0x1a, binding.length]), binding, unknown]);
    const message = Buffer.concat([Buffer.from([0x22, content.length]), content, unknown]);
    const result = Buffer.from(inlineSharedMemory(message, read));
    const inside = Buffer.concat([Buffer.from([0x0a, 1, 0x61, 0x12, 3, 0x0a, 1, 0x6d]), unknown]);
    const around = Buffer.concat([Buffer.from([0x1a, inside.length]), inside, unknown]);
    expect(result).toEqual(Buffer.concat([Buffer.from([0x22, around.length]), around, unknown]));
  });

  test("leaves types that never travel so", () => {
    const message = request({ name: "a", map: "m", type: RpcDataType.http });
    expect(inlined(message)).toEqual(messageToJson(message));
  });
});

test("maps are listed in order, without those of null values", () => {
  const names = (message: StreamingMessage) => sharedMemoryIn(message).map(({ name }) => name);
  expect(
    names(request({ name: "a", map: "1" }, { name: "b", text: "x" }, { name: "c", map: "" }, { name: "d", map: "2" })),
  ).toEqual(["1", "2"]);
  expect(names(response({ name: "a", map: "3" }))).toEqual(["3"]);
  expect(names(create(StreamingMessageSchema))).toEqual([]);
});
