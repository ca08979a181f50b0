import type { Message } from "@bufbuild/protobuf";
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { encodeBase64, parseBase64 } from "./base64.ts";
import { keepUnknown } from "./decode.ts";
import { ByteView, FieldCursor } from "./field-cursor.ts";

/**
 * Key of a message's unknown fields in JSON. Only objects that stand for a message carry it; in an object that stands
 * for a map it is a key like any other.
 */
export const UNKNOWN_KEY = "$unknown";

/** The unknown fields of one message, tags included, as base64; undefined where there are none. */
export function formatUnknown(message: Message): string | undefined {
  if (message.$unknown === undefined || message.$unknown.length === 0) {
    return undefined;
  }
  const writer = new BinaryWriter();
  for (const { no, wireType, data } of message.$unknown) {
    writer.tag(no, wireType).raw(data);
  }
  return encodeBase64(writer.finish());
}

/** Inverse of {@link formatUnknown}; false where the text is not base64 or its bytes are not protobuf fields. */
export function parseUnknown(message: Message, text: string): boolean {
  const bytes = parseBase64(text);
  if (bytes === undefined) {
    return false;
  }
  const cursor = new FieldCursor(new ByteView(bytes), 0, bytes.length);
  while (cursor.next()) {
    keepUnknown(message, bytes, cursor);
  }
  return cursor.fault === undefined;
}
