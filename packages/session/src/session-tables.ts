/** The tables of a session, for those who copy rows or make them of what is written elsewhere. */
import { BODY_PART_BYTES, SMALL_PART_BYTES, SMALL_PARTS } from "@inspector/filter/bodies";
import type { Database, SqlRow } from "./database.ts";

/** Tables that messages refer to, in an order in which none refers to a later one. */
export const FIRST_TABLES = ["relay", "connection", "stream", "host_dialled", "joined_stream", "function"] as const;
/** Tables that refer to messages, or to nothing. */
export const BESIDE_TABLES = ["event", "http_leg", "shared_memory", "hold"] as const;

/** Tables whose rows are copied column by column. */
export const ROW_TABLES = [...FIRST_TABLES, ...BESIDE_TABLES] as const;

export type RowTable = (typeof ROW_TABLES)[number];

/** Columns that name bodies. */
export const BODY_COLUMNS: Readonly<Partial<Record<RowTable | "message", readonly string[]>>> = {
  message: ["body"],
  http_leg: ["request_body", "response_body"],
  shared_memory: ["body"],
};

/** How large a part is, by its number. */
export type PartBytes = (part: number) => number;

/** The first parts of what came over HTTP are smaller. */
export function httpPartBytes(part: number): number {
  return part < SMALL_PARTS ? SMALL_PART_BYTES : BODY_PART_BYTES;
}

/** @param row of columns that the table has: their names become part of the statement */
export function insertRow(database: Database, table: RowTable, row: SqlRow): void {
  const names = Object.keys(row);
  const marks = names.map(() => "?").join(", ");
  const quoted = names.map((name) => `"${name}"`).join(", ");
  database.prepare(`INSERT INTO "${table}" (${quoted}) VALUES (${marks})`).run(...Object.values(row));
}
