import {
  ByteView,
  FieldCursor,
  readVarint,
  StreamingMessageSchema,
  WIRE_BIT32,
  WIRE_BIT64,
  WIRE_LENGTH,
  WIRE_START_GROUP,
  WIRE_VARINT,
} from "@inspector/proto";
import { decodeText } from "./byte-text.ts";

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
  [WIRE_VARINT]: "varint",
  [WIRE_BIT64]: "64 bits",
  [WIRE_LENGTH]: "length-delimited",
  [WIRE_START_GROUP]: "group",
  [WIRE_BIT32]: "32 bits",
};

/**
 * The fields of the message between two positions, as far as the bytes are protobuf; `isWhole` is false where they stop
 * being that before the end.
 */
export function listFields(
  bytes: Uint8Array,
  from: number,
  to: number,
  schema: Schema,
): { readonly fields: readonly FieldNode[]; readonly isWhole: boolean } {
  const fields: FieldNode[] = [];
  const cursor = new FieldCursor(new ByteView(bytes), from, to);
  while (cursor.next()) {
    fields.push(describe(bytes, cursor, schema));
  }
  return { fields, isWhole: cursor.fault === undefined };
}

/** Where a field stands: positions in the bytes of the whole. */
type WireField = Readonly<Pick<FieldCursor, "number" | "wireType" | "tag" | "start" | "end">>;

function describe(bytes: Uint8Array, field: WireField, schema: Schema): FieldNode {
  const { number, tag, start, end } = field;
  const place = { number, from: tag, start, to: end };
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
    return wireType === WIRE_LENGTH;
  }
  if (wireType === WIRE_LENGTH) {
    return true;
  }
  if (type === "double" || type === "fixed64" || type === "sfixed64") {
    return wireType === WIRE_BIT64;
  }
  if (type === "float" || type === "fixed32" || type === "sfixed32") {
    return wireType === WIRE_BIT32;
  }
  return wireType === WIRE_VARINT;
}

function knownValue(bytes: Uint8Array, field: WireField, { type, values }: Known): string {
  if (type === "string") {
    return quoted(bytes.subarray(field.start, field.end));
  }
  if (field.wireType === WIRE_LENGTH) {
    return countBytes(field);
  }
  if (field.wireType !== WIRE_VARINT) {
    return fixedValue(bytes, field, type);
  }
  const varint = varintOf(bytes, field);
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
  if (wireType === WIRE_BIT64) {
    return String(type === "sfixed64" ? data.getBigInt64(0, true) : data.getBigUint64(0, true));
  }
  return String(type === "sfixed32" ? data.getInt32(0, true) : data.getUint32(0, true));
}

function varintOf(bytes: Uint8Array, { start, end }: WireField): bigint {
  return readVarint(bytes, start, end)?.value ?? 0n;
}

/** Without a contract, text is shown as text, and a number as the number that stands there. */
function unknownValue(bytes: Uint8Array, field: WireField): string {
  if (field.wireType === WIRE_VARINT) {
    return String(varintOf(bytes, field));
  }
  if (field.wireType === WIRE_BIT64 || field.wireType === WIRE_BIT32) {
    return fixedValue(bytes, field, "");
  }
  if (field.wireType !== WIRE_LENGTH) {
    return countBytes(field);
  }
  const value = bytes.subarray(field.start, field.end);
  return decodeText(value) === undefined ? countBytes(field) : quoted(value);
}

/** A cut inside a character shows as a replacement character, at the end of what is shown. */
function quoted(value: Uint8Array): string {
  const text = new TextDecoder().decode(value.subarray(0, MAX_TEXT));
  return value.length > MAX_TEXT ? `"${text}…` : `"${text}"`;
}

function countBytes({ start, end }: WireField): string {
  return end - start === 1 ? "1 byte" : `${end - start} bytes`;
}
