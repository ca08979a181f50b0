import {
  type DescEnum,
  type DescField,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  type Message,
  ScalarType,
} from "@bufbuild/protobuf";
import { encodeBase64 } from "./base64.ts";
import { formatDuration, formatTimestamp, type Time } from "./json-time.ts";
import { getField, setOwn } from "./message-access.ts";
import { formatUnknown, UNKNOWN_KEY } from "./unknown-fields.ts";

/**
 * proto3 JSON of a message of any type, with unknown fields under "$unknown". A Duration or Timestamp that has no
 * canonical text (out of range, or with unknown fields) becomes an object of its fields.
 */
export function writeJson(desc: DescMessage, message: Message): JsonValue {
  return writeTime(desc, message) ?? writeFields(desc, message);
}

function writeTime(desc: DescMessage, message: Message): string | undefined {
  if (message.$unknown !== undefined && message.$unknown.length > 0) {
    return undefined;
  }
  if (desc.typeName === "google.protobuf.Duration") {
    return formatDuration(message as Message & Time);
  }
  if (desc.typeName === "google.protobuf.Timestamp") {
    return formatTimestamp(message as Message & Time);
  }
  return undefined;
}

function writeFields(desc: DescMessage, message: Message): JsonObject {
  const json: JsonObject = {};
  for (const field of desc.fields) {
    const value = getField(message, field);
    if (value !== undefined && (field.oneof !== undefined || !isDefault(field, value))) {
      json[field.jsonName] = writeField(field, value);
    }
  }
  const unknown = formatUnknown(message);
  if (unknown !== undefined) {
    json[UNKNOWN_KEY] = unknown;
  }
  return json;
}

/** Whether proto3 leaves the value out. Minus zero is not the default. */
function isDefault(field: DescField, value: unknown): boolean {
  switch (field.fieldKind) {
    case "message":
      return false;
    case "list":
      return (value as readonly unknown[]).length === 0;
    case "map":
      return Object.keys(value as object).length === 0;
    case "enum":
    case "scalar":
      if (value instanceof Uint8Array) {
        return value.length === 0;
      }
      return value === "" || value === false || value === 0n || Object.is(value, 0);
  }
}

function writeField(field: DescField, value: unknown): JsonValue {
  if (field.fieldKind === "list") {
    return (value as readonly unknown[]).map((element) => writeValue(field, element));
  }
  if (field.fieldKind !== "map") {
    return writeValue(field, value);
  }
  const json: JsonObject = {};
  for (const [key, element] of Object.entries(value as object)) {
    setOwn(json, key, writeValue(field, element));
  }
  return json;
}

function writeValue(field: DescField, value: unknown): JsonValue {
  if (field.message !== undefined) {
    return writeJson(field.message, value as Message);
  }
  if (field.enum !== undefined) {
    return enumName(field.enum, value as number);
  }
  return field.scalar === undefined ? null : writeScalar(field.scalar, value);
}

/** Contracts newer than ours may have further values; proto3 JSON shows those as numbers. */
function enumName(desc: DescEnum, value: number): JsonValue {
  return desc.value[value]?.name ?? value;
}

function writeScalar(type: ScalarType, value: unknown): JsonValue {
  if (type === ScalarType.DOUBLE) {
    return writeDouble(value as number);
  }
  if (typeof value === "bigint") {
    return value.toString();
  }
  return value instanceof Uint8Array ? encodeBase64(value) : (value as JsonValue);
}

/** Minus zero is text as well, which proto3 JSON allows for any number, because `JSON.stringify` would drop its sign. */
function writeDouble(value: number): JsonValue {
  if (Number.isFinite(value)) {
    return Object.is(value, -0) ? "-0" : value;
  }
  return String(value);
}
