import { create, type DescField, type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import { BinaryReader, getTextEncoding } from "@bufbuild/protobuf/wire";
import { ByteView, FieldCursor, MAX_DEPTH, WIRE_BIT32, WIRE_BIT64, WIRE_LENGTH, WIRE_VARINT } from "./field-cursor.ts";
import { fieldsOf } from "./fields-of.ts";
import { getField, recordOf, setField, setOwn } from "./message-access.ts";

/** "Type.number" of fields that are to be kept as unknown, because an older revision used the number for something else. */
export type SetAside = ReadonlySet<string>;

/** What a field's bytes are when they cannot be read as what the schema says: they are then kept as an unknown field. */
const MISFIT = Symbol("misfit");

const decodeUtf8 = getTextEncoding().decodeUtf8;

type Input = {
  readonly bytes: Uint8Array;
  readonly view: ByteView;
  /** Over the same bytes, for numbers: set to where one is before each. */
  readonly reader: BinaryReader;
  readonly setAside: SetAside;
};

/**
 * Decodes a message of any type, losing nothing.
 *
 * A field that the schema lacks is kept as an unknown field, and so is one that does not fit the schema: of another
 * wire type, text that is not UTF-8, a nested message that is not protobuf or deeper than 100 levels, a map entry with
 * more than key and value. Encoding writes them as they stood. Fields of type bytes are views of `bytes`.
 * @returns undefined where `bytes` as a whole are not a protobuf message
 */
export function decodeFields(desc: DescMessage, bytes: Uint8Array, setAside: SetAside): Message | undefined {
  const input: Input = { bytes, view: new ByteView(bytes), reader: new BinaryReader(bytes), setAside };
  const message = readMessage(input, desc, undefined, 0, bytes.length, 1);
  return message === MISFIT ? undefined : message;
}

/** Reads into `existing` where a field that holds one message occurs again, as protobuf merges those. */
function readMessage(
  input: Input,
  desc: DescMessage,
  existing: Message | undefined,
  from: number,
  to: number,
  depth: number,
): Message | typeof MISFIT {
  if (depth > MAX_DEPTH || (existing !== undefined && !isWellFormed(input, from, to))) {
    return MISFIT;
  }
  const message = existing ?? create(desc);
  const fields = fieldsOf(desc);
  const cursor = new FieldCursor(input.view, from, to);
  while (cursor.next()) {
    const field = fields.get(cursor.number);
    if (
      field === undefined ||
      isSetAside(input, desc, cursor.number) ||
      !readField(input, message, field, cursor, depth)
    ) {
      keepUnknown(message, input.bytes, cursor);
    }
  }
  return cursor.fault === undefined ? message : MISFIT;
}

function isSetAside({ setAside }: Input, desc: DescMessage, number: number): boolean {
  return setAside.size > 0 && setAside.has(`${desc.name}.${number}`);
}

function isWellFormed(input: Input, from: number, to: number): boolean {
  const cursor = new FieldCursor(input.view, from, to);
  while (cursor.next()) {}
  return cursor.fault === undefined;
}

/** Adds the field under the cursor to the message's unknown ones. Groups keep their end tag. */
export function keepUnknown(message: Message, bytes: Uint8Array, { number, wireType, body, end }: FieldCursor): void {
  message.$unknown ??= [];
  message.$unknown.push({ no: number, wireType, data: bytes.slice(body, end) });
}

/** Whether the field under the cursor could be read. */
function readField(input: Input, message: Message, field: DescField, cursor: FieldCursor, depth: number): boolean {
  switch (field.fieldKind) {
    case "list":
      return readList(input, recordOf(message)[field.localName] as unknown[], field, cursor, depth);
    case "map":
      return readMapEntry(input, recordOf(message)[field.localName] as object, field, cursor, depth);
    case "message":
    case "scalar":
    case "enum": {
      const existing = field.fieldKind === "message" ? (getField(message, field) as Message | undefined) : undefined;
      const value = readValue(input, field, existing, cursor, depth);
      if (value === MISFIT) {
        return false;
      }
      setField(message, field, value);
      return true;
    }
  }
}

/** What a field, the elements of a list, and the values of a map have in common. */
type ValueField = DescField & { readonly scalar?: ScalarType | undefined; readonly message?: DescMessage | undefined };

function readValue(
  input: Input,
  field: ValueField,
  existing: Message | undefined,
  cursor: FieldCursor,
  depth: number,
): unknown {
  if (field.message !== undefined) {
    if (cursor.wireType !== WIRE_LENGTH) {
      return MISFIT;
    }
    return readMessage(input, field.message, existing, cursor.start, cursor.end, depth + 1);
  }
  return readScalar(input, field.scalar ?? ScalarType.INT32, cursor);
}

function readScalar({ bytes, reader }: Input, type: ScalarType, { wireType, start, end }: FieldCursor): unknown {
  if (wireType !== wireTypeOf(type)) {
    return MISFIT;
  }
  if (type === ScalarType.STRING) {
    return readText(bytes.subarray(start, end));
  }
  if (type === ScalarType.BYTES) {
    return bytes.subarray(start, end);
  }
  reader.pos = start;
  return readNumber(reader, type);
}

function readText(bytes: Uint8Array): string | typeof MISFIT {
  try {
    return decodeUtf8(bytes, true);
  } catch {
    return MISFIT;
  }
}

function wireTypeOf(type: ScalarType): number {
  switch (type) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return WIRE_LENGTH;
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return WIRE_BIT64;
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return WIRE_BIT32;
    default:
      return WIRE_VARINT;
  }
}

/** The scalar types of the contract; a new one has to be added here, which a test on the descriptors points out. */
function readNumber(reader: BinaryReader, type: ScalarType): unknown {
  switch (type) {
    case ScalarType.BOOL:
      return reader.bool();
    case ScalarType.INT32:
      return reader.int32();
    case ScalarType.INT64:
      return reader.int64();
    case ScalarType.SINT64:
      return reader.sint64();
    case ScalarType.DOUBLE:
      return reader.double();
    default:
      return MISFIT;
  }
}

type ListField = Extract<DescField, { fieldKind: "list" }>;

function readList(input: Input, list: unknown[], field: ListField, cursor: FieldCursor, depth: number): boolean {
  const type = field.listKind === "enum" ? ScalarType.INT32 : field.scalar;
  if (type !== undefined && cursor.wireType === WIRE_LENGTH && wireTypeOf(type) !== WIRE_LENGTH) {
    return readPacked(input.bytes.subarray(cursor.start, cursor.end), list, type);
  }
  const value = readValue(input, field, undefined, cursor, depth);
  if (value === MISFIT) {
    return false;
  }
  list.push(value);
  return true;
}

function readPacked(bytes: Uint8Array, list: unknown[], type: ScalarType): boolean {
  const reader = new BinaryReader(bytes);
  const values: unknown[] = [];
  try {
    while (reader.pos < reader.len) {
      values.push(readNumber(reader, type));
    }
  } catch {
    return false;
  }
  if (values.includes(MISFIT)) {
    return false;
  }
  for (const value of values) {
    list.push(value);
  }
  return true;
}

type MapField = Extract<DescField, { fieldKind: "map" }>;

function readMapEntry(input: Input, map: object, field: MapField, cursor: FieldCursor, depth: number): boolean {
  if (cursor.wireType !== WIRE_LENGTH) {
    return false;
  }
  const entry = new FieldCursor(input.view, cursor.start, cursor.end);
  let key: unknown = "";
  let value: unknown;
  while (entry.next()) {
    if (entry.number === 1) {
      key = readScalar(input, field.mapKey, entry);
    } else if (entry.number === 2) {
      value = readValue(input, field, value as Message | undefined, entry, depth + 1);
    } else {
      return false;
    }
    if (key === MISFIT || value === MISFIT) {
      return false;
    }
  }
  if (entry.fault !== undefined) {
    return false;
  }
  setOwn(map, String(key), value ?? emptyValue(field));
  return true;
}

function emptyValue(field: MapField): unknown {
  if (field.message !== undefined) {
    return create(field.message);
  }
  if (field.scalar === ScalarType.STRING) {
    return "";
  }
  return field.scalar === ScalarType.BOOL ? false : 0;
}
