import type { SqlRow } from "@inspector/session/database";
import { describe, expect, test } from "vitest";
import { openScene } from "../../testing/problems-in.ts";
import { Redactor } from "./redactor.ts";
import { type RedactedTable, redactRow, TABLES } from "./session-rows.ts";

/** Made by the writer from other rows, and from messages that are redacted. */
const COMPUTED = ["invocation", "worker_step"];

function redacted(table: RedactedTable, row: SqlRow): Record<string, unknown> {
  const redactor = new Redactor({ policy: "safe", own: [], keepsUnknownFields: false });
  redactRow(redactor, table, row);
  redactor.seal();
  return redactRow(redactor, table, row);
}

describe("the tables of a session", () => {
  test("each column has a class, and there is none without a column", () => {
    const database = openScene("");
    const names = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    const tables = names.map(({ name }) => String(name)).filter((name) => !COMPUTED.includes(name));
    const columnsOf = (table: string) =>
      database.prepare("SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0").all(table);
    const have = tables.map((table) => [table, columnsOf(table).map(({ name }) => name)]);
    expect(Object.fromEntries(have)).toEqual(
      Object.fromEntries(Object.entries(TABLES).map(([table, columns]) => [table, Object.keys(columns)])),
    );
  });

  test("headers lose what is not known to be harmless, in both forms", () => {
    const headers = JSON.stringify({ worker: { "user-agent": "grpc-node", "x-api-token": "t0ken-t0ken" } });
    expect(redacted("stream", { headers })).toMatchObject({
      headers: JSON.stringify({ worker: { "user-agent": "grpc-node", "x-api-token": "‹secret-1:x-api-token›" } }),
    });
    const request_headers = JSON.stringify([
      ["Host", "127.0.0.1:1"],
      ["Cookie", "session=abcdefgh"],
    ]);
    expect(redacted("http_leg", { request_headers, target: "/api?code=abc&page=1" })).toMatchObject({
      request_headers: '[["Host","127.0.0.1:1"],["Cookie","‹secret-2:Cookie›"]]',
      target: expect.stringMatching(/^\/api\?code=‹secret-\d:code›&page=1$/u),
    });
  });

  test("what only a recording needs that goes on is left out", () => {
    expect(redacted("shared_memory", { id: 1, file: "/dev/shm/secret", name: "m" })).not.toHaveProperty("file");
    expect(redacted("connection", { id: 1, state: new Uint8Array(3) })).not.toHaveProperty("state");
  });
});
