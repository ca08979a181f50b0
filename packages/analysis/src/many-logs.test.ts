import { functionsOf } from "@inspector/session/function-queries";
import { createInvocationQueries } from "@inspector/session/invocation-queries";
import { createQueries } from "@inspector/session/queries";
import { workersOf } from "@inspector/session/worker-queries";
import { expect, test } from "vitest";
import { NODE, openScene } from "../testing/problems-in.ts";

const LOGS = 1500;
const REQUEST = "20 ms host invocation_request id=i1 function=hello";

test("an invocation names all its logs, and its answer behind them", () => {
  const logs = Array.from({ length: LOGS }, (_, n) => `${21 + n} ms worker rpc_log id=i1 text=line${n}`).join("\n");
  const database = openScene(NODE, REQUEST, logs, "30 s worker invocation_response id=i1");
  const detail = createInvocationQueries(database).detail(6);
  const answer = 6 + LOGS + 1;
  expect(detail).toMatchObject({ request: 6, heard: 6, response: answer });
  expect(detail?.logs).toHaveLength(LOGS);
  expect(detail?.messages).toHaveLength(LOGS + 2);
  expect(detail?.messages.at(-1)).toBe(answer);
  const queries = createQueries(database);
  for (const seq of [6, 700, answer]) {
    const related = queries.related(seq);
    expect(related).toContain(seq);
    expect(related.length).toBeLessThanOrEqual(1000);
    expect(related).toEqual([...related].sort((a, b) => a - b));
  }
  database.close();
});

test("workers and functions count requests: no answer of nobody's, no log of nobody's", () => {
  const table = `
    20 ms  host    invocation_request   id=i1 function=hello
    21 ms  worker  invocation_response  id=i9 status=Failure
    22 ms  worker  rpc_log              id=i8 text=hi
    23 ms  host    invocation_request   id=i2 function=hello
    24 ms  host    invocation_cancel    id=i2
    30 ms  relay   lost`;
  const database = openScene(NODE, table);
  const figures = { failures: 0, inFlight: 0, lost: 1 };
  expect(workersOf(database, () => undefined)).toMatchObject([{ invocations: 2, ...figures }]);
  expect(functionsOf(database, () => undefined)).toMatchObject([{ calls: 2, ...figures }]);
  const states = createInvocationQueries(database)
    .rows([6, 9])
    .rows.map(({ state }) => state);
  expect(states).toEqual(["lost", "cancelled"]);
  database.close();
});

test("a start_stream that came with the opening of its call took no measured time", () => {
  const database = openScene("1 ms worker start_stream worker=w1\n 2 ms host worker_init_request");
  const [start] = createInvocationQueries(database).rows([1]).rows;
  expect(start).toMatchObject({ step: "start", state: "success" });
  expect(start).not.toHaveProperty("duration");
  database.close();
});
