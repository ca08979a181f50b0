import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryBytes } from "../testing/arbitrary-messages.ts";
import { isValid } from "../testing/schema-check.ts";
import { decodeMessage, messageFromJson, messageToJson } from "./codec.ts";
import { StreamingMessageSchema } from "./gen/FunctionRpc_pb.ts";
import { type JsonSchema, streamingMessageSchema } from "./json-schema.ts";
import { contentKinds } from "./kinds.ts";

const schema = streamingMessageSchema();

/** An invocation with one input of the given value. */
function invocation(data: unknown): unknown {
  return { invocationRequest: { invocationId: "7f3c", inputData: [{ name: "item", data }] } };
}

describe("the JSON schema of a message", () => {
  test("takes what any message becomes in JSON, unknown fields and invalid times included", () => {
    const anyBytes = fc.gen().map((gen) => arbitraryBytes(StreamingMessageSchema, (max) => gen(fc.nat, { max }), true));
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const decoded = decodeMessage(bytes);
        if (!decoded.ok) {
          throw new Error(decoded.reason);
        }
        expect(isValid(schema, JSON.parse(JSON.stringify(messageToJson(decoded.message))))).toBe(true);
      }),
    );
  });

  test.each([
    ["a value of the wrong type", invocation({ string: 1 })],
    ["text that is no whole number", invocation({ int: "1.5" })],
    ["a number beyond what JSON readers hold exactly", invocation({ int: 2 ** 53 })],
    ["text that is not base64", invocation({ bytes: "ä" })],
    ["two alternatives at once", invocation({ string: "", json: "" })],
    ["two contents at once", { rpcLog: {}, startStream: {} }],
    ["an object where a list is due", { invocationRequest: { inputData: {} } }],
    ["a list where a map is due", { invocationRequest: { triggerMetadata: [] } }],
    ["a map's value of the wrong type", { invocationRequest: { triggerMetadata: { id: "7" } } }],
    ["an enum's value that does not exist", { rpcLog: { level: "Info" } }],
    ["a duration without its unit", { workerTerminate: { gracePeriod: "5" } }],
    ["a field that does not exist", { invocationRequest: { invocationID: "7f3c" } }],
    ["unknown fields that are not base64", { $unknown: 5 }],
    ["what is no object", []],
  ])("refuses %s, as reading it does", (_, json) => {
    expect(isValid(schema, json)).toBe(false);
    expect(messageFromJson(json).ok).toBe(false);
  });

  test.each([
    ["64 bits as text", invocation({ int: "-9223372036854775808" })],
    ["64 bits as a number that is exact", invocation({ int: 5 })],
    ["not a number", invocation({ double: "NaN" })],
    ["an enum's value that the contract does not know yet", { rpcLog: { level: 9 } }],
    ["a duration", { workerTerminate: { gracePeriod: "-1.500s" } }],
    ["a key of a map that looks like our mark", { workerInitRequest: { capabilities: { $unknown: "x" } } }],
    ["a value that is null by having no alternative", invocation({})],
  ])("takes %s, as reading it does", (_, json) => {
    expect(isValid(schema, json)).toBe(true);
    expect(messageFromJson(json).ok).toBe(true);
  });

  test("describes every field, by itself and by what it consists of", () => {
    const objects = [schema, ...Object.values(schema.definitions ?? {})];
    const described = objects.flatMap(({ properties = {} }) => Object.entries(properties));
    const bare = described.filter(([, field]) => field.description === undefined && field.$ref === undefined);
    expect(bare.map(([name]) => name)).toEqual([]);
    expect(described.length).toBeGreaterThan(150);
    expect(fieldOf(schema.definitions?.["InvocationRequest"], "traceContext").description).toBe(
      "The distributed trace this run belongs to. The .NET worker fails without it.\nRpcTraceContext: W3C trace context.",
    );
  });

  test("describes every value of an enum", () => {
    const enums = Object.values(schema.definitions ?? {}).flatMap(({ anyOf = [] }) =>
      anyOf.filter((alternative) => alternative.enum !== undefined),
    );
    expect(enums).toHaveLength(11);
    for (const desc of enums) {
      expect(desc.enumDescriptions).toHaveLength(desc.enum?.length ?? 0);
      expect(desc.enumDescriptions).not.toContain("");
    }
  });
});

describe("the JSON schema of one kind", () => {
  test.each(contentKinds.map(({ name }) => name))("of %s wants just that content", (kind) => {
    const only = streamingMessageSchema(kind);
    const [content = ""] = only.required ?? [];
    expect(isValid(only, { requestId: "1", [content]: {} })).toBe(true);
    expect(isValid(only, {})).toBe(false);
    expect(isValid(only, { [content]: {}, [content === "rpcLog" ? "startStream" : "rpcLog"]: {} })).toBe(false);
  });

  test("holds nothing that this kind does not refer to", () => {
    const definitions = Object.keys(streamingMessageSchema("start_stream").definitions ?? {});
    expect(definitions).toEqual(["$unknown", "StartStream"]);
  });

  test("of a name that the contract does not have is an error", () => {
    expect(() => streamingMessageSchema("invocation")).toThrow(RangeError);
    expect(() => streamingMessageSchema("request_id")).toThrow(RangeError);
  });
});

function fieldOf(object: JsonSchema | undefined, name: string): JsonSchema {
  const field = object?.properties?.[name];
  if (field === undefined) {
    throw new Error(`There is no field ${name}.`);
  }
  return field;
}
