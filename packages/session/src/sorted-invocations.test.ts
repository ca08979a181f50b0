import { MAX_SORTED } from "@inspector/contract/page";
import type { InvocationCondition } from "@inspector/filter/compile";
import { compileInvocationFilter } from "@inspector/filter/compile";
import { parseFilter } from "@inspector/filter/parse";
import { DatabaseSync } from "@photostructure/sqlite";
import { describe, expect, test } from "vitest";
import { writeScene } from "../testing/scene.ts";
import type { Database } from "./database.ts";
import { createInvocationQueries } from "./invocation-queries.ts";
import { sortedInvocations } from "./sorted-invocations.ts";

const SCENE = `
  at       from    message                      ids
  0 ms     worker  start_stream                 worker=w1
  1 ms     host    worker_init_request
  41 ms    worker  worker_init_response
  100 ms   host    invocation_request           id=short function=o
  105 ms   worker  rpc_log                      id=short
  110 ms   worker  invocation_response          id=short
  200 ms   host    invocation_request           id=long function=o
  230 ms   worker  invocation_response          id=long status=Failure exception="order 17 is not known, and neither is any other"
  300 ms   host    invocation_request           id=waiting function=p
`;

function conditionOf(filter: string): InvocationCondition {
  const parsed = parseFilter(filter);
  if (!parsed.ok) {
    throw new SyntaxError(parsed.message);
  }
  return compileInvocationFilter(parsed.filter, { scope: "all" });
}

describe("the list of invocations in another order", () => {
  const database = new DatabaseSync(":memory:") as unknown as Database;
  writeScene(database, SCENE);
  const { rows } = createInvocationQueries(database);
  const sorted = (by: "time" | "status" | "duration" | "size" | "logs", isDescending: boolean, filter = "") =>
    sortedInvocations(database, conditionOf(filter), { by, isDescending }).ids.flatMap((id) =>
      rows([id]).rows.map((row) => (row.type === "step" ? row.step : row.invocationId)),
    );

  test("has the longest first, steps of workers among them, and what has no duration last in both directions", () => {
    expect(sorted("duration", true)).toEqual(["init", "long", "short", "start", "waiting"]);
    expect(sorted("duration", false).at(-1)).toBe("waiting");
  });

  test("has only what passes the filter", () => {
    expect(sorted("duration", true, "fn:o")).toEqual(["long", "short"]);
  });

  test("goes by begin, status, size and logs too", () => {
    expect(sorted("time", true)).toEqual(["waiting", "long", "short", "init", "start"]);
    expect(sorted("status", true).slice(0, 2)).toEqual(["long", "waiting"]);
    expect(sorted("size", true)[0]).toBe("long");
    expect(sorted("logs", true)[0]).toBe("short");
  });
});

test("of very many invocations the first are named, and that there are more", () => {
  const database = new DatabaseSync(":memory:") as unknown as Database;
  writeScene(database, "0 ms worker start_stream worker=w1");
  database.exec(`WITH RECURSIVE n(id) AS (SELECT 10 UNION ALL SELECT id + 1 FROM n WHERE id < ${MAX_SORTED * 2})
    INSERT INTO invocation (id, stream, invocation_id, attempt, started_seq, started_at, answered_seq, answered_at, status, extra_answers,
      logs, error_logs, late_logs, is_overlapping)
    SELECT id, 1, 'i' || id, 1, id, 0, id, id * 7919 % 2003 * 1000, 1, 0, 0, 0, 0, 0 FROM n`);
  const { ids, isCut } = sortedInvocations(database, conditionOf(""), { by: "duration", isDescending: true });
  const all = database.prepare("SELECT id FROM invocation ORDER BY duration DESC, id").all();
  expect(ids).toEqual(all.slice(0, MAX_SORTED).map(({ id }) => id));
  expect(isCut).toBe(true);
});
