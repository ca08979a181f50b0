import type { FacetCounts } from "@inspector/contract/page";
import { compileFilter, compileInvocationFilter } from "@inspector/filter/compile";
import type { Filter } from "@inspector/filter/filter";
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
  const question = questionOf(list, filter);
  let rows = 0;
  for (let through = 0; ; ) {
    const part: FacetCounts = countFacets(database, question, through, pace);
    rows += part.rows;
    for (const { values } of part.facets) {
      for (const { term, count } of values) {
        terms.set(lowerAscii(term), (terms.get(lowerAscii(term)) ?? 0) + count);
      }
    }
    if (part.through >= part.last) {
      return { rows, terms };
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
