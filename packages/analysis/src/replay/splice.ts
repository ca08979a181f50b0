/** Changes fields within the bytes of a message, without decoding it. */
import { ByteView, encodeUtf8, FieldCursor, joinBytes, KIND, WIRE_LENGTH } from "@inspector/proto";

/** Field numbers of the contract. */
const INVOCATION_ID = 1;
const FUNCTION_ID = 2;
const TRACE_CONTEXT = 5;
const TRACE_PARENT = 1;

export type SplicedIds = {
  readonly invocationId: string;
  readonly functionId: string;
  /** Absent: the trace context stays as it is, and away where there is none. */
  readonly traceParent?: string;
};

/** What becomes of a field: another text, edits within the message that it holds, or what a function makes of its content. */
type Edit = string | Edits | ((content: Uint8Array) => Uint8Array);
export type Edits = ReadonlyMap<number, Edit>;

/**
 * The StreamingMessage with the ids of its invocation_request replaced. All other bytes stay as they were and in their
 * order: unknown fields, defaults that were written out, overlong numbers. An id that was not there is added at the end.
 *
 * @param bytes an invocation_request that decodes
 */
export function replaceIds(bytes: Uint8Array, { invocationId, functionId, traceParent }: SplicedIds): Uint8Array {
  const request = new Map<number, Edit>([
    [INVOCATION_ID, invocationId],
    [FUNCTION_ID, functionId],
  ]);
  if (traceParent !== undefined) {
    request.set(TRACE_CONTEXT, new Map([[TRACE_PARENT, traceParent]]));
  }
  const spliced = splice(bytes, 0, bytes.length, new Map([[KIND.invocationRequest, request]]));
  return spliced ?? bytes;
}

/**
 * Edits the fields of the message between two positions; all other bytes stay as they were and in their order.
 *
 * @returns undefined where the bytes are not a protobuf message
 */
export function splice(bytes: Uint8Array, from: number, to: number, edits: Edits): Uint8Array | undefined {
  const parts: Uint8Array[] = [];
  const missing = new Set([...edits].flatMap(([number, edit]) => (typeof edit === "function" ? [] : [number])));
  const cursor = new FieldCursor(new ByteView(bytes), from, to);
  while (cursor.next()) {
    const { number, wireType, tag, body, start, end } = cursor;
    const edit = wireType === WIRE_LENGTH ? edits.get(number) : undefined;
    const content = edit === undefined ? undefined : edited(bytes, start, end, edit);
    if (content === undefined) {
      parts.push(bytes.subarray(tag, end));
    } else {
      parts.push(bytes.subarray(tag, body), varint(content.length), content);
      missing.delete(number);
    }
  }
  if (cursor.fault !== undefined) {
    return undefined;
  }
  for (const number of missing) {
    const content = edited(NOTHING, 0, 0, edits.get(number) ?? "") ?? NOTHING;
    parts.push(lengthField(number, content));
  }
  return joinBytes(parts);
}

const NOTHING = new Uint8Array();

function edited(bytes: Uint8Array, from: number, to: number, edit: Edit): Uint8Array | undefined {
  if (typeof edit === "function") {
    return edit(bytes.subarray(from, to));
  }
  return typeof edit === "string" ? encodeUtf8(edit) : splice(bytes, from, to, edit);
}

/** A length-delimited field, as it stands on the wire. */
export function lengthField(number: number, content: Uint8Array): Uint8Array {
  return joinBytes([varint(number * 8 + WIRE_LENGTH), varint(content.length), content]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) {
    bytes.push((rest % 0x80) + 0x80);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
