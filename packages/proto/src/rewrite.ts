/** Messages whose texts, bytes and numbers are replaced, by the class of the field that each stands in. */
import { type DescField, type DescMessage, type Message, ScalarType, toBinary } from "@bufbuild/protobuf";
import { type FieldClass, fieldClassOf } from "./field-classes.ts";
import { type StreamingMessage, StreamingMessageSchema } from "./gen/FunctionRpc_pb.ts";
import { getField, recordOf, setField, setOwn } from "./message-access.ts";
import { decodeRevision } from "./revisions.ts";

/** Where a value stands. */
export type Place = {
  /** Never "inside" or "inherit". */
  readonly class: FieldClass;
  /** "RpcHttp.headers" */
  readonly field: string;
  /** The field's, or the key of the map that it is in. */
  readonly name: string;
};

/** Returns what takes the place of each value. */
export type Rewriter = {
  text(value: string, place: Place): string;
  bytes(value: Uint8Array, place: Place): Uint8Array;
  number(value: number | bigint, place: Place): number | bigint;
  /** A key of a map. */
  key(value: string): string;
  /** Whether a field that the contract does not know stays in its message. */
  keepsUnknown(bytes: Uint8Array): boolean;
};

/** @returns the message as it is now, and its bytes; undefined where the bytes are no StreamingMessage */
export function rewriteMessage(
  bytes: Uint8Array,
  rewriter: Rewriter,
): { readonly message: StreamingMessage; readonly bytes: Uint8Array } | undefined {
  const message = visitMessage(bytes, rewriter);
  return message && { message, bytes: toBinary(StreamingMessageSchema, message) };
}

/** As {@link rewriteMessage}, without the bytes: for who only looks. */
export function visitMessage(bytes: Uint8Array, rewriter: Rewriter): StreamingMessage | undefined {
  const decoded = decodeRevision(bytes, undefined);
  if (decoded === undefined) {
    return undefined;
  }
  rewriteFields(StreamingMessageSchema, decoded.message, rewriter, undefined);
  return decoded.message;
}

type Plan = readonly { readonly field: DescField; readonly place: Place }[];

const plans = new WeakMap<DescMessage, Plan>();

function planOf(desc: DescMessage): Plan {
  const known = plans.get(desc);
  if (known !== undefined) {
    return known;
  }
  const plan = desc.fields
    .map((field) => ({ field, place: placeOf(desc, field) }))
    .filter(({ field, place }) => field.fieldKind === "map" || field.message !== undefined || isWritten(field, place));
  plans.set(desc, plan);
  return plan;
}

function placeOf(desc: DescMessage, field: DescField): Place {
  return { class: fieldClassOf(field), field: `${desc.name}.${field.name}`, name: field.name };
}

/** Numbers are rewritten only where they are somebody's data. */
function isWritten({ scalar }: DescField, place: Place): boolean {
  if (scalar === ScalarType.STRING || scalar === ScalarType.BYTES) {
    return true;
  }
  return scalar !== undefined && scalar !== ScalarType.BOOL && place.class !== "keep";
}

function rewriteFields(desc: DescMessage, message: Message, rewriter: Rewriter, inherited: Place | undefined): void {
  keepUnknown(message, rewriter);
  for (const { field, place: own } of planOf(desc)) {
    const place = own.class === "inherit" ? (inherited ?? { ...own, class: "opaque" }) : own;
    switch (field.fieldKind) {
      case "list": {
        const list = recordOf(message)[field.localName] as unknown[];
        for (const [index, value] of list.entries()) {
          list[index] = rewriteValue(field, value, rewriter, place);
        }
        break;
      }
      case "map":
        rewriteMap(field, message, rewriter, place);
        break;
      default: {
        const value = getField(message, field);
        if (value !== undefined && (field.message !== undefined || value !== "")) {
          setField(message, field, rewriteValue(field, value, rewriter, place));
        }
      }
    }
  }
}

function keepUnknown(message: Message, rewriter: Rewriter): void {
  if (message.$unknown === undefined) {
    return;
  }
  const kept = message.$unknown.filter(({ data }) => rewriter.keepsUnknown(data));
  if (kept.length === 0) {
    delete message.$unknown;
  } else {
    message.$unknown = kept;
  }
}

function rewriteMap(field: DescField, message: Message, rewriter: Rewriter, place: Place): void {
  const entries = Object.entries(recordOf(message)[field.localName] as Record<string, unknown>);
  if (entries.length === 0) {
    return;
  }
  const rewritten = {};
  for (const [key, value] of entries) {
    setOwn(rewritten, rewriter.key(key), rewriteValue(field, value, rewriter, { ...place, name: key }));
  }
  recordOf(message)[field.localName] = rewritten;
}

function rewriteValue(field: DescField, value: unknown, rewriter: Rewriter, place: Place): unknown {
  if (field.message !== undefined) {
    rewriteFields(field.message, value as Message, rewriter, place);
    return value;
  }
  if (typeof value === "string") {
    return value === "" ? value : rewriter.text(value, place);
  }
  if (value instanceof Uint8Array) {
    return value.length === 0 ? value : rewriter.bytes(value, place);
  }
  const isNumber = typeof value === "number" || typeof value === "bigint";
  return isNumber && field.enum === undefined && place.class !== "keep" ? rewriter.number(value, place) : value;
}
