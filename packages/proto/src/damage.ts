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
    planOf(StreamingMessageSchema),
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

/** A field in which there may be damage: text, or a message. */
type Checked = {
  readonly field: DescField;
  readonly is: "text" | "message" | "map";
  /** Of the message that the field is; looked up when one is first seen, since messages contain themselves. */
  nested: Plan | undefined;
};

/** Fields by number; the holes are fields that any bytes fit. */
type Plan = readonly (Checked | undefined)[];

const plans = new WeakMap<DescMessage, Plan>();

/** Every field of every message is looked up in one: what the schema says of it is asked once. */
function planOf(desc: DescMessage): Plan {
  const known = plans.get(desc);
  if (known !== undefined) {
    return known;
  }
  const plan = Array.from({ length: Math.max(0, ...desc.fields.map(({ number }) => number)) + 1 }, (_, number) =>
    checkedOf(fieldsOf(desc).get(number)),
  );
  plans.set(desc, plan);
  return plan;
}

function checkedOf(field: DescField | undefined): Checked | undefined {
  if (field?.fieldKind === "map") {
    return { field, is: "map", nested: undefined };
  }
  if (field !== undefined && "message" in field && field.message !== undefined) {
    return { field, is: "message", nested: undefined };
  }
  const isText = field !== undefined && "scalar" in field && field.scalar === ScalarType.STRING;
  return isText ? { field, is: "text", nested: undefined } : undefined;
}

/** @param depth messages around this one. The path of what is found begins within it. */
function damageIn(source: Source, desc: DescMessage, plan: Plan, span: Span, depth: number): Damage | undefined {
  const cursor = new FieldCursor(source.view, span.from, span.to);
  while (cursor.next()) {
    const { number } = cursor;
    const checked = cursor.wireType === WIRE_LENGTH && number < plan.length ? plan[number] : undefined;
    if (checked === undefined) {
      continue;
    }
    const found = damageOf(source, checked, cursor.start, cursor.end, depth);
    if (found !== undefined) {
      const { name } = checked.field;
      return { ...found, path: found.path === "" ? name : `${name}.${found.path}` };
    }
  }
  return cursor.fault === "malformed" ? faultOf(cursor, fieldsOf(desc), span) : undefined;
}

/** The path of what is found begins behind the field's name. */
function damageOf(source: Source, checked: Checked, from: number, to: number, depth: number): Damage | undefined {
  const { field, is } = checked;
  if (is === "text") {
    return damageInText(source, from, to);
  }
  if (field.fieldKind === "map") {
    return damageInEntry(source, field, { from, to }, depth);
  }
  const { message } = field;
  if (message === undefined || depth >= MAX_DEPTH) {
    return undefined;
  }
  checked.nested ??= planOf(message);
  return damageIn(source, message, checked.nested, { from, to }, depth + 1);
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
        ? damageIn(source, field.message, planOf(field.message), { from: start, to: end }, depth + 1)
        : number <= 2 && isText
          ? damageInText(source, start, end)
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

function damageInText({ view, bytes, isUtf8 }: Source, from: number, to: number): Damage | undefined {
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
