/** How often the values of functions, workers, kinds and the like occur among the rows that pass a filter. */
import type { FacetCounts, Seq } from "@inspector/contract/page";
import { STEP_STATE } from "@inspector/filter/columns";
import type { InvocationCondition } from "@inspector/filter/compile";
import type { Fragment } from "@inspector/filter/fragment";
import { type Database, numberOf, textOf } from "./database.ts";
import { invocationRows, messageRows, type Slice } from "./facet-rows.ts";
import { FacetTally } from "./facet-tally.ts";

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

const PACE: FacetPace = { budgetMs: 120, slice: 20_000 };
/** Slices that take less than a fast one are followed by one twice as large, by half of it those that take a slow one. */
const FAST_MS = 25;
const SLOW_MS = 75;
const LEAST_SLICE = 1000;

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
    countSlice(database, question, tally, { from: through, to });
    through = to;
    const took = Date.now() - began;
    slice = took < FAST_MS ? slice * 2 : took > SLOW_MS ? Math.max(LEAST_SLICE, Math.floor(slice / 2)) : slice;
  }
  if (question.list === "invocations") {
    countSteps(database, question.condition(after), tally, after, through);
  }
  return { ...tally.counts(), through, last };
}

function countSlice(database: Database, question: FacetQuestion, tally: FacetTally, slice: Slice): void {
  if (question.list === "messages") {
    return tally.addMessages(messageRows(database, slice, question.condition(slice.from)));
  }
  tally.addInvocations(invocationRows(database, slice, question.condition(slice.from).invocations));
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
