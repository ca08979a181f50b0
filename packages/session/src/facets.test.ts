import type { FacetCounts } from "@inspector/contract/page";
import { compileFilter, compileInvocationFilter } from "@inspector/filter/compile";
import type { Filter } from "@inspector/filter/filter";
import { nameKind } from "@inspector/filter/kinds";
import { parseFilter } from "@inspector/filter/parse";
import { lowerAscii } from "@inspector/filter/pattern";
import { DatabaseSync } from "@photostructure/sqlite";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { filterText } from "../testing/filter/filter-texts.ts";
import { createSceneSession, rowsArbitrary, type SceneSession } from "../testing/filter/scene.ts";
import { writeScene } from "../testing/scene.ts";
import type { Database } from "./database.ts";
import { countFacets, type FacetPace, type FacetQuestion } from "./facets.ts";

type List = FacetQuestion["list"];

function read(text: string): Filter {
  const parsed = parseFilter(text);
  if (!parsed.ok) {
    throw new Error(`${text}: ${parsed.message}`);
  }
  return parsed.filter;
}

function questionOf(list: List, text: string): FacetQuestion {
  const filter = read(text);
  return list === "messages"
    ? { list, condition: () => compileFilter(filter) }
    : { list, condition: () => compileInvocationFilter(filter, { scope: "few" }) };
}

/** How many rows of a list pass a filter: what a click on a value leads to. */
function rowsOf(database: Database, list: List, text: string): number {
  const filter = read(text);
  const count = (from: string, { sql, params }: { sql: string; params: readonly (string | number)[] }) =>
    Number(database.prepare(`SELECT count(*) AS n FROM ${from} WHERE ${sql}`).get(...params)?.["n"]);
  if (list === "messages") {
    return count("message m", compileFilter(filter));
  }
  const { invocations, steps } = compileInvocationFilter(filter, { scope: "all" });
  return count("invocation i", invocations) + count("startup_step i", steps);
}

/** All parts of the counts, added up as a page does. */
function wholeCounts(database: Database, list: List, filter: string, pace?: FacetPace) {
  const terms = new Map<string, number>();
  const sums = new Map<string, number>();
  const question = questionOf(list, filter);
  let rows = 0;
  for (let through = 0; ; ) {
    const part: FacetCounts = countFacets(database, question, through, pace);
    rows += part.rows;
    for (const { key, values } of part.facets) {
      for (const { term, count } of values) {
        sums.set(key, (sums.get(key) ?? 0) + count);
        terms.set(lowerAscii(term), (terms.get(lowerAscii(term)) ?? 0) + count);
      }
    }
    if (part.through >= part.last) {
      return { rows, terms, sumOf: (key: string) => sums.get(key) ?? 0 };
    }
    expect(part.through).toBeGreaterThan(through);
    through = part.through;
  }
}

describe("the counts of any session and filter", () => {
  let session: SceneSession;
  beforeAll(() => {
    session = createSceneSession();
  });
  afterAll(() => session.database.close());

  test("are those of the rows that pass with the value's term, in one part or in many", () => {
    fc.assert(
      fc.property(
        rowsArbitrary,
        fc.oneof(fc.constant(""), filterText),
        fc.constantFrom<List>("messages", "invocations"),
        (rows, filter, list) => {
          session.fill(rows);
          const { database } = session;
          const whole = wholeCounts(database, list, filter);
          expect(whole.rows).toBe(rowsOf(database, list, filter));
          if (list === "messages") {
            expect(whole.sumOf("kind"), filter).toBe(whole.rows);
            expect(whole.sumOf("side"), filter).toBe(whole.rows);
          }
          expect(whole.sumOf("worker"), filter).toBe(whole.rows);
          for (const [term, count] of whole.terms) {
            // "fn:" finds ids as well: here one is, without a load in its own stream, what another function has.
            if (/^fn:f[12]$/.test(term)) {
              continue;
            }
            expect(rowsOf(database, list, filter === "" ? term : `(${filter}) ${term}`), `${filter} | ${term}`).toBe(
              count,
            );
          }
          const inParts = wholeCounts(database, list, filter, { budgetMs: 0, slice: 2 });
          expect(new Map([...inParts.terms].sort())).toEqual(new Map([...whole.terms].sort()));
        },
      ),
      { numRuns: 60 },
    );
  });
});

const SCENE = `
  at       from    message                      ids
  0 ms     worker  start_stream                 worker=w1
  1 ms     host    worker_init_request
  41 ms    worker  worker_init_response
  60 ms    host    function_load_request        json={"functionId":"f1","metadata":{"name":"Order \\"new\\"","bindings":{"req":{"type":"httpTrigger","direction":"in"}}}}
  61 ms    worker  function_load_response       function=f1
  100 ms   host    invocation_request           id=a function=f1
  105 ms   worker  rpc_log                      id=a json={"level":"Error"}
  110 ms   worker  invocation_response          id=a
  200 ms   host    invocation_request           id=b function=hello
  230 ms   worker  invocation_response          id=b status=Failure exception="order 17 is not known"
  300 ms   host    invocation_request           id=c function=hello
`;

test("values are named as the filter says them, the most frequent first; what a list lacks is not told", () => {
  const database = new DatabaseSync(":memory:") as unknown as Database;
  writeScene(database, SCENE);
  const ofInvocations = countFacets(database, questionOf("invocations", ""), 0);
  expect(ofInvocations.facets.map(({ key }) => key)).toEqual(["fn", "step", "status", "worker"]);
  const valuesOf = ({ facets }: FacetCounts, key: string) =>
    facets.find((facet) => facet.key === key)?.values.map(({ term, count }) => `${count} ${term}`);
  const steps = ofInvocations.facets.find(({ key }) => key === "step")?.values.map(({ label }) => label);
  expect(steps).toEqual(["connect", "init", "load"]);
  expect(valuesOf(ofInvocations, "fn")).toEqual(["2 fn:hello", '1 fn:"Order \\"new\\""']);
  expect(valuesOf(ofInvocations, "status")).toEqual(["4 status:success", "1 status:failed", "1 is:inflight"]);
  expect(valuesOf(ofInvocations, "worker")).toEqual(["6 worker:w1"]);
  const ofMessages = countFacets(database, questionOf("messages", "fn:hello"), 0);
  expect(ofMessages.rows).toBe(3);
  expect(valuesOf(ofMessages, "kind")).toEqual(["2 kind:invocation_request", "1 kind:invocation_response"]);
  expect(valuesOf(countFacets(database, questionOf("messages", ""), 0), "level")).toEqual(["1 level:error"]);
});

test("rows are counted whatever a peer made up: its kind, its status and its level, and of as many streams as there are", () => {
  const { database } = createSceneSession();
  const insert = database.prepare(
    `INSERT INTO message (at, stream, side, kind, size, flags, body, status, level, function_id, text)
     VALUES (0, ?, 1, ?, 0, 0, 0, ?, ?, ?, ?)`,
  );
  const kinds = [-2, -1, 0, 2, 5, 255, 1023, 2 ** 29 - 1];
  const numbers = [null, -1, 0, 1, 2, 3, 6, 7, 2 ** 31 - 1];
  for (const [index, number] of numbers.entries()) {
    for (const kind of kinds) {
      insert.run(index % 2 === 0 ? 2 : 9_000_000 + index, kind, number, number, "12", "599");
    }
  }
  const { rows, facets } = countFacets(database, questionOf("messages", ""), 0);
  const countsOf = (key: string) =>
    facets.find((facet) => facet.key === key)?.values.map(({ label, count }) => [label, count] as const) ?? [];
  expect(rows).toBe(kinds.length * numbers.length);
  const names = kinds.map((kind) => nameKind(kind, "/Settlement/Complete") || "empty envelope");
  expect(new Map(countsOf("kind"))).toEqual(
    new Map([
      ...names.map((name) => [name, numbers.length] as const),
      ["Settlement/Complete", 5],
      ["empty envelope", numbers.length + 4],
    ]),
  );
  expect(new Map(countsOf("status"))).toEqual(new Map(["failed", "success", "cancelled"].map((name) => [name, 8])));
  expect(new Map(countsOf("level"))).toEqual(
    new Map(["trace", "debug", "information", "warning", "none"].map((name) => [name, 8])),
  );
  expect(countsOf("http")).toEqual([["599", 1]]);
  expect(countsOf("fn")).toEqual([["12", rows]]);
  expect(countsOf("worker").map(([, count]) => count)).toEqual([40, 8, 8, 8, 8]);
  database.close();
});
