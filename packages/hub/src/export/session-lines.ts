/**
 * A session as lines of JSON, an object a line, from which SessionRestore in packages/ingest makes an equal one.
 *
 * - The first line: `{"inspector":"session","lines":1,"startedAt":…,"version":…}`, with `redaction` as the session has it.
 * - A row of a table: `{"table":"stream","row":{…}}`, in an order in which what a row refers to stands before it.
 * - Of a message also `flags` (what the inspector did to it), `replay`, `worker` and `before` (other streams of its worker), and `bytes`,
 *   as they crossed.
 * - The last line: `{"inspector":"end"}`.
 * - Larger bodies: `bodies` says how many lines `{"bytes":…}` follow for each column that has one; null for a body that is not there.
 */
import { setImmediate as letSignalsIn } from "node:timers/promises";
import { visibleJson } from "@inspector/contract/visible-text";
import { BODY_PART_BYTES } from "@inspector/filter/bodies";
import { LINES_VERSION } from "@inspector/ingest/import/session-restore";
import { numberOf, type SqlRow, textOf } from "@inspector/session/database";
import {
  BESIDE_TABLES,
  BODY_COLUMNS,
  FIRST_TABLES,
  httpPartBytes,
  type PartBytes,
  type RowTable,
} from "@inspector/session/session-tables";
import { createMessageSource, type MessageSource } from "./copy-messages.ts";
import { endsOf, rowsOf } from "./copy-session.ts";
import type { ExportSource } from "./export-source.ts";
import type { Sink } from "./sink.ts";

/** Rows in memory at a time. */
const PAGE = 200;

/** @returns how many messages */
export async function writeSessionLines(sink: Sink, { database, startedAt }: ExportSource): Promise<number> {
  const value = (key: string): string | undefined =>
    textOf(database.prepare("SELECT value FROM session WHERE key = ?").get(key)?.["value"]);
  const [version, redaction] = [value("version"), value("redaction")];
  await writeLine(sink, { inspector: "session", lines: LINES_VERSION, startedAt, version, redaction });
  const ends = endsOf(database);
  for (const table of FIRST_TABLES) {
    for (const row of rowsOf(database, table, ends)) {
      await writeLine(sink, { table, row: withoutPlace(row) });
    }
  }
  const source = createMessageSource(database);
  let count = 0;
  for (let rows = source.rowsAfter(0, PAGE); rows.length > 0; ) {
    for (const row of rows) {
      await writeMessage(sink, source, row);
    }
    count += rows.length;
    await letSignalsIn();
    rows = source.rowsAfter(numberOf(rows.at(-1)?.["seq"]), PAGE);
  }
  for (const table of BESIDE_TABLES) {
    for (const row of rowsOf(database, table, ends)) {
      await writeBeside(sink, source, table, row);
    }
  }
  await writeLine(sink, { inspector: "end" });
  return count;
}

async function writeMessage(sink: Sink, source: MessageSource, row: SqlRow): Promise<void> {
  const { body, invocation: _, ...rest } = row;
  const [seq, size, number] = [numberOf(row["seq"]), numberOf(row["size"]), numberOf(body)];
  const beside = { flags: source.flagsOf(seq), replay: source.replays.get(seq), ...source.pairedWith(row) };
  const line = { table: "message", row: rest, ...beside };
  if (size > BODY_PART_BYTES) {
    const isThere = source.queries.message(seq)?.isBodyDropped !== true;
    await writeBodies(sink, source, line, [{ column: "body", number, size: isThere ? size : 0, partBytes: fullParts }]);
    return;
  }
  const bytes = source.queries.bodyBytes(number, 0, size);
  await writeLine(sink, bytes.length < size ? { ...line, bodies: { body: null } } : { ...line, bytes: base64(bytes) });
}

function fullParts(): number {
  return BODY_PART_BYTES;
}

async function writeBeside(sink: Sink, source: MessageSource, table: RowTable, row: SqlRow): Promise<void> {
  const columns = BODY_COLUMNS[table] ?? [];
  const rest = Object.fromEntries(Object.entries(withoutPlace(row)).filter(([name]) => !columns.includes(name)));
  const partBytes = table === "http_leg" ? httpPartBytes : fullParts;
  const bodies = columns
    .filter((column) => row[column] !== null)
    .map((column) => {
      const number = numberOf(row[column]);
      return { column, number, size: source.queries.bodySize(number), partBytes };
    });
  await writeBodies(sink, source, { table, row: rest }, bodies);
}

type StoredBody = {
  readonly column: string;
  readonly number: number;
  /** 0 where it is not there. */
  readonly size: number;
  readonly partBytes: PartBytes;
};

async function writeBodies(
  sink: Sink,
  { queries }: MessageSource,
  line: object,
  stored: readonly StoredBody[],
): Promise<void> {
  if (stored.length === 0) {
    await writeLine(sink, line);
    return;
  }
  const parts = stored.map(({ size, partBytes }) => [...partsOf(size, partBytes)]);
  const counts = stored.map(({ column, size }, index) => [column, size === 0 ? null : parts[index]?.length]);
  await writeLine(sink, { ...line, bodies: Object.fromEntries(counts) });
  for (const [index, { number }] of stored.entries()) {
    for (const [from, to] of parts[index] ?? []) {
      await writeLine(sink, { bytes: base64(queries.bodyBytes(number, from, to)) });
    }
  }
}

function* partsOf(size: number, partBytes: PartBytes): Generator<[number, number]> {
  for (let part = 0, at = 0; at < size; part += 1) {
    const end = Math.min(at + partBytes(part), size);
    yield [at, end];
    at = end;
  }
}

async function writeLine(sink: Sink, line: object): Promise<void> {
  await sink.write(`${visibleJson(JSON.stringify(line))}\n`);
}

function withoutPlace({ place: _, ...row }: SqlRow): SqlRow {
  return row;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}
