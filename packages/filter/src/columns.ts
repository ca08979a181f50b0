import { contentKinds, KIND_EMPTY, KIND_UNDECODABLE, kindName } from "@inspector/proto";
import { type Fragment, fragment, join } from "./fragment.ts";
import { KIND_OTHER_SERVICE } from "./kinds.ts";
import type { Matcher } from "./pattern.ts";
import { IS_UNHEARD } from "./worker-time.ts";

/**
 * Conditions on one row of `message` under an alias. Each may be NULL; the caller makes it definite.
 * Sub-queries over `function` and `stream` do not depend on the row, so SQLite answers them once.
 */

const CONTENT_KINDS = contentKinds.map(({ number }) => number);

/** Content that the contract lacks. */
export const IS_UNKNOWN_KIND = `(m.kind > 0 AND m.kind NOT IN (${CONTENT_KINDS.join(", ")}))`;

/** On row `i` of `invocation`: the worker got its request, and has not answered. The first half is that of an index. */
export const IS_OPEN = `i.answered_seq IS NULL AND i.started_seq IS NOT NULL AND NOT ${IS_UNHEARD}`;
/** On row `i` of `invocation`: answered with Cancelled, or asked to be cancelled while there was something to cancel. */
export const IS_CANCELLED =
  "(ifnull(i.status = 2, 0) OR (i.started_seq IS NOT NULL AND ifnull(i.cancel_seq < ifnull(i.answered_seq, i.cancel_seq + 1), 0)))";
/** On row `i` of `invocation` whose stream has ended: nobody had given it up before. */
export const IS_UNANSWERED = `${IS_OPEN} AND i.cancel_seq IS NULL`;
/** First streams of workers that have another stream open: whatever became of the first, the worker goes on. */
export const OPEN_WORKERS =
  "SELECT j.worker FROM joined_stream j JOIN stream t ON t.id = j.stream WHERE t.ended_at IS NULL";
/** Streams behind whose end nobody answers any more. */
export const ENDED_STREAMS = `SELECT id FROM stream WHERE ended_at IS NOT NULL AND id NOT IN (${OPEN_WORKERS})`;
/** Whether a stream, by an SQL expression, is one of {@link ENDED_STREAMS}: for statements that ask about a few rows. */
export function hasEnded(stream: string): string {
  return `EXISTS (SELECT 1 FROM stream e WHERE e.id = ${stream} AND e.ended_at IS NOT NULL AND e.id NOT IN (${OPEN_WORKERS}))`;
}
/** On row `i` of `startup_step`: how it stands. */
export const STEP_STATE = `CASE WHEN i.stream IN (${OPEN_WORKERS}) AND i.failed = 0 AND (i.state = 'lost' OR i.step = 'terminate')
  THEN 'in-flight' ELSE i.state END`;

/** `matcher` on the kind as the contract shows it, see MessageRow.kind. */
export function kindCondition(matcher: Matcher): Fragment {
  const numbers = [KIND_EMPTY, KIND_UNDECODABLE, ...CONTENT_KINDS].filter((number) => matcher.test(kindName(number)));
  const known = fragment(`m.kind IN (${numbers.join(", ")})`);
  const unknown = fragment(`(${IS_UNKNOWN_KIND} AND ${matcher.sql("'#' || m.kind")})`, matcher.param);
  const method = fragment(
    `(m.kind = ${KIND_OTHER_SERVICE} AND m.stream IN (SELECT id FROM stream WHERE ${matcher.sql("substr(path, 2)")}))`,
    matcher.param,
  );
  return join([known, unknown, method], "OR");
}

/** `matcher` on the name or trigger of the function that the row of `alias` names itself. */
export function ownFunctionCondition(alias: "m" | "i", matcher: Matcher, column: "name" | "trigger"): Fragment {
  const listed = `(${alias}.stream, ${alias}.function_id) IN (SELECT stream, function_id FROM function WHERE ${matcher.sql(`"${column}"`)})`;
  if (column === "trigger") {
    return fragment(listed, matcher.param);
  }
  // Where the load was not seen the id is all there is; the Node worker's is the function's name.
  return fragment(`(${matcher.sql(`${alias}.function_id`)} OR ${listed})`, matcher.param, matcher.param);
}

/** For messages that name a function, and for those that belong to an invocation of it. */
export function functionCondition(matcher: Matcher, column: "name" | "trigger"): Fragment {
  const ofInvocation = ownFunctionCondition("i", matcher, column);
  const inherited = fragment(
    `(m.function_id IS NULL AND m.invocation IN (SELECT i.id FROM invocation i WHERE ${ofInvocation.sql}))`,
    ...ofInvocation.params,
  );
  return join([ownFunctionCondition("m", matcher, column), inherited], "OR");
}

/** `matcher` on any id of the message itself. */
export function idCondition(matcher: Matcher): Fragment {
  const ids = ["m.invocation_id", "m.function_id", "m.request_id"];
  return join(
    ids.map((id) => fragment(matcher.sql(id), matcher.param)),
    "OR",
  );
}

export function workerCondition(alias: "m" | "i", id: Matcher, runtime: Matcher): Fragment {
  return fragment(
    `${alias}.stream IN (SELECT id FROM stream WHERE ${id.sql("worker_id")} OR ${runtime.sql("runtime")})`,
    id.param,
    runtime.param,
  );
}

/**
 * Where free text and regular expressions are looked for. It ends with the row's own columns; an index over decoded
 * payloads takes its place through {@link import("./compile.ts").CompileOptions}.
 */
export function anywhereCondition(matcher: Matcher): Fragment {
  return join(
    [
      fragment(matcher.sql("m.text"), matcher.param),
      kindCondition(matcher),
      idCondition(matcher),
      fragment(matcher.sql("m.category"), matcher.param),
      fragment(
        `(m.stream, m.function_id) IN (SELECT stream, function_id FROM function WHERE ${matcher.sql("name")})`,
        matcher.param,
      ),
    ],
    "OR",
  );
}
