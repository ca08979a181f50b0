/** Finds what a strict protobuf parser refuses in the bytes of a StreamingMessage, and where. */

import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { decodeMessage } from "./codec.ts";
import { ByteView, FieldCursor, MAX_DEPTH, WIRE_LENGTH } from "./field-cursor.ts";
import { fieldsOf } from "./fields-of.ts";
import { StreamingMessageSchema } from "./gen/FunctionRpc_pb.ts";

export type Damage = {
  /** Position of the first byte that makes no sense, from the beginning of the message. */
  readonly offset: number;
  /** The field that it is in, by the contract's names: "invocation_request.input_data"; "" for the envelope itself. */
  readonly path: string;
  /** The rest of a sentence whose subject is the field: "promises 127 bytes, and 3 are left". */
  readonly says: string;
};

/**
 * The first damage in the bytes of one message, nested messages included; undefined where a parser reads all of it.
 *
 * A field that the contract lacks, and one of another wire type than the contract's, is no damage: parsers keep those as unknown.
 * Text that is not UTF-8 is damage: proto3 parsers of Go, Java, Python and C++ refuse the whole message, others put U+FFFD in.
 * @see protobuf encoding, "Message Structure" and "Strings"
 */
export function findDamage(bytes: Uint8Array): Damage | undefined {
  const found = damageIn(new ByteView(bytes), bytes, StreamingMessageSchema, { from: 0, to: bytes.length }, []);
  if (found === undefined) {
    return undefined;
  }
  // What an older revision used otherwise does not fit today's schema, and is whole all the same.
  const decoded = decodeMessage(bytes);
  return decoded.ok && decoded.revision !== undefined ? undefined : found;
}

type Span = { readonly from: number; readonly to: number };

type Path = readonly string[];

function damageIn(view: ByteView, bytes: Uint8Array, desc: DescMessage, span: Span, path: Path): Damage | undefined {
  const fields = fieldsOf(desc);
  const cursor = new FieldCursor(view, span.from, span.to);
  while (cursor.next()) {
    const field = cursor.wireType === WIRE_LENGTH ? fields.get(cursor.number) : undefined;
    const found = field === undefined ? undefined : damageOf(view, bytes, field, cursor, path);
    if (found !== undefined) {
      return found;
    }
  }
  return cursor.fault === undefined ? undefined : faultOf(cursor, fields, span, path);
}

function damageOf(
  view: ByteView,
  bytes: Uint8Array,
  field: DescField,
  { start, end }: FieldCursor,
  path: Path,
): Damage | undefined {
  const inner = [...path, field.name];
  if (field.fieldKind === "map") {
    return damageInEntry(view, bytes, field, { from: start, to: end }, inner);
  }
  const message = "message" in field ? field.message : undefined;
  if (message !== undefined) {
    return path.length >= MAX_DEPTH ? undefined : damageIn(view, bytes, message, { from: start, to: end }, inner);
  }
  return "scalar" in field && field.scalar === ScalarType.STRING ? damageInText(bytes, start, end, inner) : undefined;
}

/** A map's field is a message of its own: 1 is the key, 2 the value. */
function damageInEntry(
  view: ByteView,
  bytes: Uint8Array,
  field: DescField & { readonly fieldKind: "map" },
  span: Span,
  path: Path,
): Damage | undefined {
  const cursor = new FieldCursor(view, span.from, span.to);
  while (cursor.next()) {
    if (cursor.wireType !== WIRE_LENGTH) {
      continue;
    }
    const { number, start, end } = cursor;
    const isText = number === 1 ? field.mapKey === ScalarType.STRING : field.scalar === ScalarType.STRING;
    const found =
      number === 2 && field.message !== undefined
        ? damageIn(view, bytes, field.message, { from: start, to: end }, path)
        : number <= 2 && isText
          ? damageInText(bytes, start, end, path)
          : undefined;
    if (found !== undefined) {
      return found;
    }
  }
  return cursor.fault === undefined ? undefined : faultOf(cursor, new Map(), span, path);
}

/** Where a walk stopped: at a field whose length goes beyond its message, or at bytes that begin no field. */
function faultOf(cursor: FieldCursor, fields: ReadonlyMap<number, DescField>, { to }: Span, path: Path): Damage {
  const { tag, body, start, number, wireType, value } = cursor;
  if (body <= tag) {
    return { offset: tag, path: path.join("."), says: "has a byte there that begins no field" };
  }
  const inner = [...path, fields.get(number)?.name ?? `#${number}`].join(".");
  if (wireType === WIRE_LENGTH && start > body) {
    return { offset: body, path: inner, says: `promises ${value} bytes, and ${to - start} are left` };
  }
  return { offset: body, path: inner, says: "ends in the middle of its value" };
}

function damageInText(bytes: Uint8Array, start: number, end: number, path: Path): Damage | undefined {
  const offset = notUtf8At(bytes, start, end);
  return offset === undefined ? undefined : { offset, path: path.join("."), says: "holds text that is not UTF-8" };
}

/** Position of the first byte that is not part of well-formed UTF-8. @see Unicode, table 3-7 */
function notUtf8At(bytes: Uint8Array, start: number, end: number): number | undefined {
  for (let at = start; at < end; ) {
    const first = bytes[at] ?? 0;
    if (first < 0x80) {
      at += 1;
      continue;
    }
    const length =
      first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
    if (length === 0 || at + length > end || !isTail(bytes, at, length)) {
      return at;
    }
    at += length;
  }
  return undefined;
}

function isTail(bytes: Uint8Array, at: number, length: number): boolean {
  const first = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) {
    return false;
  }
  for (let next = at + 2; next < at + length; next += 1) {
    if (((bytes[next] ?? 0) & 0xc0) !== 0x80) {
      return false;
    }
  }
  return true;
}
