/** The messages of a session on their way into another one, redacted or as they crossed. */
import type { Redactor } from "@inspector/analysis/redaction/redactor";
import type { ReplayMark } from "@inspector/contract/intervention";
import type { Seq } from "@inspector/contract/page";
import { BODY_PART_BYTES } from "@inspector/filter/bodies";
import { FLAG_COMPRESSED, FLAG_TRUNCATED } from "@inspector/filter/message-flags";
import { isEventStream, KIND, readHead } from "@inspector/proto";
import { addMessage, headOfRow, type PairedWith, type RowHead, type Stored } from "@inspector/session/copied-message";
import { type Database, numberOf, type SqlRow, textOf } from "@inspector/session/database";
import { createQueries, type Queries } from "@inspector/session/queries";
import { maybeNumber } from "@inspector/session/sql-values";
import type { Writer } from "@inspector/session/writer";
import { decompress } from "../decompress.ts";
import { storeLargeBody } from "./recorded-values.ts";

/** A larger message is not decoded; of a redacted session its bytes are left out. */
const MAX_DECODED_BYTES = 64 * 1024 * 1024;

export type MessageSource = {
  readonly queries: Queries;
  /** The rows of some messages, as they are stored. */
  rows(seqs: readonly Seq[]): SqlRow[];
  /** As many rows, behind a message. */
  rowsAfter(seq: Seq, count: number): SqlRow[];
  /** As `rowsAfter`, with just the columns that `payload` needs. */
  storedAfter(seq: Seq, count: number): SqlRow[];
  /** A message's bytes, decompressed; undefined where they are not there, not whole, or too many. */
  payload(row: SqlRow): Uint8Array | undefined;
  /** By the sequence number of an invocation's first message. */
  readonly replays: ReadonlyMap<Seq, ReplayMark>;
  flagsOf(seq: Seq): number;
  pairedWith(row: SqlRow): PairedWith;
};

export function createMessageSource(database: Database): MessageSource {
  const queries = createQueries(database);
  const one = database.prepare("SELECT * FROM message WHERE seq = ?");
  const after = database.prepare("SELECT * FROM message WHERE seq > ? ORDER BY seq LIMIT ?");
  const storedAfter = database.prepare(
    "SELECT seq, stream, size, flags, body FROM message WHERE seq > ? ORDER BY seq LIMIT ?",
  );
  const flags = database.prepare("SELECT flags FROM intervention WHERE seq = ?");
  const hasFlags = database.prepare("SELECT 1 FROM intervention LIMIT 1").get() !== undefined;
  const replays = database.prepare("SELECT * FROM replay").all();
  const eventStreams = new Map<number, boolean>();

  function isDecodable(row: SqlRow): boolean {
    const stream = numberOf(row["stream"]);
    const known = eventStreams.get(stream) ?? isEventStream(queries.stream(stream)?.path ?? "");
    eventStreams.set(stream, known);
    return known && (numberOf(row["flags"]) & FLAG_TRUNCATED) === 0 && numberOf(row["size"]) <= MAX_DECODED_BYTES;
  }

  return {
    queries,
    rows: (seqs) => seqs.map((seq) => one.get(seq)).filter((row) => row !== undefined),
    rowsAfter: (seq, count) => after.all(seq, count),
    storedAfter: (seq, count) => storedAfter.all(seq, count),
    payload(row) {
      if (!isDecodable(row)) {
        return undefined;
      }
      const [size, body] = [numberOf(row["size"]), numberOf(row["body"])];
      const stored = queries.bodyBytes(body, 0, size);
      if (stored.length < size || (numberOf(row["flags"]) & FLAG_COMPRESSED) === 0) {
        return stored.length < size ? undefined : stored;
      }
      return decompress(stored, queries.origin(numberOf(row["seq"]))?.encoding, MAX_DECODED_BYTES);
    },
    replays: new Map(
      replays.map((row) => [
        numberOf(row["invocation"]),
        { run: numberOf(row["run"]), n: numberOf(row["n"]), isEdited: row["is_edited"] === 1 },
      ]),
    ),
    pairedWith: createPairedWith(database),
    flagsOf: (seq) => (hasFlags ? numberOf(flags.get(seq)?.["flags"]) : 0),
  };
}

/** Other streams of a message's worker are the same for all messages of its stream. */
function createPairedWith(database: Database): MessageSource["pairedWith"] {
  const first = database.prepare("SELECT worker FROM joined_stream WHERE stream = ?");
  const ended = database.prepare(
    `SELECT max(b.id) AS id FROM stream s JOIN stream b ON b.worker_id = s.worker_id AND b.id < s.id
       AND b.ended_at <= s.opened_at AND b.id NOT IN (SELECT stream FROM joined_stream) WHERE s.id = ?`,
  );
  const known = new Map<number, PairedWith>();
  return (row) => {
    const stream = numberOf(row["stream"]);
    let paired = known.get(stream);
    if (paired === undefined) {
      const worker = maybeNumber(first.get(stream)?.["worker"]);
      paired = { worker, before: worker === undefined ? maybeNumber(ended.get(stream)?.["id"]) : undefined };
      known.set(stream, paired);
    }
    return paired;
  };
}

/**
 * @param redactor undefined to copy the message as it crossed
 * @param flags what the inspector did to it, as INTERVENTION_FLAGS
 */
export function copyMessage(
  source: MessageSource,
  writer: Writer,
  row: SqlRow,
  redactor: Redactor | undefined,
  flags: number,
): number {
  const seq = numberOf(row["seq"]);
  // As it crossed, only a request says more than its row does.
  const isRead = redactor !== undefined || numberOf(row["kind"]) === KIND.invocationRequest;
  const payload = isRead ? source.payload(row) : undefined;
  const redacted = redactor === undefined || payload === undefined ? undefined : redactor.message(payload);
  const stored = redactor === undefined ? storeAsItIs(source, writer, row) : storeRedacted(writer, row, redacted);
  const head = redactor === undefined ? headOfRow(row, payload) : headOf(row, redacted, redactor);
  const beside = { flags, replay: source.replays.get(seq), ...source.pairedWith(row) };
  addMessage(writer, row, { stored, head, beside });
  return stored.size;
}

function storeRedacted(writer: Writer, row: SqlRow, bytes: Uint8Array | undefined): Stored {
  const flags = numberOf(row["flags"]);
  if (bytes === undefined) {
    return { body: missingBody(writer, row), size: numberOf(row["size"]), flags };
  }
  return { body: store(writer, bytes), size: bytes.length, flags: flags & ~FLAG_COMPRESSED };
}

function storeAsItIs({ queries }: MessageSource, writer: Writer, row: SqlRow): Stored {
  const [size, flags, number] = [numberOf(row["size"]), numberOf(row["flags"]), numberOf(row["body"])];
  if (size <= BODY_PART_BYTES) {
    const bytes = queries.bodyBytes(number, 0, size);
    return { body: bytes.length < size ? missingBody(writer, row) : writer.bodies.whole(bytes), size, flags };
  }
  if (queries.message(numberOf(row["seq"]))?.isBodyDropped === true) {
    return { body: missingBody(writer, row), size, flags };
  }
  const body = writer.bodies.open();
  for (let part = 0; part * BODY_PART_BYTES < size; part += 1) {
    const start = part * BODY_PART_BYTES;
    writer.bodies.part(body, part, queries.bodyBytes(number, start, Math.min(start + BODY_PART_BYTES, size)));
  }
  return { body, size, flags };
}

/** A body that has no parts says that the message's bytes are not there. */
function missingBody(writer: Writer, row: SqlRow): number {
  return numberOf(row["size"]) === 0 ? 0 : writer.bodies.open();
}

function store(writer: Writer, bytes: Uint8Array): number {
  return bytes.length <= BODY_PART_BYTES ? writer.bodies.whole(bytes) : storeLargeBody(writer, bytes);
}

/** Without bytes only the ids are told: what a row says in words was read from what is not there any more. */
function headOf(row: SqlRow, bytes: Uint8Array | undefined, redactor: Redactor): RowHead {
  if (bytes !== undefined) {
    return readHead(bytes);
  }
  const id = (column: string): string | undefined => {
    const value = textOf(row[column]);
    return value && redactor.text(value, { class: "keep", field: `message.${column}`, name: column });
  };
  return {
    requestId: id("request_id"),
    invocationId: id("invocation_id"),
    functionId: id("function_id"),
    status: maybeNumber(row["status"]),
    level: maybeNumber(row["level"]),
  };
}
