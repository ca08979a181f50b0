/** Finds what a strict protobuf parser refuses in the bytes of a StreamingMessage, and where. */

import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { decodeMessage } from "./codec.ts";
import { type ByteSource, ByteView, FieldCursor, MAX_DEPTH, WIRE_LENGTH } from "./field-cursor.ts";
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
 * @param source of a {@link ByteSource} only tags and texts are read, text by text in pieces; where bytes are not available the look
 * ends without damage
 * @param isUtf8 the runtime's own, where it has one: Node's is up to thirty times as fast for long texts
 * @see protobuf encoding, "Message Structure" and "Strings"
 */
export function findDamage(source: Uint8Array | ByteSource, isUtf8: IsUtf8 = () => false): Damage | undefined {
  const bytes = source instanceof Uint8Array ? source : undefined;
  const { length } = source;
  const found = damageIn(
    { view: new ByteView(source), bytes, isUtf8 },
    StreamingMessageSchema,
    { from: 0, to: length },
    0,
  );
  return found === undefined || isOfOlderRevision(source, found) ? undefined : found;
}

/** A list of functions beyond this size is not read again as one of an older revision. */
const MAX_REVISED_BYTES = 16 * 1024 * 1024;

/** What an older revision used otherwise does not fit today's schema, and is whole all the same: the list of functions only. */
function isOfOlderRevision(source: Uint8Array | ByteSource, { path }: Damage): boolean {
  if (!path.startsWith("function_metadata_response") || source.length > MAX_REVISED_BYTES) {
    return false;
  }
  const decoded = decodeMessage(source instanceof Uint8Array ? source : source.slice(0, source.length));
  return decoded.ok && decoded.revision !== undefined;
}

/** Whether bytes are well-formed UTF-8, told faster than here; where it says no, they are looked at here. */
export type IsUtf8 = (bytes: Uint8Array) => boolean;

/** From so many bytes on asking is faster than looking. */
const LONG_TEXT = 64;

type Source = {
  readonly view: ByteView;
  /** The whole message, where it is in memory. */
  readonly bytes: Uint8Array | undefined;
  readonly isUtf8: IsUtf8;
};

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
  return cursor.fault === "malformed" ? faultOf(cursor, fields, span) : undefined;
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
  return cursor.fault === "malformed" ? faultOf(cursor, new Map(), span) : undefined;
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

function damageInText({ view, bytes, isUtf8 }: Source, { from, to }: Span): Damage | undefined {
  const offset = bytes === undefined ? notUtf8In(view, isUtf8, from, to) : notUtf8At(bytes, isUtf8, from, to);
  return offset === undefined ? undefined : { offset, path: "", says: "holds text that is not UTF-8" };
}

/** How much of a long text that is not in memory is looked at at once. */
const TEXT_PIECE_BYTES = 256 * 1024;

/** As {@link notUtf8At}, of text that comes in pieces. */
function notUtf8In(view: ByteView, isUtf8: IsUtf8, from: number, to: number): number | undefined {
  for (let at = from; at < to; ) {
    const piece = view.bytes(at, Math.min(at + TEXT_PIECE_BYTES, to));
    const isLast = at + piece.length >= to;
    const length = isLast ? piece.length : piece.length - beginningAtEnd(piece);
    if (length === 0) {
      return undefined;
    }
    const found = notUtf8At(piece, isUtf8, 0, length);
    if (found !== undefined) {
      return at + found;
    }
    at += length;
  }
  return undefined;
}

/** Bytes at the end of a piece that may begin a character which goes on in the next: at most three. */
function beginningAtEnd(piece: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, piece.length - 1); back += 1) {
    const byte = piece[piece.length - back] ?? 0;
    if (byte >= 0xc0) {
      return back;
    }
    if (byte < 0x80) {
      return 0;
    }
  }
  return 0;
}

/** Position of the first byte that is not part of well-formed UTF-8. @see Unicode, table 3-7 */
function notUtf8At(bytes: Uint8Array, isUtf8: IsUtf8, start: number, end: number): number | undefined {
  if (end - start >= LONG_TEXT && isUtf8(bytes.subarray(start, end))) {
    return undefined;
  }
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
