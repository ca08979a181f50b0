/** What a session is told by in a list of sessions, asked of its tables alone. */
import type { Nanos } from "@inspector/contract/page";
import { type Database, numberOf } from "./database.ts";

export type SessionFigures = {
  /** When its last message crossed; absent without one. */
  readonly length?: Nanos;
  /** Replays left out, as from what failed. */
  readonly invocations: number;
  readonly failures: number;
};

export function sessionFigures(database: Database): SessionFigures {
  const last = database.prepare("SELECT at FROM message ORDER BY seq DESC LIMIT 1").get();
  const calls = database
    .prepare(
      `SELECT count(*) AS calls, sum(ifnull(status = 0, 0)) AS failures FROM invocation INDEXED BY invocation_function
       WHERE id NOT IN (SELECT invocation FROM replay)`,
    )
    .get();
  return {
    ...(last !== undefined && { length: numberOf(last["at"]) }),
    invocations: numberOf(calls?.["calls"]),
    failures: numberOf(calls?.["failures"] ?? 0),
  };
}
