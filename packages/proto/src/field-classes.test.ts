import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { FIELD_CLASSES, fieldClassOf } from "./field-classes.ts";
import { file_FunctionRpc, StreamingMessageSchema } from "./gen/FunctionRpc_pb.ts";
import { file_identity_ClaimsIdentityRpc } from "./gen/identity/ClaimsIdentityRpc_pb.ts";
import { file_shared_NullableTypes } from "./gen/shared/NullableTypes_pb.ts";

const messages = [file_FunctionRpc, file_identity_ClaimsIdentityRpc, file_shared_NullableTypes]
  .flatMap((file) => file.messages)
  .filter((message) => message !== StreamingMessageSchema);

const namesIn = (message: DescMessage) => message.fields.map(({ name }) => name).sort();

describe("classes of the contract's fields", () => {
  test("each field has one, and there is none without a field", () => {
    const have = Object.entries(FIELD_CLASSES).map(([name, fields]) => [name, Object.keys(fields).sort()]);
    expect(Object.fromEntries(have)).toEqual(Object.fromEntries(messages.map((it) => [it.name, namesIn(it)])));
  });

  test("only messages are looked into, and no text or bytes are", () => {
    const inside = messages.flatMap(({ fields }) => fields).filter((field) => fieldClassOf(field) === "inside");
    expect(inside.filter(({ message }) => message === undefined)).toEqual([]);
  });

  test("a field that somebody adds without a class is opaque", () => {
    const [known] = messages.flatMap(({ fields }) => fields);
    expect(fieldClassOf({ ...known, name: "brand_new" } as DescField)).toBe("opaque");
  });

  test("a kind of content is looked into, and the request id is kept", () => {
    const classes = new Set(StreamingMessageSchema.fields.filter(({ oneof }) => oneof).map(fieldClassOf));
    expect([...classes]).toEqual(["inside"]);
    expect(StreamingMessageSchema.fields.filter(({ oneof }) => !oneof).map(fieldClassOf)).toEqual(["keep"]);
  });
});
