/** Whether a message that is not recorded yet would match a filter: asked of a session in memory that holds nothing else. */

import { compileFilter } from "@inspector/filter/compile";
import type { Filter } from "@inspector/filter/filter";
import { KIND, readHead } from "@inspector/proto";
import { type Database, numberOf, type SqlRow, type SqlValue } from "@inspector/session/database";
import { SCHEMA } from "@inspector/session/schema";
import { createWriter } from "@inspector/session/writer";
import { openInMemory } from "../../sqlite.ts";

export type UnrecordedMessage = {
  readonly stream: number;
  readonly side: number;
  readonly at: number;
  readonly size: number;
  readonly bytes: Uint8Array;
};

export type RowFilter = {
  matches(filter: Filter, message: UnrecordedMessage): boolean;
  close(): void;
};

/** @param live where the stream, its functions and the request of the message's invocation are */
export function createRowFilter(live: Database): RowFilter {
  const scratch = openInMemory();
  scratch.exec(`PRAGMA foreign_keys = OFF; ${SCHEMA}`);
  const streams = live.prepare("SELECT * FROM stream WHERE id = ?");
  const functions = live.prepare("SELECT * FROM function WHERE stream = ?");
  const requests = live.prepare(
    `SELECT m.* FROM invocation i JOIN message m ON m.seq = i.started_seq
     WHERE i.invocation_id = ? AND i.stream = ? ORDER BY i.attempt DESC LIMIT 1`,
  );

  function copy(table: string, row: SqlRow | undefined): void {
    if (row === undefined) {
      return;
    }
    const columns = Object.keys(row);
    const marks = columns.map(() => "?").join(", ");
    const values: SqlValue[] = Object.values(row);
    scratch.prepare(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${marks})`).run(...values);
  }

  return {
    matches(filter, { stream, side, at, size, bytes }) {
      for (const table of ["message", "invocation", "worker_step", "stream", "function", "density"]) {
        scratch.exec(`DELETE FROM ${table}`);
      }
      const head = readHead(bytes);
      copy("stream", streams.get(stream));
      for (const row of functions.all(stream)) {
        copy("function", row);
      }
      const writer = createWriter(scratch);
      const facts = { at, stream, side, size, flags: 0, body: 0 };
      const request = side === 1 ? requests.get(head.invocationId ?? "", stream) : undefined;
      if (request !== undefined) {
        const functionId = typeof request["function_id"] === "string" ? request["function_id"] : undefined;
        const sent = { ...facts, side: 0, at: numberOf(request["at"]), size: numberOf(request["size"]) };
        writer.message({ ...sent, kind: KIND.invocationRequest, invocationId: head.invocationId, functionId });
      }
      const { requestId, invocationId, functionId, status, level, category, text, retryCount } = head;
      const ids = { requestId, invocationId, functionId };
      const seq = writer.message({ ...facts, kind: head.kind, ...ids, status, level, category, text, retryCount });
      writer.finishBatch();
      const { sql, params } = compileFilter(filter);
      return scratch.prepare(`SELECT 1 FROM message m WHERE m.seq = ? AND ${sql}`).get(seq, ...params) !== undefined;
    },
    close: () => scratch.close(),
  };
}
