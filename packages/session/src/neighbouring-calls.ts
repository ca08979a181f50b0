/** Which calls of the same function an invocation is worth comparing with. */
import type { NeighbouringCalls, Seq } from "@inspector/contract/page";
import { ENDED_STREAMS, IS_CANCELLED, IS_UNANSWERED } from "@inspector/filter/columns";
import { IS_SERVER_ERROR } from "@inspector/filter/http-status";
import { ofReplay } from "@inspector/filter/message-flags";
import { type Database, numberOf } from "./database.ts";
import { optional } from "./sql-values.ts";

/** On row `i` of `invocation`: it is of the function of the row with the first parameter's id, by name over all workers. */
const SAME_FUNCTION = `(i.stream, i.function_id) IN (
  SELECT o.stream, o.function_id FROM invocation o WHERE o.id = ?1 AND o.function_id IS NOT NULL
  UNION SELECT f.stream, f.function_id FROM invocation o
  JOIN function g ON g.stream = o.stream AND g.function_id = o.function_id JOIN function f ON f.name = g.name
  WHERE o.id = ?1)`;

/** What the list of failures calls one. */
const IS_FAILURE = `(ifnull(i.status = 0, 0) OR ${IS_SERVER_ERROR} OR (${IS_UNANSWERED} AND i.stream IN (${ENDED_STREAMS})))`;

const IS_GOOD = `ifnull(i.status = 1, 0) AND NOT ${IS_SERVER_ERROR} AND NOT ${IS_CANCELLED}`;

const BY_HOST = `NOT ${ofReplay("i.id")}`;

/**
 * The last good call of its function before an invocation, and the next failure after it, replays left out. Rows are walked in the order of
 * their ids until one fits: mostly a few, all of them where none does.
 * @returns undefined where there is no such invocation
 */
export function neighbouringCalls(database: Database, id: Seq): NeighbouringCalls | undefined {
  if (database.prepare("SELECT 1 FROM invocation WHERE id = ?").get(id) === undefined) {
    return undefined;
  }
  const first = (condition: string, order: string): Seq | undefined => {
    const row = database
      .prepare(
        `SELECT i.id AS id FROM invocation i NOT INDEXED
         WHERE ${condition} AND ${SAME_FUNCTION} AND ${BY_HOST} ORDER BY i.id ${order} LIMIT 1`,
      )
      .get(id);
    return row === undefined ? undefined : numberOf(row["id"]);
  };
  return {
    ...optional("lastGood", first(`i.id < ?1 AND ${IS_GOOD}`, "DESC")),
    ...optional("nextFailure", first(`i.id > ?1 AND ${IS_FAILURE}`, "ASC")),
  };
}
