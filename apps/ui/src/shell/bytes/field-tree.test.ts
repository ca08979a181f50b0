import { create, encodeMessage, StatusResult_Status, StreamingMessageSchema } from "@inspector/proto";
import { describe, expect, test } from "vitest";
import { type FieldNode, listFields, ROOT, type Schema } from "./field-tree.ts";

function open(bytes: Uint8Array, node: FieldNode | undefined): readonly FieldNode[] {
  return node?.inner ? listFields(bytes, node.start, node.to, node.inner).fields : [];
}

const lines = (fields: readonly FieldNode[]) =>
  fields.map(({ number, name, type, value }) => `${number} ${name} ${type} ${value}`);

const message = encodeMessage(
  create(StreamingMessageSchema, {
    requestId: "r1",
    content: {
      case: "invocationResponse",
      value: {
        invocationId: "i1",
        outputData: [{ name: "$return", rpcData: { case: "data", value: { data: { case: "int", value: -3n } } } }],
        result: { status: StatusResult_Status.Success, result: "done" },
      },
    },
  }),
);

describe("the fields of a message", () => {
  const root = listFields(message, 0, message.length, ROOT);
  const response = root.fields.find(({ name }) => name === "invocation_response");

  test("have the contract's names, types and values, level by level", () => {
    expect(root.isWhole).toBe(true);
    expect(lines(root.fields)).toEqual([
      '1 request_id string "r1"',
      "5 invocation_response InvocationResponse undefined",
    ]);
    expect(lines(open(message, response))).toEqual([
      '1 invocation_id string "i1"',
      "2 output_data ParameterBinding undefined",
      "3 result StatusResult undefined",
    ]);
    const result = open(message, response).find(({ name }) => name === "result");
    expect(lines(open(message, result))).toEqual(["4 status Status Success (1)", '1 result string "done"'].sort());
  });

  test("read numbers as the contract means them", () => {
    const output = open(message, response).find(({ name }) => name === "output_data");
    const data = open(message, output).find(({ name }) => name === "data");
    expect(open(message, data).map(({ value }) => value)).toEqual(["-3"]);
  });

  test("cover all bytes, one behind the other", () => {
    expect(root.fields[0]?.from).toBe(0);
    expect(root.fields[1]?.from).toBe(root.fields[0]?.to);
    expect(root.fields.at(-1)?.to).toBe(message.length);
  });
});

test("unknown fields have a number, a wire type and a value", () => {
  const bytes = Uint8Array.of(0xc2, 0x3e, 2, 0x68, 0x69, 0xc8, 0x3e, 0x96, 1);
  expect(lines(listFields(bytes, 0, bytes.length, ROOT).fields)).toEqual([
    '1000 undefined length-delimited "hi"',
    "1001 undefined varint 150",
  ]);
});

test("a field that is a group is one line, and the fields behind it are read", () => {
  const bytes = Uint8Array.of(0xc3, 0x3e, 0x08, 5, 0xc4, 0x3e, 0x0a, 1, 0x61);
  const { fields, isWhole } = listFields(bytes, 0, bytes.length, ROOT);
  expect(lines(fields)).toEqual(["1000 undefined group 4 bytes", '1 request_id string "a"']);
  expect(isWhole).toBe(true);
});

test("a known number that stands otherwise than the contract says keeps its name", () => {
  const bytes = Uint8Array.of(0x08, 5);
  expect(lines(listFields(bytes, 0, 2, ROOT).fields)).toEqual(["1 request_id varint 5"]);
});

test("bytes that stop being protobuf are fields up to there", () => {
  const bytes = Uint8Array.of(0x0a, 1, 0x61, 0x0a, 9, 0x61);
  const { fields, isWhole } = listFields(bytes, 0, bytes.length, ROOT);
  expect(lines(fields)).toEqual(['1 request_id string "a"']);
  expect(isWhole).toBe(false);
});

test("the entries of a map are keys and values", () => {
  const request = encodeMessage(
    create(StreamingMessageSchema, {
      content: { case: "workerInitRequest", value: { hostVersion: "4", capabilities: { A: "true" } } },
    }),
  );
  const [init] = listFields(request, 0, request.length, ROOT).fields;
  const entry = open(request, init).find(({ name }) => name === "capabilities");
  expect(lines(open(request, entry))).toEqual(['1 key string "A"', '2 value string "true"']);
});

test("a level that has no schema of its own is not opened", () => {
  const schema: Schema = { fields: [] };
  expect(listFields(message, 0, message.length, schema).fields.every(({ inner }) => inner === undefined)).toBe(true);
});
