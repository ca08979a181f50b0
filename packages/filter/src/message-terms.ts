import type { Intervention } from "@inspector/contract/intervention";
import { contentKinds, KIND, KIND_EMPTY, KIND_UNDECODABLE } from "@inspector/proto";
import { isBodyGone } from "./bodies.ts";
import {
  anywhereCondition,
  ENDED_STREAMS,
  functionCondition,
  IS_CANCELLED,
  IS_OPEN,
  IS_UNANSWERED,
  IS_UNKNOWN_KIND,
  idCondition,
  kindCondition,
  workerCondition,
} from "./columns.ts";
import type { ChoiceKey, CompareKey, MatchKey, Term, Test } from "./filter.ts";
import { any, type Fragment, fragment } from "./fragment.ts";
import { MESSAGE_HTTP_STATUS, SERVER_ERROR } from "./http-status.ts";
import { LEVEL_NONE, STATUSES } from "./keys.ts";
import {
  FLAG_COMPRESSED,
  FLAG_DAMAGED,
  FLAG_SYSTEM_LOG,
  FLAG_TRUNCATED,
  hasFlags,
  INTERVENTION_FLAGS,
  ofReplay,
} from "./message-flags.ts";
import { type Matcher, type Pattern, patternMatcher, regexMatcher } from "./pattern.ts";
import { IS_ASKED_TWICE, STEP_ANSWERS } from "./step-kinds.ts";
import { WORKER_TIME } from "./worker-time.ts";

/** A condition on row `m` of `message`. */
export type TextSearch = (pattern: Pattern) => Fragment;

/** One term as a condition on row `m` of `message`; it may be NULL. */
export function messageTerm(term: Term, textSearch: TextSearch | undefined): Fragment {
  switch (term.type) {
    case "text":
      return textSearch?.(term.pattern) ?? columnSearch(term.pattern);
    case "regex":
      return anywhereCondition(regexMatcher(term.source));
    case "match":
      return any(term.patterns, (pattern) => matchCondition(term.key, pattern));
    case "choice":
      return any(term.values, (value) => choiceCondition(term.key, value));
    case "compare":
      return any(term.tests, (test) => compareCondition(columnFor(term.key, test), test));
  }
}

/** Looks for free text without an index: in the row's own columns. */
export const columnSearch: TextSearch = (pattern) => anywhereCondition(patternMatcher(pattern, "anywhere"));

function matchCondition(key: MatchKey, pattern: Pattern): Fragment {
  const whole = patternMatcher(pattern, "whole");
  switch (key) {
    case "kind":
      return kindCondition(whole);
    case "fn":
      return functionCondition(whole, "name");
    case "trigger":
      return functionCondition(whole, "trigger");
    case "worker":
      return workerCondition("m", patternMatcher(pattern, "start"), whole);
    case "id":
      return idCondition(patternMatcher(pattern, "start"));
    case "category":
      return onColumn("m.category", whole);
    case "text":
      return onColumn("m.text", patternMatcher(pattern, "anywhere"));
  }
}

export function onColumn(column: string, matcher: Matcher): Fragment {
  return fragment(matcher.sql(column), matcher.param);
}

/** Level None is none of the scale: only `level:none` finds it. */
function columnFor(key: CompareKey, { operator }: Test): string {
  return key === "level" && operator !== "=" ? `CASE WHEN m.level < ${LEVEL_NONE} THEN m.level END` : COLUMNS[key];
}

const COLUMNS: Readonly<Record<CompareKey, string>> = {
  level: "m.level",
  size: "m.size",
  at: "m.at",
  stream: "m.stream",
  // Known when the answer crosses, so it is the answer that matches; of other messages the invocation need not be looked up.
  dur: `CASE WHEN m.kind = ${KIND.invocationResponse} THEN (SELECT ${WORKER_TIME} FROM invocation i WHERE i.id = m.invocation AND i.answered_seq = m.seq) END`,
  http: MESSAGE_HTTP_STATUS,
};

/** @param column an SQL expression */
export function compareCondition(column: string, test: Test): Fragment {
  if (test.operator === "..") {
    return fragment(`(${column}) BETWEEN ? AND ?`, test.value, test.end);
  }
  return fragment(`(${column}) ${test.operator} ?`, test.value);
}

const REQUEST = /_request(_collection)?$/;
const RESPONSE = /_response(_collection)?$/;

/** An answer to a step behind the first, or a request that the host had sent before. */
const IS_REPEATED_STEP = `((m.kind IN (${STEP_ANSWERS.join(", ")}) AND m.side = 1 AND NOT m.flags & ${FLAG_TRUNCATED}
    AND NOT ${hasFlags("m", INTERVENTION_FLAGS.injected)}
    AND m.seq NOT IN (SELECT w.answered_seq FROM worker_step w WHERE w.answered_seq IS NOT NULL))
  OR m.seq IN (SELECT w.started_seq FROM worker_step w WHERE w.started_seq IS NOT NULL AND ${IS_ASKED_TWICE}))`;

/** One entry for each choice in keys.ts. */
const TRAIT_SQL: Readonly<Record<string, string>> = {
  error: `(ifnull(m.status = 0, 0) OR ifnull(m.level IN (4, 5), 0) OR ifnull(${MESSAGE_HTTP_STATUS} >= ${SERVER_ERROR}, 0))`,
  log: `m.kind = ${KIND.rpcLog}`,
  system: `(m.flags & ${FLAG_SYSTEM_LOG}) <> 0`,
  request: kindIn(REQUEST),
  response: kindIn(RESPONSE),
  empty: `m.kind = ${KIND_EMPTY}`,
  unknown: IS_UNKNOWN_KIND,
  undecodable: `m.kind = ${KIND_UNDECODABLE}`,
  compressed: `(m.flags & ${FLAG_COMPRESSED}) <> 0`,
  truncated: `(m.flags & ${FLAG_TRUNCATED}) <> 0`,
  damaged: `(m.flags & ${FLAG_DAMAGED}) <> 0`,
  dropped: isBodyGone("m"),
  inflight: ofInvocation(`${IS_OPEN} AND i.stream NOT IN (${ENDED_STREAMS})`),
  lost: ofInvocation(`${IS_UNANSWERED} AND i.stream IN (${ENDED_STREAMS})`),
  cancelled: ofInvocation(IS_CANCELLED),
  retried: ofInvocation("i.retry_count > 0"),
  orphan: `(ifnull(${ofInvocation("i.started_seq IS NULL")}, 0)
    OR m.seq IN (SELECT w.answered_seq FROM worker_step w WHERE w.started_seq IS NULL AND w.step <> 'start'))`,
  replayed: ofReplay("m.invocation"),
  edited: `(${marked("replaced")} OR m.seq IN (SELECT i.started_seq FROM replay r JOIN invocation i ON i.id = r.invocation WHERE r.is_edited))`,
  held: marked("held"),
  swallowed: marked("swallowed"),
  late: `(m.kind = ${KIND.rpcLog} AND EXISTS (SELECT 1 FROM invocation i WHERE i.id = m.invocation AND i.answered_seq < m.seq))`,
  duplicate: `((m.kind IN (${KIND.invocationRequest}, ${KIND.invocationResponse}) AND EXISTS (SELECT 1 FROM invocation i WHERE i.id = m.invocation
    AND CASE m.kind WHEN ${KIND.invocationResponse} THEN i.answered_seq < m.seq ELSE i.attempt > 1 END))
    OR ${IS_REPEATED_STEP})`,
};

function choiceCondition(key: ChoiceKey, name: string): Fragment {
  switch (key) {
    case "status":
      return fragment("m.status = ?", statusNumber(name));
    case "side":
      return fragment("m.side = ?", name === "host" ? 0 : 1);
    case "is":
      return fragment(TRAIT_SQL[name] ?? "0");
  }
}

export function statusNumber(name: string): number {
  return STATUSES.findIndex((status) => status.name === name);
}

function marked(intervention: Intervention): string {
  return hasFlags("m", INTERVENTION_FLAGS[intervention]);
}

function ofInvocation(condition: string): string {
  return `m.invocation IN (SELECT i.id FROM invocation i WHERE ${condition})`;
}

function kindIn(names: RegExp): string {
  const numbers = contentKinds.filter(({ name }) => names.test(name)).map(({ number }) => number);
  return `m.kind IN (${numbers.join(", ")})`;
}
