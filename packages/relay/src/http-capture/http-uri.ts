/**
 * The address of its own HTTP server that a worker declares, capability HttpUri: found and replaced in the bytes of a
 * message, of which everything else stays as it is, unknown fields and order included. Without a schema, since this runs in
 * the relay's process.
 */
import { ProtobufFields, WIRE_LENGTH } from "@inspector/wire/protobuf-fields";
import { KIND } from "../content-kinds.ts";

/** Fields of StreamingMessage that carry capabilities, and the number of that map in each. */
const CAPABILITIES = [
  { content: KIND.workerInitResponse, map: 2 },
  { content: KIND.functionEnvironmentReloadResponse, map: 2 },
] as const;

const KEY = 1;
const VALUE = 2;
const NAME = Buffer.from("HttpUri");

/**
 * Replaces the value of every HttpUri in a StreamingMessage.
 * @param replace gets the address as the worker wrote it; the same text, or undefined, leaves it
 * @returns the same array where nothing was replaced: there is none, or the bytes are no StreamingMessage
 */
export function replaceHttpUri(message: Uint8Array, replace: (uri: string) => string | undefined): Uint8Array {
  const inEntry = (entry: Uint8Array): Uint8Array => {
    if (!hasField(entry, KEY, NAME)) {
      return entry;
    }
    return replaceFields(entry, VALUE, (value) => {
      const uri = Buffer.from(value).toString("utf8");
      const other = replace(uri);
      return other === undefined || other === uri ? value : Buffer.from(other, "utf8");
    });
  };
  return CAPABILITIES.reduce(
    (bytes, { content, map }) => replaceFields(bytes, content, (response) => replaceFields(response, map, inEntry)),
    message,
  );
}

/** The address that a worker's message declares; where it stands twice the last counts, as in any protobuf map. */
export function httpUriOf(message: Uint8Array): string | undefined {
  let found: string | undefined;
  replaceHttpUri(message, (uri) => {
    found = uri;
    return uri;
  });
  return found;
}

type Field = { readonly number: number; readonly isBytes: boolean; tag: number; start: number; end: number };

/** Replaces the contents of the length-delimited fields of a number; the same array where all stay the same. */
function replaceFields(message: Uint8Array, number: number, replace: (value: Uint8Array) => Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  let kept = 0;
  for (const field of fieldsOf(message) ?? []) {
    if (field.number !== number || !field.isBytes) {
      continue;
    }
    const value = message.subarray(field.start, field.end);
    const other = replace(value);
    if (other === value) {
      continue;
    }
    const tagBytes = varint(number * 8 + WIRE_LENGTH);
    pieces.push(message.subarray(kept, field.tag), tagBytes, varint(other.length), other);
    kept = field.end;
  }
  return pieces.length === 0 ? message : Buffer.concat([...pieces, message.subarray(kept)]);
}

function hasField(message: Uint8Array, number: number, value: Uint8Array): boolean {
  const last = fieldsOf(message)?.findLast((field) => field.number === number && field.isBytes);
  return last !== undefined && Buffer.compare(message.subarray(last.start, last.end), value) === 0;
}

/** The fields of a message in order; undefined for bytes that are none. Groups are not in the contract. */
function fieldsOf(message: Uint8Array): Field[] | undefined {
  const found: Field[] = [];
  const fields = new ProtobufFields();
  while (fields.at < message.length) {
    const tag = fields.at;
    if (fields.read(message, message.length) !== "field" || fields.at + fields.size > message.length) {
      return undefined;
    }
    const { number, wireType, at: start, size } = fields;
    found.push({ number, isBytes: wireType === WIRE_LENGTH, tag, start, end: start + size });
    fields.skip(size);
  }
  return found;
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) | 128);
  }
  return Uint8Array.from([...bytes, rest]);
}
