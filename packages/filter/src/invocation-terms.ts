import { kindName } from "@inspector/proto";
import {
  ENDED_STREAMS,
  IS_CANCELLED,
  IS_OPEN,
  IS_UNANSWERED,
  ownFunctionCondition,
  STEP_STATE,
  workerCondition,
} from "./columns.ts";
import type { ChoiceKey, CompareKey, MatchKey, Term } from "./filter.ts";
import { any, definite, type Fragment, fragment, join } from "./fragment.ts";
import { HTTP_STATUS, IS_SERVER_ERROR } from "./http-status.ts";
import { ofReplay } from "./message-flags.ts";
import { compareCondition, messageTerm, onColumn, statusNumber, type TextSearch } from "./message-terms.ts";
import { type Pattern, patternMatcher } from "./pattern.ts";
import { IS_ASKED_TWICE } from "./step-kinds.ts";
import { STEP_TIME, WORKER_TIME } from "./worker-time.ts";

/** Whether a condition is asked of all rows or of a few. */
export type InvocationScope = "all" | "few";

/** One term as a condition on row `i` of `invocation`; it may be NULL. */
export function invocationTerm(term: Term, scope: InvocationScope, textSearch: TextSearch | undefined): Fragment {
  const has = (condition: Fragment) => hasMessage(condition, scope);
  switch (term.type) {
    case "text":
    case "regex":
      return has(messageTerm(term, textSearch));
    case "match":
      return any(term.patterns, (pattern) => matchCondition(term.key, pattern, has));
    case "choice":
      return any(term.values, (value) => choiceCondition(term.key, value, has));
    case "compare":
      return compareTerm(term, COLUMNS) ?? has(messageTerm(term, textSearch));
  }
}

/** What is of the row itself. */
type Columns = Readonly<Partial<Record<CompareKey, string>>>;

function compareTerm({ key, tests }: Term & { type: "compare" }, columns: Columns): Fragment | undefined {
  const column = columns[key];
  return column === undefined ? undefined : any(tests, (test) => compareCondition(column, test));
}

type Has = (condition: Fragment) => Fragment;

/** One scan of the messages answers it for all rows; a few rows are better looked up one by one. */
function hasMessage({ sql, params }: Fragment, scope: InvocationScope): Fragment {
  if (scope === "few") {
    return { sql: `EXISTS (SELECT 1 FROM message m WHERE m.invocation = i.id AND (${sql}))`, params };
  }
  return { sql: `i.id IN (SELECT m.invocation FROM message m WHERE m.invocation IS NOT NULL AND (${sql}))`, params };
}

const HAS_LOGS = "i.logs > 0";
const HAS_REQUEST = "i.started_seq IS NOT NULL";
const HAS_RESPONSE = "i.answered_seq IS NOT NULL";
const HAS_CANCEL = "i.cancel_seq IS NOT NULL";

/** What the row itself tells of the kinds that an invocation is made of. */
const HAS_KIND: readonly (readonly [kind: number, sql: string])[] = [
  [2, HAS_LOGS],
  [4, HAS_REQUEST],
  [5, HAS_RESPONSE],
  [21, HAS_CANCEL],
];

const COLUMNS: Columns = {
  size: "ifnull(i.request_size, 0) + ifnull(i.response_size, 0)",
  at: "ifnull(i.started_at, (SELECT m.at FROM message m WHERE m.seq = i.id))",
  stream: "i.stream",
  dur: WORKER_TIME,
  http: HTTP_STATUS,
};

/** Those of `is:` that are of the row; the others are of its messages. */
const TRAITS: Readonly<Record<string, string>> = {
  error: `(ifnull(i.status = 0, 0) OR i.error_logs > 0 OR ${IS_SERVER_ERROR})`,
  log: HAS_LOGS,
  request: HAS_REQUEST,
  response: HAS_RESPONSE,
  // No message without content, or of another sort, belongs to an invocation.
  empty: "0",
  unknown: "0",
  undecodable: "0",
  inflight: `(${IS_OPEN} AND i.stream NOT IN (${ENDED_STREAMS}))`,
  lost: `(${IS_UNANSWERED} AND i.stream IN (${ENDED_STREAMS}))`,
  cancelled: IS_CANCELLED,
  retried: "i.retry_count > 0",
  orphan: "i.started_seq IS NULL",
  replayed: ofReplay("i.id"),
  late: "i.late_logs > 0",
  duplicate: "(i.extra_answers > 0 OR i.attempt > 1)",
};

function matchCondition(key: MatchKey, pattern: Pattern, has: Has): Fragment {
  const whole = patternMatcher(pattern, "whole");
  const start = patternMatcher(pattern, "start");
  switch (key) {
    case "kind": {
      const found = HAS_KIND.filter(([kind]) => whole.test(kindName(kind)));
      return any(found, ([, sql]) => fragment(sql));
    }
    case "fn":
      return ownFunctionCondition("i", whole, "name");
    case "trigger":
      return ownFunctionCondition("i", whole, "trigger");
    case "worker":
      return workerCondition("i", start, whole);
    case "id":
      return join([onColumn("i.invocation_id", start), onColumn("i.function_id", start)], "OR");
    case "text": {
      const anywhere = patternMatcher(pattern, "anywhere");
      return join([onColumn("i.text", anywhere), onColumn("i.result", anywhere)], "OR");
    }
    case "category":
      return has(onColumn("m.category", whole));
  }
}

function choiceCondition(key: ChoiceKey, name: string, has: Has): Fragment {
  switch (key) {
    case "status":
      return fragment("i.status = ?", statusNumber(name));
    case "side":
      return fragment(name === "host" ? `(${HAS_REQUEST} OR ${HAS_CANCEL})` : `(${HAS_RESPONSE} OR ${HAS_LOGS})`);
    case "is":
      return fragmentOf(TRAITS[name]) ?? has(messageTerm({ type: "choice", key, values: [name] }, undefined));
  }
}

function fragmentOf(sql: string | undefined): Fragment | undefined {
  return sql === undefined ? undefined : fragment(sql);
}

/** Messages of step `i`. */
const STEP_MESSAGES = `message m WHERE m.seq IN (
  SELECT w.started_seq FROM worker_step w WHERE w.stream = i.stream AND w.step = i.step
  UNION ALL SELECT w.answered_seq FROM worker_step w WHERE w.stream = i.stream AND w.step = i.step)`;

const STEP_COLUMNS: Columns = {
  size: `(SELECT sum(m.size) FROM ${STEP_MESSAGES})`,
  at: "ifnull(i.started_at, i.answered_at)",
  stream: "i.stream",
  dur: STEP_TIME,
};

const STEP_TRAITS: Readonly<Record<string, string>> = {
  inflight: `${STEP_STATE} = 'in-flight'`,
  lost: `${STEP_STATE} = 'lost'`,
  cancelled: "0",
  retried: "0",
  replayed: "0",
  orphan: "(i.started_seq IS NULL AND i.step <> 'start')",
  late: "0",
  duplicate: `EXISTS (SELECT 1 FROM worker_step w WHERE w.stream = i.stream AND w.step = i.step AND (w.extra_answers > 0 OR ${IS_ASKED_TWICE}))`,
};

/**
 * One term as a condition on row `i` of `startup_step`; it may be NULL. There are few of them, so each is looked up. A step
 * is of no function: the loading of all of them stands in one row.
 */
export function stepTerm(term: Term, textSearch: TextSearch | undefined): Fragment {
  const has = (one: Term) => {
    const { sql, params } = definite(messageTerm(one, textSearch));
    return { sql: `EXISTS (SELECT 1 FROM ${STEP_MESSAGES} AND ${sql})`, params };
  };
  switch (term.type) {
    case "text":
    case "regex":
      return has(term);
    case "match":
      return term.key === "fn" || term.key === "trigger" ? fragment("0") : has(term);
    case "choice":
      return any(term.values, (value) => {
        if (term.key === "status") {
          return fragment(`${STEP_STATE} = ?`, value);
        }
        const trait = term.key === "is" ? fragmentOf(STEP_TRAITS[value]) : undefined;
        return trait ?? has({ ...term, values: [value] });
      });
    case "compare":
      return compareTerm(term, STEP_COLUMNS) ?? has(term);
  }
}
