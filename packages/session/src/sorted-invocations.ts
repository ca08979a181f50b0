/** The first rows of the list of invocations in another order than that in which they began. */

import { type InvocationOrder, MAX_SORTED, type Seq, type SortedInvocations } from "@inspector/contract/page";
import { ENDED_STREAMS, IS_CANCELLED, IS_OPEN, IS_UNANSWERED, STEP_STATE } from "@inspector/filter/columns";
import type { InvocationCondition } from "@inspector/filter/compile";
import { HTTP_STATUS, SERVER_ERROR } from "@inspector/filter/http-status";
import { STEP_TIME, WORKER_TIME } from "@inspector/filter/worker-time";
import type { Database } from "./database.ts";
import { numberList } from "./number-list.ts";

type SortValues = {
  /** On row `i` of `invocation`. */
  readonly invocation: string;
  /** On row `i` of `startup_step`. */
  readonly step: string;
};

/** From what went well to what failed, so that the largest come first where failures are looked for. */
const RANK = { success: 0, inFlight: 1, cancelled: 2, lost: 3, serverError: 4, failed: 5 };

/** On row `i` of `invocation`: false for nearly all, of which {@link HTTP_STATUS} then need not be found out. */
const MAY_BE_SERVER_ERROR = `(i.result GLOB '5[0-9][0-9]'
  OR i.invocation_id IN (SELECT invocation_id FROM http_leg WHERE status >= ${SERVER_ERROR}))`;

const STEP_SIZE = `(SELECT sum(m.size) FROM worker_step w JOIN message m ON m.seq IN (w.started_seq, w.answered_seq)
  WHERE w.stream = i.stream AND w.step = i.step)`;

/** NULL where a row has nothing to be sorted by. */
const SORT_VALUES: Readonly<Record<InvocationOrder["by"], SortValues>> = {
  // A row's number is that of its first message.
  time: { invocation: "i.id", step: "i.id" },
  // What came with the opening of the call was not waited for.
  duration: {
    invocation: WORKER_TIME,
    step: `CASE i.step WHEN 'start' THEN nullif(${STEP_TIME}, 0) ELSE ${STEP_TIME} END`,
  },
  size: {
    invocation: "ifnull(i.request_size + i.response_size, ifnull(i.request_size, i.response_size))",
    step: STEP_SIZE,
  },
  logs: { invocation: "i.logs", step: "NULL" },
  status: {
    invocation: `CASE WHEN i.status = 0 THEN ${RANK.failed}
      WHEN i.status IS NULL AND ${IS_UNANSWERED} AND i.stream IN (${ENDED_STREAMS}) THEN ${RANK.lost}
      WHEN ${IS_CANCELLED} THEN ${RANK.cancelled}
      WHEN ${IS_OPEN} THEN ${RANK.inFlight}
      WHEN ${MAY_BE_SERVER_ERROR} AND ${HTTP_STATUS} >= ${SERVER_ERROR} THEN ${RANK.serverError} ELSE ${RANK.success} END`,
    step: `CASE ${STEP_STATE} WHEN 'failed' THEN ${RANK.failed} WHEN 'lost' THEN ${RANK.lost}
      WHEN 'in-flight' THEN ${RANK.inFlight} ELSE ${RANK.success} END`,
  },
};

/**
 * The first {@link MAX_SORTED} rows that match, in an order: those that have nothing to be sorted by come last, whatever the direction, and rows
 * that are alike in the order in which they began. SQLite reads every row and keeps that many.
 */
export function sortedInvocations(
  database: Database,
  { invocations, steps }: InvocationCondition,
  { by, isDescending }: InvocationOrder,
): SortedInvocations {
  const direction = isDescending ? "DESC" : "ASC";
  const order = `ORDER BY ${by === "time" ? `id ${direction}` : `value ${direction} NULLS LAST, id`} LIMIT ${MAX_SORTED}`;
  const { invocation, step } = SORT_VALUES[by];
  const ids: Seq[] = numberList(
    database,
    "id",
    `SELECT id FROM (
       SELECT id, value FROM (SELECT i.id AS id, ${invocation} AS value FROM invocation i WHERE ${invocations.sql} ${order})
       UNION ALL SELECT i.id, ${step} FROM startup_step i WHERE ${steps.sql}
     ) ${order}`,
    [...invocations.params, ...steps.params],
  );
  return { ids, isCut: ids.length === MAX_SORTED };
}
