/** What the text index is made of, read in few steps since it is read for every message. */

import type { Seq } from "@inspector/contract/page";
import { BODY_PART_BYTES } from "@inspector/filter/bodies";
import { nameKind } from "@inspector/filter/kinds";
import { FLAG_COMPRESSED, FLAG_TRUNCATED } from "@inspector/filter/message-flags";
import { decodeMessage, isEventStream } from "@inspector/proto";
import { createBodyReader } from "../body.ts";
import { type Database, numberOf, type SqlRow, textOf } from "../database.ts";
import type { ReadPayload } from "../payload.ts";
import { MAX_TEXT_CHARS, messageText, printableText } from "./message-text.ts";
import type { IndexedText } from "./text-index.ts";

/** Reads the text of messages. */
export type TextSource = {
  /** The texts of the messages behind a number, ascending; at most `limit`. */
  after(seq: Seq, limit: number): IndexedText[];
};

/**
 * A message's text is what its row shows and what its payload holds. Of a message that is larger than a part of a body, or that is
 * not of the event stream, only the beginning is looked at.
 * @param readPayload opens messages that crossed compressed
 */
export function createTextSource(database: Database, readPayload: ReadPayload): TextSource {
  const rows = database.prepare(
    `SELECT m.seq, m.kind, m.size, m.flags, m.body, m.text, m.request_id, m.invocation_id, m.function_id, f.name, s.path
     FROM message m
     JOIN stream s ON s.id = m.stream
     LEFT JOIN function f ON f.stream = m.stream AND f.function_id = m.function_id
     WHERE m.seq > ? ORDER BY m.seq LIMIT ?`,
  );
  const bodies = createBodyReader(database);
  const firstPart = (row: SqlRow): Uint8Array =>
    bodies.bytes(numberOf(row["body"]), 0, Math.min(numberOf(row["size"]), BODY_PART_BYTES));
  return {
    after: (seq, limit) =>
      rows
        .all(seq, limit)
        .map((row) => ({ seq: numberOf(row["seq"]), text: textOfRow(row, firstPart(row), readPayload) })),
  };
}

function textOfRow(row: SqlRow, stored: Uint8Array, readPayload: ReadPayload): string {
  const lines = new Set([nameKind(numberOf(row["kind"]), textOf(row["path"]) ?? "")]);
  for (const column of ["name", "function_id", "request_id", "invocation_id", "text"]) {
    const text = textOf(row[column]);
    if (text !== undefined) {
      lines.add(text);
    }
  }
  lines.add(payloadText(row, stored, readPayload));
  return [...lines].filter((line) => line !== "").join("\n");
}

/** @param stored the first part of its body, most often all of it; empty where it was given up */
function payloadText(row: SqlRow, stored: Uint8Array, readPayload: ReadPayload): string {
  const flags = numberOf(row["flags"]);
  const isCompressed = (flags & FLAG_COMPRESSED) !== 0;
  if ((flags & FLAG_TRUNCATED) === 0 && isEventStream(textOf(row["path"]) ?? "")) {
    const payload = isCompressed ? readPayload(numberOf(row["seq"])) : stored;
    const isWhole = isCompressed || payload?.length === numberOf(row["size"]);
    const decoded = isWhole && payload !== undefined ? decodeMessage(payload) : undefined;
    if (decoded?.ok) {
      return messageText(decoded.message);
    }
  }
  return isCompressed ? "" : printableText(stored.subarray(0, MAX_TEXT_CHARS));
}
