import { ByteView, FieldCursor, WIRE_LENGTH } from "@inspector/proto";

/**
 * Visits the length-delimited fields (messages, texts, bytes) of one protobuf message, without decoding anything: a rule
 * looks at every invocation of a session in this way. Stops where the bytes are not protobuf.
 */
export function walkFields(
  bytes: Uint8Array,
  from: number,
  to: number,
  visit: (field: number, start: number, end: number) => void,
): void {
  const cursor = new FieldCursor(new ByteView(bytes), from, to);
  while (cursor.next()) {
    if (cursor.wireType === WIRE_LENGTH) {
      visit(cursor.number, cursor.start, cursor.end);
    }
  }
}
