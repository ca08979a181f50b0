import { MAX_PAUSES } from "@inspector/contract/page";
import { DatabaseSync } from "@photostructure/sqlite";
import { expect, test } from "vitest";
import type { Database } from "./database.ts";
import { createInvocationQueries } from "./invocation-queries.ts";
import { SCHEMA } from "./schema.ts";
import { createWriter } from "./writer.ts";

const LOGS = 2500;

test("an invocation has all of its logs, with their levels, and where it was silent for longest", () => {
  const database = new DatabaseSync(":memory:") as unknown as Database;
  database.exec(`PRAGMA foreign_keys = OFF; ${SCHEMA}`);
  const writer = createWriter(database);
  let at = 0;
  const say = (side: number, kind: number, facts = {}) =>
    writer.message({ at, stream: 1, side, kind, size: 1, flags: 0, body: 0, invocationId: "a", ...facts });
  const request = say(0, 4, { functionId: "f" });
  const logs = Array.from({ length: LOGS }, (_, n) => {
    at += n % 500 === 499 ? 2e9 : 1e6;
    return say(1, 2, n === 3 ? {} : { level: n % 7 });
  });
  at += 5e9;
  const response = say(1, 5, { status: 1 });
  writer.finishBatch();
  const detail = createInvocationQueries(database).detail(request);
  expect(detail?.logs).toEqual(logs);
  expect(detail?.messages).toEqual([request, ...logs, response]);
  expect(detail?.response).toBe(response);
  expect(detail?.logLevels).toHaveLength(LOGS);
  expect(detail?.logLevels.slice(0, 10)).toBe("012-456012");
  expect(detail?.pauses).toHaveLength(MAX_PAUSES);
  expect(detail?.pauses).toEqual(expect.arrayContaining([logs[499], logs[999], logs[2499], response]));
});

test("of very many uses of one id the newest are named", () => {
  const database = new DatabaseSync(":memory:") as unknown as Database;
  database.exec(`PRAGMA foreign_keys = OFF; ${SCHEMA}`);
  const writer = createWriter(database);
  const say = (side: number, kind: number, facts: object) =>
    writer.message({ at: 0, stream: 1, side, kind, size: 1, flags: 0, body: 0, ...facts });
  const uses = Array.from({ length: 150 }, () => {
    const request = say(0, 4, { invocationId: "a" });
    say(1, 5, { invocationId: "a", status: 1 });
    return request;
  });
  writer.finishBatch();
  const queries = createInvocationQueries(database);
  expect(queries.detail(uses[0] ?? 0)?.others).toEqual(uses.slice(-100));
});

test("a StartStream that came with the opening of its call was waited for by nobody", () => {
  const database = new DatabaseSync(":memory:") as unknown as Database;
  database.exec(`PRAGMA foreign_keys = OFF; ${SCHEMA}`);
  const writer = createWriter(database);
  const open = (at: number, startedAt: number): number => {
    const stream = writer.stream(1, 1, "/AzureFunctionsRpcMessages.FunctionRpc/EventStream", at, "{}");
    return writer.message({ at: startedAt, stream, side: 1, kind: 20, size: 1, flags: 0, body: 0 });
  };
  const ids = [open(0, 0), open(5e6, 9e6)];
  writer.finishBatch();
  const { rows } = createInvocationQueries(database).rows(ids);
  expect(rows.map((row) => [row.state, row.duration])).toEqual([
    ["success", undefined],
    ["success", 4e6],
  ]);
});
