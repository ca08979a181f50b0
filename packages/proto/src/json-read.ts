import { create, type DescEnum, type DescField, type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import { parseBase64 } from "./base64.ts";
import { MAX_DEPTH } from "./field-cursor.ts";
import { formatPath, type PathPart } from "./json-path.ts";
import { parseDuration, parseTimestamp } from "./json-time.ts";
import { getField, recordOf, setField, setOwn } from "./message-access.ts";
import { parseUnknown, UNKNOWN_KEY } from "./unknown-fields.ts";

/** JSON that is no message of the schema. Never leaves this package. */
export class JsonFault extends Error {
  /** Where: "invocationRequest.inputData[0].data". */
  readonly path: string;

  constructor(path: Path, reason: string) {
    super(reason);
    this.path = formatPath(path);
  }
}

type Path = readonly PathPart[];

/**
 * Inverse of `writeJson`; also takes what proto3 JSON allows beside the canonical form: the contract's field names,
 * numbers as text, enums by number, null for an absent value.
 * @throws {JsonFault}
 */
export function readJson(desc: DescMessage, json: unknown, path: Path, depth = 1): Message {
  if (depth > MAX_DEPTH) {
    throw new JsonFault(path, `nested deeper than ${MAX_DEPTH} levels`);
  }
  const time = typeof json === "string" ? readTime(desc, json, path) : undefined;
  if (time !== undefined) {
    return time;
  }
  const message = create(desc);
  const names = namesOf(desc);
  const seen = new Set<DescField>();
  for (const [key, value] of entriesOf(json, path)) {
    const at = [...path, key];
    if (key === UNKNOWN_KEY) {
      readUnknown(message, value, at);
      continue;
    }
    const field = names.get(key);
    if (field === undefined) {
      throw new JsonFault(at, `${desc.name} has no field of this name`);
    }
    if (seen.has(field)) {
      throw new JsonFault(at, "given twice, under both of its names");
    }
    seen.add(field);
    if (value !== null) {
      readField(message, field, value, at, depth);
    }
  }
  return message;
}

const nameMaps = new WeakMap<DescMessage, ReadonlyMap<string, DescField>>();

/** Fields by JSON name and by name in the contract. */
function namesOf(desc: DescMessage): ReadonlyMap<string, DescField> {
  const known = nameMaps.get(desc);
  if (known !== undefined) {
    return known;
  }
  const names = new Map<string, DescField>();
  for (const field of desc.fields) {
    names.set(field.name, field).set(field.jsonName, field);
  }
  nameMaps.set(desc, names);
  return names;
}

function entriesOf(json: unknown, path: Path): [string, unknown][] {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new JsonFault(path, `expected an object, not ${describe(json)}`);
  }
  return Object.entries(json);
}

function describe(json: unknown): string {
  if (json === null) {
    return "null";
  }
  return Array.isArray(json) ? "a list" : `a ${typeof json}`;
}

function readTime(desc: DescMessage, text: string, path: Path): Message | undefined {
  const isDuration = desc.typeName === "google.protobuf.Duration";
  if (!isDuration && desc.typeName !== "google.protobuf.Timestamp") {
    return undefined;
  }
  const time = isDuration ? parseDuration(text) : parseTimestamp(text);
  if (time === undefined) {
    throw new JsonFault(
      path,
      isDuration ? 'expected a duration such as "1.5s"' : "expected a time such as 2026-01-31T12:00:00Z",
    );
  }
  const message = create(desc);
  Object.assign(recordOf(message), time);
  return message;
}

function readUnknown(message: Message, value: unknown, path: Path): void {
  if (typeof value !== "string" || !parseUnknown(message, value)) {
    throw new JsonFault(path, "expected protobuf fields as base64");
  }
}

function readField(message: Message, field: DescField, json: unknown, path: Path, depth: number): void {
  if (field.fieldKind === "list") {
    if (!Array.isArray(json)) {
      throw new JsonFault(path, `expected a list, not ${describe(json)}`);
    }
    const list = json.map((element, index) => readValue(field, element, [...path, index], depth));
    setField(message, field, list);
  } else if (field.fieldKind === "map") {
    const map = {};
    for (const [key, value] of entriesOf(json, path)) {
      setOwn(map, key, readValue(field, value, [...path, key], depth));
    }
    setField(message, field, map);
  } else {
    if (field.oneof !== undefined && isTaken(message, field)) {
      throw new JsonFault(path, `only one of the fields of ${field.oneof.name} can be given`);
    }
    setField(message, field, readValue(field, json, path, depth));
  }
}

function isTaken(message: Message, field: DescField): boolean {
  return field.oneof?.fields.some((member) => getField(message, member) !== undefined) ?? false;
}

function readValue(field: DescField, json: unknown, path: Path, depth: number): unknown {
  if (field.message !== undefined) {
    return readJson(field.message, json, path, depth + 1);
  }
  if (field.enum !== undefined) {
    return readEnum(field.enum, json, path);
  }
  return readScalar(field.scalar, json, path);
}

function readEnum(desc: DescEnum, json: unknown, path: Path): number {
  const value = typeof json === "number" ? json : desc.values.find(({ name }) => name === json)?.number;
  if (value === undefined || !isInt32(value)) {
    throw new JsonFault(path, `expected one of ${desc.values.map(({ name }) => name).join(", ")}`);
  }
  return value;
}

function readScalar(type: ScalarType | undefined, json: unknown, path: Path): unknown {
  switch (type) {
    case ScalarType.STRING:
      if (typeof json === "string") {
        return json;
      }
      throw new JsonFault(path, `expected a text, not ${describe(json)}`);
    case ScalarType.BOOL:
      if (typeof json === "boolean") {
        return json;
      }
      throw new JsonFault(path, `expected true or false, not ${describe(json)}`);
    case ScalarType.BYTES:
      return readBytes(json, path);
    case ScalarType.DOUBLE:
      return readDouble(json, path);
    case ScalarType.INT32:
      return Number(readInteger(json, path, 32));
    default:
      return readInteger(json, path, 64);
  }
}

function readBytes(json: unknown, path: Path): Uint8Array {
  const bytes = typeof json === "string" ? parseBase64(json) : undefined;
  if (bytes === undefined) {
    throw new JsonFault(path, "expected bytes as base64");
  }
  return bytes;
}

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function readDouble(json: unknown, path: Path): number {
  if (typeof json === "number") {
    return json;
  }
  if (json === "NaN" || json === "Infinity" || json === "-Infinity") {
    return Number(json);
  }
  if (typeof json === "string" && NUMBER.test(json)) {
    return Number(json);
  }
  throw new JsonFault(path, `expected a number, "NaN", "Infinity" or "-Infinity"`);
}

function readInteger(json: unknown, path: Path, bits: 32 | 64): bigint {
  const isInteger =
    typeof json === "number" ? Number.isSafeInteger(json) : typeof json === "string" && /^-?\d{1,20}$/.test(json);
  const value = isInteger ? BigInt(json as number | string) : undefined;
  if (value === undefined || BigInt.asIntN(bits, value) !== value) {
    throw new JsonFault(path, `expected a whole number of ${bits} bits${bits === 64 ? ", as text beyond 2^53" : ""}`);
  }
  return value;
}

function isInt32(value: number): boolean {
  return Number.isInteger(value) && (value | 0) === value;
}
