/** What is in a session, by kind: counted in the session that leaves, so that what is told of it is what it holds. */
import type { ExportCounts } from "@inspector/contract/export";
import { KIND } from "@inspector/proto";
import { type Database, numberOf, type SqlValue } from "@inspector/session/database";
import { PROCESS_OUTPUT } from "./copy-session.ts";

export function countsOf(database: Database): ExportCounts {
  const count = (sql: string, ...params: SqlValue[]): number =>
    numberOf(database.prepare(`SELECT count(*) AS n FROM ${sql}`).get(...params)?.["n"]);
  return {
    messages: count("message"),
    invocations: count("invocation"),
    logs: count("message WHERE kind = ?", KIND.rpcLog),
    http: count("http_leg"),
    memory: count("shared_memory"),
    output: count("event WHERE type = ?", PROCESS_OUTPUT),
    events: count("event WHERE type <> ?", PROCESS_OUTPUT),
  };
}
