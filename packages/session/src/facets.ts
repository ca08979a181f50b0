/** How often the values of functions, workers, kinds and the like occur among the rows that pass a filter. */
import type { FacetCounts, Seq } from "@inspector/contract/page";
import { STEP_STATE } from "@inspector/filter/columns";
import { compileInvocationFilter, type InvocationCondition } from "@inspector/filter/compile";
import type { Fragment } from "@inspector/filter/fragment";
import { HTTP_STATUS, MESSAGE_HTTP_STATUS } from "@inspector/filter/http-status";
import { type Database, numberOf, textOf } from "./database.ts";
import { FacetTally } from "./facet-tally.ts";
import { jsonOf } from "./sql-values.ts";

/** The rows of which list, and the condition on them: `from` says that only messages behind it matter. */
export type FacetQuestion =
  | { readonly list: "messages"; readonly condition: (from: Seq) => Fragment }
  | { readonly list: "invocations"; readonly condition: (from: Seq) => InvocationCondition };

export type FacetPace = {
  /** No slice of messages begins after that many milliseconds. */
  readonly budgetMs: number;
  /** Messages of the first slice. */
  readonly slice: number;
};

const PACE: FacetPace = { budgetMs: 200, slice: 20_000 };
/** Slices that take less than a fast one are followed by one twice as large, by half of it those that take a slow one. */
const FAST_MS = 40;
const SLOW_MS = 120;
const LEAST_SLICE = 1000;

/** What {@link FacetTally} splits again. SQLite writes all rows of a slice as one text: a tenth of the time of a row each. */
const SPACE = "||' '||";

/** On row `m` of `message`, whose invocation is `i`. */
const MESSAGE_KEY = [
  "m.stream",
  "m.kind",
  "m.side",
  "ifnull(m.status, '')",
  "ifnull(m.level, '')",
  `ifnull(${MESSAGE_HTTP_STATUS}, '')`,
  "ifnull('=' || ifnull(m.function_id, (SELECT i.function_id FROM invocation i WHERE i.id = m.invocation)), '')",
].join(SPACE);

/** What the filter's own words say of an open invocation. */
function openState(): string {
  const sqlOf = (trait: string) =>
    compileInvocationFilter({ type: "choice", key: "is", values: [trait] }, { scope: "few" }).invocations.sql;
  return `CASE WHEN i.answered_seq IS NOT NULL THEN '' WHEN ${sqlOf("inflight")} THEN 'inflight' WHEN ${sqlOf("lost")} THEN 'lost' ELSE '' END`;
}

/** Nearly no row needs {@link HTTP_STATUS} to be found out. */
const HTTP = `CASE WHEN i.result GLOB '[1-5][0-9][0-9]' OR i.invocation_id IN (SELECT invocation_id FROM http_leg) THEN ${HTTP_STATUS} END`;

/** On row `i` of `invocation`. */
const INVOCATION_KEY = [
  "i.stream",
  "ifnull(i.status, '')",
  openState(),
  `ifnull(${HTTP}, '')`,
  "ifnull('=' || i.function_id, '')",
].join(SPACE);

/**
 * Counts the rows behind `after`, slice by slice until there is no time left, so that a question takes about as long at any size of
 * session and with any filter.
 */
export function countFacets(
  database: Database,
  question: FacetQuestion,
  after: Seq,
  { budgetMs, slice: first }: FacetPace = PACE,
): FacetCounts {
  const last = numberOf(database.prepare("SELECT max(seq) AS n FROM message").get()?.["n"]);
  const oldest = numberOf(database.prepare("SELECT min(seq) AS n FROM message").get()?.["n"]);
  const tally = new FacetTally(database);
  const until = Date.now() + budgetMs;
  const begin = question.list === "messages" ? Math.max(after, oldest - 1) : after;
  let through = Math.min(begin, last);
  let slice = first;
  while (through < last && (through === begin || Date.now() < until)) {
    const began = Date.now();
    const to = Math.min(last, through + slice);
    countSlice(database, question, tally, through, to);
    through = to;
    const took = Date.now() - began;
    slice = took < FAST_MS ? slice * 2 : took > SLOW_MS ? Math.max(LEAST_SLICE, Math.floor(slice / 2)) : slice;
  }
  if (question.list === "invocations") {
    countSteps(database, question.condition(after), tally, after, through);
  }
  return { ...tally.counts(), through, last };
}

function countSlice(database: Database, question: FacetQuestion, tally: FacetTally, from: Seq, to: Seq): void {
  if (question.list === "messages") {
    const { sql, params } = question.condition(from);
    const rows = `SELECT ${MESSAGE_KEY} AS key FROM message m WHERE m.seq > ? AND m.seq <= ? AND (${sql})`;
    return tally.addMessages(keysOf(database, rows, [from, to, ...params]));
  }
  const { sql, params } = question.condition(from).invocations;
  const rows = `SELECT ${INVOCATION_KEY} AS key FROM invocation i WHERE i.id > ? AND i.id <= ? AND (${sql})`;
  tally.addInvocations(keysOf(database, rows, [from, to, ...params]));
}

function keysOf(database: Database, rows: string, params: readonly (string | number)[]): readonly unknown[] {
  const list = jsonOf(database.prepare(`SELECT json_group_array(key) AS list FROM (${rows})`).get(...params)?.["list"]);
  return Array.isArray(list) ? list : [];
}

function countSteps(
  database: Database,
  { steps: { sql, params } }: InvocationCondition,
  tally: FacetTally,
  after: Seq,
  through: Seq,
): void {
  const rows = database
    .prepare(
      `SELECT i.stream AS stream, i.step AS step, ${STEP_STATE} AS state FROM startup_step i WHERE i.id > ? AND i.id <= ? AND (${sql})`,
    )
    .all(after, through, ...params);
  for (const row of rows) {
    tally.addStep(numberOf(row["stream"]), textOf(row["step"]) ?? "", textOf(row["state"]) ?? "");
  }
}
