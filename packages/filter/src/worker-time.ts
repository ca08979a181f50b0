import { INTERVENTION_FLAGS } from "./message-flags.ts";

/** On row `i` of `invocation`: its request was held and dropped, or answered by the inspector, so the worker never got it. */
export const IS_UNHEARD = `EXISTS (
  SELECT 1 FROM intervention v WHERE v.seq = i.started_seq AND v.flags & ${INTERVENTION_FLAGS.dropped})`;

/** Ids of invocations whose requests the inspector kept for a while: few, most often none, so SQLite looks at them once. */
export const REQUEST_WAS_HELD =
  "SELECT j.id FROM hold JOIN invocation j ON j.id = hold.invocation AND j.started_seq = hold.seq WHERE hold.is_request";

/**
 * On row `i` of `invocation`: for how long the worker had it, in nanoseconds. That is from request to answer, less the time for which
 * somebody held the request. NULL without an answer, where the hold's end was not recorded, and where the inspector answered.
 */
export const WORKER_TIME = `CASE WHEN i.id IN (${REQUEST_WAS_HELD})
  THEN (SELECT max(i.answered_at - h.to_at, 0) FROM hold h WHERE h.seq = i.started_seq AND h.went_on)
  ELSE i.duration END`;

/** Requests of step `i` that somebody held, as rows of `worker_step` and `hold`. */
const HELD_REQUESTS =
  "worker_step w JOIN hold h ON h.seq = w.started_seq WHERE w.stream = i.stream AND w.step = i.step";

/** For each exchange of step `i` when host and worker were at it: from its request, or from when that was let go, to its answer. */
const OWN_SPANS = `SELECT ifnull(h.to_at, w.started_at) AS a, ifnull(w.answered_at, 9000000000000000000) AS b FROM worker_step w
  LEFT JOIN hold h ON h.seq = w.started_seq WHERE w.stream = i.stream AND w.step = i.step AND ifnull(h.went_on, 1)`;
/** For each of its requests that somebody held when that was. */
const HELD_SPANS = `SELECT h.from_at AS a, h.to_at AS b FROM ${HELD_REQUESTS}`;

/** Nanoseconds that are within at least one of the spans. */
function covered(spans: string): string {
  return `ifnull((SELECT sum(max(b - max(a, ifnull(reached, a)), 0)) FROM (
    SELECT a, b, max(b) OVER (ORDER BY a, b ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached FROM (${spans}))), 0)`;
}

/**
 * On row `i` of `startup_step`: for how long it stood still since somebody held its requests, in nanoseconds: what others of its requests
 * were worked on meanwhile for is no such time. NULL where none was held, and where a hold's end was not recorded.
 */
export const STEP_HELD = `CASE (SELECT count(*) > 0 AND count(h.to_at) = count(*) FROM ${HELD_REQUESTS})
  WHEN 1 THEN ${covered(`${OWN_SPANS} UNION ALL ${HELD_SPANS}`)} - ${covered(OWN_SPANS)} END`;

/**
 * Rows `is_held, a, b` of one step, which stood still where one is held and none is not. Parameters: stream and step, and both again.
 */
export const STEP_SPANS = `SELECT 0 AS is_held, * FROM (${OWN_SPANS}) UNION ALL SELECT 1, * FROM (${HELD_SPANS})`
  .replaceAll("i.stream", "?")
  .replaceAll("i.step", "?");

/** On row `i` of `startup_step`: how long it took, less {@link STEP_HELD}. NULL until all is answered, and where a hold's end is not known. */
export const STEP_TIME = `CASE WHEN EXISTS (SELECT 1 FROM ${HELD_REQUESTS}) THEN max(i.duration - (${STEP_HELD}), 0) ELSE i.duration END`;
