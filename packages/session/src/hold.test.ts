import type { InvocationRow } from "@inspector/contract/page";
import { compileInvocationFilter } from "@inspector/filter/compile";
import { parseFilter } from "@inspector/filter/parse";
import { DatabaseSync } from "@photostructure/sqlite";
import { beforeEach, describe, expect, test } from "vitest";
import type { Database } from "./database.ts";
import { functionsOf } from "./function-queries.ts";
import { createInvocationQueries } from "./invocation-queries.ts";
import { SCHEMA } from "./schema.ts";
import { workersOf } from "./worker-queries.ts";
import { createWriter, type Writer } from "./writer.ts";

const SECOND = 1e9;
const KINDS = { request: 4, response: 5 } as const;

let database: Database;
let writer: Writer;
let stream: number;

beforeEach(() => {
  database = new DatabaseSync(":memory:") as unknown as Database;
  database.exec(`PRAGMA foreign_keys = OFF; ${SCHEMA}`);
  writer = createWriter(database);
  const connection = writer.connection(writer.relay("r", { segment: 0, offset: 0, seq: 0 }).id, 1, 0);
  stream = writer.stream(connection, 1, "/AzureFunctionsRpcMessages.FunctionRpc/EventStream", 0, "{}");
});

function say(seconds: number, what: keyof typeof KINDS, invocationId: string, facts = {}): number {
  return writer.message({
    at: seconds * SECOND,
    stream,
    side: what === "request" ? 0 : 1,
    kind: KINDS[what],
    size: 10,
    flags: 0,
    body: 0,
    invocationId,
    ...(what === "request" ? { functionId: "f" } : { status: 1 }),
    ...facts,
  });
}

function hold(seq: number, until?: number, hasGoneOn = true): void {
  writer.mark(seq, "held");
  if (until === undefined) {
    return;
  }
  if (!hasGoneOn) {
    writer.mark(seq, "dropped");
  }
  writer.letGo(seq, until * SECOND, hasGoneOn);
}

function row(id: number): InvocationRow {
  writer.finishBatch();
  const [found] = createInvocationQueries(database).rows([id]).rows;
  if (found?.type !== "invocation") {
    throw new Error(`There is no invocation ${id}.`);
  }
  return found;
}

function figures() {
  writer.finishBatch();
  const [info] = functionsOf(database, () => undefined);
  const { calls, inFlight, lost, p50, p95, max, recent } = info ?? {};
  return { calls, inFlight, lost, p50, p95, max, recent };
}

function found(filter: string): number[] {
  writer.finishBatch();
  const parsed = parseFilter(filter);
  if (!parsed.ok) {
    throw new Error(`Not a filter: ${filter}`);
  }
  return createInvocationQueries(database).column(compileInvocationFilter(parsed.filter, { scope: "all" }), 0, 100);
}

describe("time for which somebody held a request", () => {
  test("is not the worker's", () => {
    const id = say(1, "request", "a");
    hold(id, 31);
    say(32, "response", "a");
    expect(row(id)).toMatchObject({
      startedAt: 1 * SECOND,
      answeredAt: 32 * SECOND,
      duration: 1 * SECOND,
      held: { request: { from: 1 * SECOND, to: 31 * SECOND } },
    });
  });

  test("is in no percentile, no maximum and no filter by duration", () => {
    for (const [n, length] of [1, 3, 4].entries()) {
      say(n * 10, "request", `call ${n}`);
      say(n * 10 + length, "response", `call ${n}`);
    }
    const held = say(100, "request", "held");
    hold(held, 400);
    say(402, "response", "held");
    expect(figures()).toMatchObject({
      calls: 4,
      p50: 2 * SECOND,
      p95: 4 * SECOND,
      max: 4 * SECOND,
      recent: [1, 3, 4, 2].map((seconds) => seconds * SECOND),
    });
    expect(found("dur:>4s")).toEqual([]);
    expect(found("dur:>1500ms dur:<2500ms")).toEqual([held]);
  });

  test("runs while it is held, and so does no time of the worker", () => {
    const id = say(1, "request", "a");
    hold(id);
    const { held, duration, state } = row(id);
    expect({ held, duration, state }).toEqual({
      held: { request: { from: 1 * SECOND } },
      duration: undefined,
      state: "in-flight",
    });
  });

  test("makes no duration up where its end was not recorded", () => {
    const id = say(1, "request", "a");
    hold(id);
    say(32, "response", "a");
    expect(row(id).duration).toBeUndefined();
    expect(figures()).toMatchObject({ calls: 1, p50: undefined, max: undefined, recent: [] });
  });
});

test("a step and a status ping whose requests were held took what the worker took", () => {
  const told = (seconds: number, kind: number, side: number) =>
    writer.message({ at: seconds * SECOND, stream, side, kind, size: 1, flags: 0, body: 0, requestId: "r", status: 1 });
  hold(told(1, 17, 0), 9);
  told(10, 16, 1);
  hold(told(20, 12, 0), 40);
  told(41, 13, 1);
  told(50, 12, 0);
  told(52, 13, 1);
  writer.finishBatch();
  const [worker] = workersOf(database, () => undefined);
  expect(worker?.steps).toMatchObject([
    { step: "init", duration: 1 * SECOND, held: [{ from: 1 * SECOND, to: 9 * SECOND }] },
  ]);
  expect(worker?.statusPings).toEqual({ count: 2, p50: 2 * SECOND, max: 2 * SECOND });
});

describe("of a step of several requests", () => {
  const load = (seconds: number, functionId: string, side = 0): number =>
    writer.message({
      at: seconds * SECOND,
      stream,
      side,
      kind: side === 0 ? 8 : 9,
      size: 1,
      flags: 0,
      body: 0,
      functionId,
      status: 1,
    });
  const seconds = (...spans: readonly [number, number][]) =>
    spans.map(([from, to]) => ({ from: from * SECOND, to: to * SECOND }));
  const step = () => {
    writer.finishBatch();
    return createInvocationQueries(database).stepsOf(stream)[0];
  };

  test("only the time in which nothing else of it was under way is the holder's", () => {
    hold(load(1, "f"), 11);
    load(2, "g");
    load(5, "g", 1);
    load(12, "f", 1);
    // From 1 to 2 and from 5 to 11 nobody but the holder had anything in hand.
    expect(step()).toMatchObject({ count: 2, held: seconds([1, 2], [5, 11]), duration: 4 * SECOND });
    expect(found("dur:>3999ms dur:<4001ms")).toHaveLength(1);
    expect(found("dur:>4s")).toEqual([]);
  });

  test("two that were held at once count once", () => {
    hold(load(1, "f"), 11);
    hold(load(1, "g"), 21);
    load(22, "f", 1);
    load(22, "g", 1);
    // "f" was worked on from 11 to 22.
    expect(step()).toMatchObject({ held: seconds([1, 11]), duration: 11 * SECOND });
  });

  test("a hold without an end leaves no duration", () => {
    hold(load(1, "f"));
    load(2, "g");
    load(5, "g", 1);
    load(12, "f", 1);
    expect(step()?.duration).toBeUndefined();
    expect(found("dur:>0s")).toEqual([]);
  });
});

test("an answer that was held took the worker no longer", () => {
  const id = say(1, "request", "a");
  hold(say(2, "response", "a"), 62);
  expect(row(id)).toMatchObject({
    duration: 1 * SECOND,
    held: { answer: { from: 2 * SECOND, to: 62 * SECOND } },
  });
});

test("a call that the inspector answered has no time of the worker", () => {
  const id = say(1, "request", "a");
  hold(id, 3, false);
  say(3, "response", "a", { isInjected: true });
  expect(row(id)).toMatchObject({ state: "success", isAnsweredHere: true });
  expect(row(id).duration).toBeUndefined();
  expect(figures()).toMatchObject({ calls: 1, p50: undefined, max: undefined });
});

test("what the host had cancelled is not lost with its stream, in rows and in counts", () => {
  const id = say(1, "request", "a");
  writer.message({ at: 2e9, stream, side: 0, kind: 21, size: 1, flags: 0, body: 0, invocationId: "a" });
  expect(figures()).toMatchObject({ inFlight: 1, lost: 0 });
  writer.updateStream(stream, { ended_at: 5 * SECOND });
  expect(row(id).state).toBe("cancelled");
  expect(figures()).toMatchObject({ inFlight: 0, lost: 0 });
  expect(workersOf(database, () => undefined)).toMatchObject([{ invocations: 1, inFlight: 0, lost: 0 }]);
});

test("of a request that was dropped the worker has nothing in flight, and loses nothing", () => {
  const id = say(1, "request", "a");
  hold(id, 3, false);
  const open = say(4, "request", "b");
  expect(row(id)).toMatchObject({ state: "dropped", held: { request: { isDropped: true } } });
  expect(found("is:inflight")).toEqual([open]);
  expect(figures()).toMatchObject({ calls: 2, inFlight: 1, lost: 0 });
  writer.updateStream(stream, { ended_at: 5 * SECOND });
  expect(row(id).state).toBe("dropped");
  expect(found("is:lost")).toEqual([open]);
  expect(figures()).toMatchObject({ calls: 2, inFlight: 0, lost: 1 });
  expect(workersOf(database, () => undefined)).toMatchObject([{ invocations: 2, inFlight: 0, lost: 1 }]);
});
