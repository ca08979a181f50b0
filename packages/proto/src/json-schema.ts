import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { descriptions } from "./gen/descriptions.ts";
import { StreamingMessageSchema } from "./gen/FunctionRpc_pb.ts";
import { UNKNOWN_KEY } from "./unknown-fields.ts";

/** The part of JSON Schema draft 7 that is made here, and what editors know beside it: texts for values and errors. */
export type JsonSchema = {
  readonly $schema?: string;
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly pattern?: string;
  readonly patternErrorMessage?: string;
  readonly errorMessage?: string;
  readonly contentEncoding?: "base64";
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
};

/**
 * JSON Schema (draft 7) of what `messageToJson` writes, for an editor: with the meaning of every message and field.
 *
 * It takes all that `messageToJson` writes, and of what `messageFromJson` takes beside that only what people type:
 * numbers where 64-bit integers stand as text, and the other way round. Neither field names in snake case nor null.
 * @param kind the contract's name of a content ("invocation_request"), which the message must then have; any if absent
 * @throws {RangeError} for a name that the contract does not have
 */
export function streamingMessageSchema(kind?: string): JsonSchema {
  const definitions: Definitions = new Map([[UNKNOWN_KEY, UNKNOWN]]);
  const description = meaningOf(StreamingMessageSchema);
  const root = { description, ...messageSchema(StreamingMessageSchema, definitions, kind) };
  return { $schema: "http://json-schema.org/draft-07/schema#", ...root, definitions: Object.fromEntries(definitions) };
}

type Definitions = Map<string, JsonSchema>;

/** Everything of this form is defined once; definitions may refer to themselves. */
function refer(name: string, definitions: Definitions, make: () => JsonSchema): JsonSchema {
  if (!definitions.has(name)) {
    definitions.set(name, {});
    definitions.set(name, make());
  }
  return { $ref: `#/definitions/${name}` };
}

function messageSchema(desc: DescMessage, definitions: Definitions, kind?: string): JsonSchema {
  const fields = kind === undefined ? desc.fields : fieldsOfKind(desc, kind);
  const properties = fields.map((field) => [field.jsonName, fieldSchema(field, definitions)] as const);
  return {
    type: "object",
    properties: { ...Object.fromEntries(properties), [UNKNOWN_KEY]: { $ref: `#/definitions/${UNKNOWN_KEY}` } },
    additionalProperties: false,
    ...(kind === undefined ? oneofSchema(desc) : { required: fields.filter(isMember).map(({ jsonName }) => jsonName) }),
  };
}

function fieldsOfKind(desc: DescMessage, kind: string): DescField[] {
  const fields = desc.fields.filter((field) => !isMember(field) || field.name === kind);
  if (!fields.some(isMember)) {
    throw new RangeError(`The contract has no content "${kind}".`);
  }
  return fields;
}

function isMember(field: DescField): boolean {
  return field.oneof !== undefined;
}

/** At most one member of each oneof; where there is but one member, that goes without saying. */
function oneofSchema(desc: DescMessage): JsonSchema {
  const groups = desc.oneofs.filter(({ fields }) => fields.length > 1);
  return groups.length === 0 ? {} : { allOf: groups.map(({ fields }) => atMostOne(fields)) };
}

/** Denied twice, since editors show a text of ours for what is denied, and one of their own for a failed `oneOf`. */
function atMostOne(fields: readonly DescField[]): JsonSchema {
  const names = fields.map(({ jsonName }) => jsonName);
  const members = names.map((name): JsonSchema => ({ required: [name] }));
  return {
    errorMessage: `Only one of these can be given: ${names.join(", ")}.`,
    not: { not: { oneOf: [...members, { not: { anyOf: members } }] } },
  };
}

/**
 * The description of what a field refers to stands beside the reference, behind the field's own: editors replace the
 * keys beside `$ref` by those of the definition, and would show the definition's alone.
 */
function fieldSchema(field: DescField, definitions: Definitions): JsonSchema {
  const value = valueSchema(field, definitions);
  const own = descriptions[`${nameOf(field.parent)}.${field.name}`];
  const type = field.message ?? field.enum;
  const meaning = type === undefined ? undefined : `${type.name}: ${meaningOf(type)}`;
  if (field.fieldKind !== "list" && field.fieldKind !== "map") {
    return { ...describedAs([own, meaning].filter((text) => text !== undefined).join("\n")), ...value };
  }
  const element = { ...describedAs(meaning ?? ""), ...value };
  const isList = field.fieldKind === "list";
  return {
    ...describedAs(own ?? ""),
    ...(isList ? { type: "array", items: element } : { type: "object", additionalProperties: element }),
  };
}

function describedAs(description: string): JsonSchema {
  return description === "" ? {} : { description };
}

function valueSchema(field: DescField, definitions: Definitions): JsonSchema {
  const { message, enum: desc } = field;
  if (message !== undefined) {
    return refer(nameOf(message), definitions, () => TIMES[message.typeName] ?? messageSchema(message, definitions));
  }
  if (desc !== undefined) {
    return refer(nameOf(desc), definitions, () => enumSchema(desc));
  }
  return scalarSchema(field.scalar);
}

/** A contract newer than ours may have further values, which stand as numbers. */
function enumSchema(desc: DescEnum): JsonSchema {
  const name = nameOf(desc);
  const names: JsonSchema = {
    enum: desc.values.map((value) => value.name),
    enumDescriptions: desc.values.map((value) => descriptions[`${name}.${value.name}`] ?? ""),
  };
  return { anyOf: [names, { type: "integer", minimum: -(2 ** 31), maximum: 2 ** 31 - 1 }] };
}

function scalarSchema(type: ScalarType | undefined): JsonSchema {
  switch (type) {
    case ScalarType.STRING:
      return { type: "string" };
    case ScalarType.BOOL:
      return { type: "boolean" };
    case ScalarType.BYTES:
      return BYTES;
    case ScalarType.DOUBLE:
      return DOUBLE;
    case ScalarType.INT32:
      return { ...INTEGER, minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };
    default:
      return INTEGER;
  }
}

const BYTES: JsonSchema = {
  type: "string",
  contentEncoding: "base64",
  pattern: "^[A-Za-z0-9+/_-]*={0,2}$",
  patternErrorMessage: "Expected bytes as base64.",
};

const UNKNOWN: JsonSchema = {
  description: "Fields that this contract does not know, as they stood on the wire, in base64.",
  ...BYTES,
};

const DOUBLE: JsonSchema = {
  type: ["number", "string"],
  pattern: "^(NaN|-?Infinity|-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?)$",
  patternErrorMessage: "Expected a number, NaN, Infinity or -Infinity.",
};

/** Text for 64 bits, since a reader of JSON may have no exact numbers beyond 2^53. */
const INTEGER: JsonSchema = {
  type: ["string", "integer"],
  pattern: "^-?\\d{1,19}$",
  patternErrorMessage: "Expected a whole number.",
  minimum: Number.MIN_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
};

/** Text, or an object where there is no text for it: see `messageToJson`. */
const TIMES: Readonly<Record<string, JsonSchema>> = {
  "google.protobuf.Duration": timeSchema("^-?\\d{1,12}(\\.\\d{1,9})?s$", 'Expected a duration such as "1.5s".'),
  "google.protobuf.Timestamp": timeSchema(
    "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d)$",
    'Expected a time such as "2026-01-31T12:00:00Z".',
  ),
};

function timeSchema(pattern: string, patternErrorMessage: string): JsonSchema {
  const properties = { seconds: INTEGER, nanos: scalarSchema(ScalarType.INT32), [UNKNOWN_KEY]: UNKNOWN };
  const fields: JsonSchema = { type: "object", properties, additionalProperties: false };
  return { anyOf: [{ type: "string", pattern, patternErrorMessage }, fields] };
}

const TIME_MEANINGS: Readonly<Record<string, string>> = {
  "google.protobuf.Duration": 'seconds with an "s": "1.5s".',
  "google.protobuf.Timestamp": 'a point in time: "2026-01-31T12:00:00Z".',
};

function meaningOf(desc: DescMessage | DescEnum): string {
  return TIME_MEANINGS[desc.typeName] ?? descriptions[nameOf(desc)] ?? "";
}

/** Name in `descriptions` and in `definitions`: without the contract's package. */
function nameOf(desc: DescMessage | DescEnum): string {
  return desc.typeName.replace(/^AzureFunctionsRpcMessages\./, "");
}
