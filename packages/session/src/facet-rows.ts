/** What the counts of facets need of rows, read as few numbers: see facets.ts and facet-tally.ts. */
import { compileInvocationFilter } from "@inspector/filter/compile";
import type { Fragment } from "@inspector/filter/fragment";
import { HTTP_STATUS, MESSAGE_HTTP_STATUS } from "@inspector/filter/http-status";
import { LEVELS, STATUSES } from "@inspector/filter/keys";
import type { Database, SqlRow } from "./database.ts";
import { jsonOf } from "./sql-values.ts";

/** Rows with a number between `from`, which is not among them, and `to`. */
export type Slice = { readonly from: number; readonly to: number };

/**
 * Three lists side by side. SQLite writes each as one text: a tenth of the time that rows take. A function is its id, or the number of
 * the invocation that has it.
 */
export type FacetRows = {
  readonly traits: readonly unknown[];
  readonly streams: readonly unknown[];
  readonly functions: readonly unknown[];
};

/** What an open invocation is; its place is its number. */
export const OPEN_STATES = ["inflight", "lost"] as const;

/** The traits of a row in one number, the lowest first, and how many values each has. A kind, being a field's number, has less than 2^30. */
const SIZES = {
  side: 2,
  level: LEVELS.length + 1,
  status: STATUSES.length + 1,
  open: OPEN_STATES.length + 1,
  http: 1000,
  kind: 2 ** 30,
};
type Trait = keyof typeof SIZES;
const TRAITS = Object.entries(SIZES) as readonly (readonly [Trait, number])[];
/** The lowest of `message.kind` is -2. */
const KIND_BASE = 2;

/** @param parts each in SQL, and within its size; 0 where there is none */
function packed(parts: Partial<Record<Trait, string>>): string {
  return TRAITS.reduceRight((higher, [trait, size]) => `(${higher}) * ${size} + ${parts[trait] ?? "0"}`, "0");
}

/** The numbers of all traits; one of a level, status or open state that is none has no name, and an HTTP status that is none is 0. */
export function traitsOf(number: number): Record<Trait, number> {
  const traits = { side: 0, level: 0, status: 0, open: 0, http: 0, kind: 0 };
  let rest = number;
  for (const [trait, size] of TRAITS) {
    traits[trait] = rest % size;
    rest = Math.floor(rest / size);
  }
  return { ...traits, kind: traits.kind - KIND_BASE };
}

/** A column with the numbers from 0 on; what is none of them counts as the one behind the last. */
function upTo(column: string, count: number): string {
  return `CASE WHEN ${column} BETWEEN 0 AND ${count - 1} THEN ${column} ELSE ${count} END`;
}

/** On row `m` of `message`. */
const MESSAGE_TRAITS = packed({
  side: "(m.side <> 0)",
  level: upTo("m.level", LEVELS.length),
  status: upTo("m.status", STATUSES.length),
  http: `ifnull(${MESSAGE_HTTP_STATUS}, 0)`,
  kind: `(m.kind + ${KIND_BASE})`,
});

/** What the filter's own words say of an open invocation. */
function openState(): string {
  const cases = OPEN_STATES.map((state, number) => {
    const { sql } = compileInvocationFilter(
      { type: "choice", key: "is", values: [state] },
      { scope: "few" },
    ).invocations;
    return `WHEN ${sql} THEN ${number}`;
  });
  return `CASE WHEN i.answered_seq IS NOT NULL THEN ${OPEN_STATES.length} ${cases.join(" ")} ELSE ${OPEN_STATES.length} END`;
}

/** Nearly no row needs {@link HTTP_STATUS} to be found out. */
const HTTP = `CASE WHEN i.result GLOB '[1-5][0-9][0-9]' OR i.invocation_id IN (SELECT invocation_id FROM http_leg) THEN ${HTTP_STATUS} END`;

/** On row `i` of `invocation`. */
const INVOCATION_TRAITS = packed({
  status: upTo("i.status", STATUSES.length),
  open: openState(),
  http: `min(ifnull(${HTTP}, 0), ${SIZES.http - 1})`,
});

export function messageRows(database: Database, { from, to }: Slice, { sql, params }: Fragment): FacetRows {
  return listsOf(
    database
      .prepare(
        `SELECT json_group_array(${MESSAGE_TRAITS}) AS traits, json_group_array(m.stream) AS streams,
          json_group_array(ifnull(m.function_id || '', m.invocation + 0)) AS functions
        FROM message m WHERE m.seq > ? AND m.seq <= ? AND (${sql})`,
      )
      .get(from, to, ...params),
  );
}

export function invocationRows(database: Database, { from, to }: Slice, { sql, params }: Fragment): FacetRows {
  return listsOf(
    database
      .prepare(
        `SELECT json_group_array(${INVOCATION_TRAITS}) AS traits, json_group_array(i.stream) AS streams,
          json_group_array(i.function_id || '') AS functions
        FROM invocation i WHERE i.id > ? AND i.id <= ? AND (${sql})`,
      )
      .get(from, to, ...params),
  );
}

/** The function of each of some invocations. */
export function functionsOfInvocations(database: Database, invocations: readonly number[]): readonly unknown[] {
  const row = database
    .prepare(
      `SELECT json_group_array((SELECT i.function_id || '' FROM invocation i WHERE i.id = v.value)) AS functions
      FROM json_each(?) v`,
    )
    .get(JSON.stringify(invocations));
  return listIn(row, "functions");
}

function listsOf(row: SqlRow | undefined): FacetRows {
  return { traits: listIn(row, "traits"), streams: listIn(row, "streams"), functions: listIn(row, "functions") };
}

function listIn(row: SqlRow | undefined, name: string): readonly unknown[] {
  const list = jsonOf(row?.[name]);
  return Array.isArray(list) ? list : [];
}
