import { readFileSync } from "node:fs";
import type { DescEnum, DescField, DescMessage } from "@bufbuild/protobuf";
import { ScalarType } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { file_FunctionRpc, StreamingMessageSchema } from "./gen/FunctionRpc_pb.ts";
import { file_identity_ClaimsIdentityRpc } from "./gen/identity/ClaimsIdentityRpc_pb.ts";
import { file_shared_NullableTypes } from "./gen/shared/NullableTypes_pb.ts";
import { contentPlans, kindsWithResult } from "./head-plan.ts";
import { contentKinds } from "./kinds.ts";

type Facts = {
  readonly messages: Record<string, Record<string, string>>;
  readonly enums: Record<string, Record<string, number>>;
};

const facts = JSON.parse(readFileSync(new URL("../schema/contract-facts.json", import.meta.url), "utf8")) as Facts;
const messages = [file_FunctionRpc, file_identity_ClaimsIdentityRpc, file_shared_NullableTypes].flatMap(
  (file) => file.messages,
);
const enums = [...file_FunctionRpc.enums, ...messages.flatMap((message) => message.nestedEnums)];

function typeOf(field: DescField): string {
  return field.message?.typeName ?? field.enum?.typeName ?? (ScalarType[field.scalar ?? 0] ?? "").toLowerCase();
}

function factOf(field: DescField): string {
  const prefix = field.fieldKind === "list" ? "repeated " : "";
  const type = field.fieldKind === "map" ? `map<string,${typeOf(field)}>` : `${prefix}${typeOf(field)}`;
  return `${type} ${field.name}${field.oneof === undefined ? "" : ` in ${field.oneof.name}`}`;
}

const fieldsOf = (message: DescMessage) =>
  Object.fromEntries(message.fields.map((field) => [field.number, factOf(field)]));
const valuesOf = (desc: DescEnum) => Object.fromEntries(desc.values.map(({ name, number }) => [name, number]));

describe("the schema", () => {
  test("has the contract's messages, with every field's number, name, type, label and oneof", () => {
    const have = Object.fromEntries(messages.map((message) => [message.typeName, fieldsOf(message)]));
    expect(have).toEqual(facts.messages);
  });

  test("has the contract's enums, with every value's name and number", () => {
    expect(Object.fromEntries(enums.map((desc) => [desc.typeName, valuesOf(desc)]))).toEqual(facts.enums);
  });

  test("serves one method, streaming both ways", () => {
    const [service] = file_FunctionRpc.services;
    expect(service?.typeName).toBe("AzureFunctionsRpcMessages.FunctionRpc");
    expect(service?.methods.map(({ name, methodKind }) => [name, methodKind])).toEqual([
      ["EventStream", "bidi_streaming"],
    ]);
  });
});

describe("what is written by hand for reading heads", () => {
  const content = StreamingMessageSchema.oneofs[0]?.fields ?? [];

  test("knows the 25 kinds of content", () => {
    const have = contentKinds.map(({ number, name }) => [number, name]).sort();
    expect(have).toEqual(content.map(({ number, name }) => [number, name]).sort());
    expect(have).toHaveLength(25);
  });

  test("has a plan for every kind", () => {
    expect(Object.keys(contentPlans).map(Number).sort()).toEqual(content.map(({ number }) => number).sort());
  });

  test("knows which kinds carry a result", () => {
    const withResult = content.filter(({ message }) => message?.fields.some(({ name }) => name === "result"));
    expect([...kindsWithResult].sort()).toEqual(withResult.map(({ number }) => number).sort());
  });
});
