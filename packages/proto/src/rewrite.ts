/** Messages whose texts, bytes and numbers are replaced, by the class of the field that each stands in. */
import { type DescField, type DescMessage, type Message, toBinary } from "@bufbuild/protobuf";
import { type Place, placeWithin, planOf } from "./field-plan.ts";
import { StreamingMessageSchema } from "./gen/FunctionRpc_pb.ts";
import { getField, recordOf, setField, setOwn } from "./message-access.ts";
import { decodeRevision } from "./revisions.ts";
import { rewriteOnWire } from "./rewrite-wire.ts";

/** Returns what takes the place of each value; the same array or text where it stays. */
export type Rewriter = {
  text(value: string, place: Place): string;
  bytes(value: Uint8Array, place: Place): Uint8Array;
  number(value: number | bigint, place: Place): number | bigint;
  /** A key of a map. */
  key(value: string): string;
  /** Whether the text or bytes from `start` to before `end` stay whatever they are: asked before they are read. */
  keeps(message: Uint8Array, start: number, end: number, place: Place): boolean;
  /** Whether a field that the contract does not know stays in its message. */
  keepsUnknown(bytes: Uint8Array): boolean;
};

/** @returns the message as it is now, as `bytes` where nothing changed; undefined where they are no StreamingMessage */
export function rewriteMessage(bytes: Uint8Array, rewriter: Rewriter): Uint8Array | undefined {
  return rewriteOnWire(bytes, rewriter) ?? rewriteDecoded(bytes, rewriter);
}

/** As {@link rewriteMessage}, of any message: it is decoded, and encoded again in the form that encoders write. */
export function rewriteDecoded(bytes: Uint8Array, rewriter: Rewriter): Uint8Array | undefined {
  const decoded = decodeRevision(bytes, undefined);
  if (decoded === undefined) {
    return undefined;
  }
  rewriteFields(StreamingMessageSchema, decoded.message, rewriter, undefined);
  return toBinary(StreamingMessageSchema, decoded.message);
}

function rewriteFields(desc: DescMessage, message: Message, rewriter: Rewriter, inherited: Place | undefined): void {
  keepUnknown(message, rewriter);
  for (const { field, place: own } of planOf(desc)) {
    const place = placeWithin(own, inherited);
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
