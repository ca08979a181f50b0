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
