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
 * @param isUtf8 the runtime's own, where it has one: Node's is up to thirty times as fast for long texts
 * @see protobuf encoding, "Message Structure" and "Strings"
 */
export function findDamage(bytes: Uint8Array, isUtf8: IsUtf8 = () => false): Damage | undefined {
  const source = { view: new ByteView(bytes), bytes, isUtf8 };
  const found = damageIn(source, StreamingMessageSchema, { from: 0, to: bytes.length }, 0);
  if (found === undefined) {
    return undefined;
  }
  // What an older revision used otherwise does not fit today's schema, and is whole all the same.
  const decoded = decodeMessage(bytes);
  return decoded.ok && decoded.revision !== undefined ? undefined : found;
}

/** Whether bytes are well-formed UTF-8, told faster than here; where it says no, they are looked at here. */
export type IsUtf8 = (bytes: Uint8Array) => boolean;

/** From so many bytes on asking is faster than looking. */
const LONG_TEXT = 64;

type Source = { readonly view: ByteView; readonly bytes: Uint8Array; readonly isUtf8: IsUtf8 };

type Span = { readonly from: number; readonly to: number };

/** @param depth messages around this one. The path of what is found begins within it. */
function damageIn(source: Source, desc: DescMessage, span: Span, depth: number): Damage | undefined {
  const fields = fieldsOf(desc);
  const cursor = new FieldCursor(source.view, span.from, span.to);
  while (cursor.next()) {
    const field = cursor.wireType === WIRE_LENGTH ? fields.get(cursor.number) : undefined;
    const found = field === undefined ? undefined : damageOf(source, field, cursor, depth);
    if (field !== undefined && found !== undefined) {
      return { ...found, path: found.path === "" ? field.name : `${field.name}.${found.path}` };
    }
  }
  return cursor.fault === undefined ? undefined : faultOf(cursor, fields, span);
}

/** The path of what is found begins behind the field's name. */
function damageOf(source: Source, field: DescField, { start, end }: FieldCursor, depth: number): Damage | undefined {
  const span = { from: start, to: end };
  if (field.fieldKind === "map") {
    return damageInEntry(source, field, span, depth);
  }
  const message = "message" in field ? field.message : undefined;
  if (message !== undefined) {
    return depth >= MAX_DEPTH ? undefined : damageIn(source, message, span, depth + 1);
  }
  return "scalar" in field && field.scalar === ScalarType.STRING ? damageInText(source, span) : undefined;
}

/** A map's field is a message of its own: 1 is the key, 2 the value. */
function damageInEntry(
  source: Source,
  field: DescField & { readonly fieldKind: "map" },
  span: Span,
  depth: number,
): Damage | undefined {
  const cursor = new FieldCursor(source.view, span.from, span.to);
  while (cursor.next()) {
    if (cursor.wireType !== WIRE_LENGTH) {
      continue;
    }
    const { number, start, end } = cursor;
    const isText = number === 1 ? field.mapKey === ScalarType.STRING : field.scalar === ScalarType.STRING;
    const found =
      number === 2 && field.message !== undefined
        ? damageIn(source, field.message, { from: start, to: end }, depth + 1)
        : number <= 2 && isText
          ? damageInText(source, { from: start, to: end })
          : undefined;
    if (found !== undefined) {
      return found;
    }
  }
  return cursor.fault === undefined ? undefined : faultOf(cursor, new Map(), span);
}

/** Where a walk stopped: at a field whose length goes beyond its message, or at bytes that begin no field. */
function faultOf(cursor: FieldCursor, fields: ReadonlyMap<number, DescField>, { to }: Span): Damage {
  const { tag, body, start, number, wireType, value } = cursor;
  if (body <= tag) {
    return { offset: tag, path: "", says: "has a byte there that begins no field" };
  }
  const path = fields.get(number)?.name ?? `#${number}`;
  if (wireType === WIRE_LENGTH && start > body) {
    return { offset: body, path, says: `promises ${value} bytes, and ${to - start} are left` };
  }
  return { offset: body, path, says: "ends in the middle of its value" };
}

function damageInText({ bytes, isUtf8 }: Source, { from, to }: Span): Damage | undefined {
  if (to - from >= LONG_TEXT && isUtf8(bytes.subarray(from, to))) {
    return undefined;
  }
  const offset = notUtf8At(bytes, from, to);
  return offset === undefined ? undefined : { offset, path: "", says: "holds text that is not UTF-8" };
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
