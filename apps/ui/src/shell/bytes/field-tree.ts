import { StreamingMessageSchema } from "@inspector/proto";
import { decodeText } from "./byte-text.ts";
import { BIT32, BIT64, LENGTH, listWireFields, VARINT, type WireField } from "./wire-fields.ts";

type SchemaField = (typeof StreamingMessageSchema)["fields"][number];

/** What is known of a message's fields; undefined for a map's entry, whose fields are its key and value. */
export type Schema = { readonly fields: readonly SchemaField[] } | { readonly entryOf: SchemaField };

/** A field by its number in the bytes and its name in the contract. */
export type FieldNode = {
  readonly number: number;
  /** Undefined for a field that the contract does not know. */
  readonly name: string | undefined;
  /** "string", "InvocationRequest", "map entry"; for an unknown field, how it stands on the wire. */
  readonly type: string;
  readonly from: number;
  readonly to: number;
  readonly start: number;
  /** Its value in a few words; undefined for a message, which has fields of its own. */
  readonly value: string | undefined;
  readonly inner: Schema | undefined;
};

export const ROOT: Schema = StreamingMessageSchema;

/** Characters of a text that are shown. */
const MAX_TEXT = 120;

const WIRE_NAMES: Readonly<Record<number, string>> = {
  [VARINT]: "varint",
  [BIT64]: "64 bits",
  [LENGTH]: "length-delimited",
  [BIT32]: "32 bits",
};

/** The fields of the message that stands from `from` to `to`, and whether the bytes are protobuf to their end. */
export function listFields(
  bytes: Uint8Array,
  from: number,
  to: number,
  schema: Schema,
): { readonly fields: readonly FieldNode[]; readonly isWhole: boolean } {
  const { fields, isWhole } = listWireFields(bytes, from, to);
  return { fields: fields.map((field) => describe(bytes, field, schema)), isWhole };
}

function describe(bytes: Uint8Array, field: WireField, schema: Schema): FieldNode {
  const { number, from, start, to } = field;
  const place = { number, from, start, to };
  const known = "fields" in schema ? fromField(schema.fields, number) : fromEntry(schema.entryOf, number);
  if (known === undefined || !isExpected(known, field.wireType)) {
    const type = WIRE_NAMES[field.wireType] ?? `wire type ${field.wireType}`;
    return { ...place, name: known?.name, type, value: unknownValue(bytes, field), inner: undefined };
  }
  const { name, type, inner } = known;
  return { ...place, name, type, value: inner ? undefined : knownValue(bytes, field, known), inner };
}

type Known = {
  readonly name: string;
  readonly type: string;
  readonly inner: Schema | undefined;
  readonly values?: ReadonlyMap<number, string>;
};

function fromField(fields: readonly SchemaField[], number: number): Known | undefined {
  const field = fields.find((candidate) => candidate.number === number);
  if (field === undefined) {
    return undefined;
  }
  if (field.fieldKind === "map") {
    return { name: field.name, type: "map entry", inner: { entryOf: field } };
  }
  return { name: field.name, ...valueType(field) };
}

function fromEntry(field: SchemaField, number: number): Known | undefined {
  if (field.fieldKind !== "map") {
    return undefined;
  }
  if (number === 1) {
    return { name: "key", type: scalarName(field.mapKey), inner: undefined };
  }
  return number === 2 ? { name: "value", ...valueType(field) } : undefined;
}

function valueType({ message, enum: choices, scalar }: SchemaField): Omit<Known, "name"> {
  if (message) {
    return { type: message.name, inner: message };
  }
  if (choices) {
    const values = new Map(choices.values.map((value) => [value.number, value.name]));
    return { type: choices.name, inner: undefined, values };
  }
  return { type: scalarName(scalar), inner: undefined };
}

/** The numbers of FieldDescriptorProto.Type that the contract uses or may use. */
const SCALARS: Readonly<Record<number, string>> = {
  1: "double",
  2: "float",
  3: "int64",
  4: "uint64",
  5: "int32",
  6: "fixed64",
  7: "fixed32",
  8: "bool",
  9: "string",
  12: "bytes",
  13: "uint32",
  15: "sfixed32",
  16: "sfixed64",
  17: "sint32",
  18: "sint64",
};

function scalarName(scalar: number | undefined): string {
  return SCALARS[scalar ?? 0] ?? "value";
}

/** Whether the bytes stand as the contract says; a repeated number may also be packed. */
function isExpected({ type, inner }: Known, wireType: number): boolean {
  if (inner || type === "string" || type === "bytes") {
    return wireType === LENGTH;
  }
  if (wireType === LENGTH) {
    return true;
  }
  if (type === "double" || type === "fixed64" || type === "sfixed64") {
    return wireType === BIT64;
  }
  if (type === "float" || type === "fixed32" || type === "sfixed32") {
    return wireType === BIT32;
  }
  return wireType === VARINT;
}

function knownValue(bytes: Uint8Array, field: WireField, { type, values }: Known): string {
  if (type === "string") {
    return quoted(bytes.subarray(field.start, field.to));
  }
  if (field.wireType === LENGTH) {
    return countBytes(field);
  }
  if (field.wireType !== VARINT) {
    return fixedValue(bytes, field, type);
  }
  const { varint } = field;
  if (values) {
    return `${values.get(Number(BigInt.asIntN(32, varint))) ?? "?"} (${BigInt.asIntN(32, varint)})`;
  }
  if (type === "bool") {
    return String(varint !== 0n);
  }
  if (type === "sint32" || type === "sint64") {
    return String((varint >> 1n) ^ -(varint & 1n));
  }
  return type.startsWith("u") ? String(varint) : String(BigInt.asIntN(64, varint));
}

function fixedValue(bytes: Uint8Array, { start, wireType }: WireField, type: string): string {
  const data = new DataView(bytes.buffer, bytes.byteOffset + start);
  if (type === "double") {
    return String(data.getFloat64(0, true));
  }
  if (type === "float") {
    return String(data.getFloat32(0, true));
  }
  if (wireType === BIT64) {
    return String(type === "sfixed64" ? data.getBigInt64(0, true) : data.getBigUint64(0, true));
  }
  return String(type === "sfixed32" ? data.getInt32(0, true) : data.getUint32(0, true));
}

/** Without a contract, text is shown as text, and a number as the number that stands there. */
function unknownValue(bytes: Uint8Array, field: WireField): string {
  if (field.wireType === VARINT) {
    return String(field.varint);
  }
  if (field.wireType !== LENGTH) {
    return fixedValue(bytes, field, "");
  }
  const value = bytes.subarray(field.start, field.to);
  return decodeText(value) === undefined ? countBytes(field) : quoted(value);
}

/** A cut inside a character shows as a replacement character, at the end of what is shown. */
function quoted(value: Uint8Array): string {
  const text = new TextDecoder().decode(value.subarray(0, MAX_TEXT));
  return value.length > MAX_TEXT ? `"${text}…` : `"${text}"`;
}

function countBytes({ start, to }: WireField): string {
  return to - start === 1 ? "1 byte" : `${to - start} bytes`;
}
