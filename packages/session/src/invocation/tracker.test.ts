import { DatabaseSync } from "@photostructure/sqlite";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Database } from "../database.ts";
import { SCHEMA } from "../schema.ts";
import { MAX_ATTEMPTS, type PairingFacts } from "./exchange.ts";
import { invocationPairing } from "./invocation.ts";
import { INVOCATION_SCHEMA } from "./schema.ts";
import { createInvocationStore, createWorkerStepStore, invocationOf, workerStepOf } from "./store.ts";
import { createTracker } from "./tracker.ts";
import { workerStepPairing } from "./worker-step.ts";

function openDatabase(): Database {
  const database: Database = new DatabaseSync(":memory:");
  const tables = SCHEMA.includes("CREATE TABLE invocation") ? SCHEMA : SCHEMA + INVOCATION_SCHEMA;
  database.exec(`PRAGMA foreign_keys = OFF; ${tables}`);
  return database;
}

const optional = <T>(...values: readonly T[]) => fc.constantFrom(undefined, ...values);

const facts: fc.Arbitrary<PairingFacts[]> = fc
  .array(
    fc.record({
      at: fc.nat(1000),
      stream: fc.constantFrom(1, 2),
      side: fc.constantFrom(0, 1),
      size: fc.nat(100),
      kind: fc.constantFrom(2, 2, 4, 4, 5, 5, 21, 8, 9, 12, 13, 16, 17, 20, 25, 26),
      requestId: optional("p q", "r"),
      invocationId: optional("a", "b", "c d", ""),
      functionId: optional("f", "g"),
      status: optional(0, 1, 2),
      level: optional(1, 4),
      text: optional("x"),
      retryCount: optional(1),
    }),
    { maxLength: 120 },
  )
  .map((list) => list.map((item, index) => ({ seq: index + 1, ...item })));

const NOTHING_STORED = { load: () => [], isEmpty: () => true };

describe("a tracker", () => {
  test("that forgets, is stored and is made anew ends with the rows of one that remembers everything", () => {
    fc.assert(
      fc.property(
        facts,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 3 }),
        (messages, batch, capacity) => {
          const database = openDatabase();
          const store = { invocations: createInvocationStore(database), steps: createWorkerStepStore(database) };
          const start = () => ({
            invocations: createTracker(invocationPairing, store.invocations, capacity),
            steps: createTracker(workerStepPairing, store.steps, capacity),
          });
          const whole = {
            invocations: createTracker(invocationPairing, NOTHING_STORED),
            steps: createTracker(workerStepPairing, NOTHING_STORED),
          };
          let parts = start();
          for (const message of messages) {
            for (const tracker of [parts.invocations, parts.steps, whole.invocations, whole.steps]) {
              tracker.add(message);
            }
            if (message.seq % batch !== 0) {
              continue;
            }
            store.invocations.save(parts.invocations.takeChanged());
            store.steps.save(parts.steps.takeChanged());
            if (message.seq % (batch * 3) === 0) {
              parts = start();
            }
          }
          store.invocations.save(parts.invocations.takeChanged());
          store.steps.save(parts.steps.takeChanged());
          const stored = (table: string) => database.prepare(`SELECT * FROM ${table} ORDER BY id`).all();
          expect(stored("invocation").map(invocationOf)).toEqual(whole.invocations.takeChanged());
          expect(stored("worker_step").map(workerStepOf)).toEqual(whole.steps.takeChanged());
          database.close();
        },
      ),
      { numRuns: 150 },
    );
  });

  test("gives every message a place", () => {
    fc.assert(
      fc.property(facts, (messages) => {
        const tracker = createTracker(invocationPairing, NOTHING_STORED);
        for (const message of messages) {
          tracker.add(message);
        }
        const rows = tracker.takeChanged();
        const count = (kind: number, side: number) =>
          messages.filter((m) => m.kind === kind && m.side === side && (kind !== 2 || m.invocationId !== undefined))
            .length;
        const sum = (value: (row: (typeof rows)[number]) => number) =>
          rows.reduce((total, row) => total + value(row), 0);
        expect(rows.filter(({ startedSeq }) => startedSeq !== undefined)).toHaveLength(count(4, 0));
        expect(sum((row) => row.extraAnswers + (row.answeredSeq === undefined ? 0 : 1))).toBe(count(5, 1));
        expect(sum((row) => row.logs)).toBe(count(2, 1));
      }),
    );
  });

  test("tells each changed row once, as it is now", () => {
    const tracker = createTracker(invocationPairing, NOTHING_STORED);
    const message = { stream: 1, size: 1, invocationId: "a" };
    tracker.add({ ...message, seq: 1, at: 10, side: 0, kind: 4 });
    expect(tracker.add({ ...message, seq: 2, at: 20, side: 1, kind: 2 })).toMatchObject({ id: 1 });
    expect(tracker.add({ ...message, seq: 3, at: 20, side: 1, kind: 13 })).toBeUndefined();
    expect(tracker.takeChanged()).toMatchObject([{ id: 1, logs: 1 }]);
    expect(tracker.takeChanged()).toEqual([]);
    tracker.add({ ...message, seq: 4, at: 30, side: 1, kind: 5, status: 1 });
    expect(tracker.takeChanged()).toMatchObject([{ id: 1, logs: 1, answeredSeq: 4 }]);
  });

  test("looks for no earlier row while it remembers all there were", () => {
    let loads = 0;
    const load = () => {
      loads += 1;
      return [];
    };
    const store = { load, isEmpty: () => true };
    const tracker = createTracker(invocationPairing, store, 2);
    const request = (seq: number) =>
      tracker.add({ seq, at: 0, stream: 1, side: 0, size: 0, kind: 4, invocationId: `i${seq}` });
    for (const seq of [1, 2]) {
      request(seq);
    }
    tracker.takeChanged();
    request(3);
    expect(loads).toBe(0);
    tracker.takeChanged();
    request(4);
    expect(loads).toBe(1);
  });

  test("stays cheap when one id is used over and over", () => {
    const tracker = createTracker(invocationPairing, NOTHING_STORED);
    for (let seq = 1; seq <= 1000; seq++) {
      tracker.add({ seq, at: seq, stream: 1, side: 0, size: 0, kind: 4, invocationId: "a" });
    }
    tracker.add({ seq: 1001, at: 1001, stream: 1, side: 1, size: 0, kind: 5, invocationId: "a", status: 1 });
    const rows = tracker.takeChanged();
    expect(rows).toHaveLength(1000);
    expect(rows.find(({ answeredSeq }) => answeredSeq !== undefined)?.attempt).toBe(1000 - MAX_ATTEMPTS + 1);
  });
});

test("the database knows durations, and sums up the start-up of a worker", () => {
  const database = openDatabase();
  const steps = createWorkerStepStore(database);
  const tracker = createTracker(workerStepPairing, steps);
  const message = { stream: 1, size: 1 };
  tracker.add({ ...message, seq: 1, at: 5, side: 1, kind: 20 });
  tracker.add({ ...message, seq: 2, at: 10, side: 0, kind: 8, functionId: "f" });
  tracker.add({ ...message, seq: 3, at: 12, side: 0, kind: 8, functionId: "g" });
  tracker.add({ ...message, seq: 4, at: 30, side: 1, kind: 9, functionId: "g", status: 0 });
  tracker.add({ ...message, seq: 5, at: 40, side: 0, kind: 12, requestId: "p" });
  steps.save(tracker.takeChanged());
  const durations = database.prepare("SELECT duration FROM worker_step ORDER BY id").all();
  expect(durations.map(({ duration }) => duration)).toEqual([null, null, 18, null]);
  expect(database.prepare("SELECT * FROM startup_step ORDER BY id").all()).toMatchObject([
    { step: "start", id: 1, answered_at: 5, count: 1, answered: 1, failed: 0 },
    { step: "load", id: 2, started_at: 10, answered_at: 30, count: 2, answered: 1, failed: 1 },
  ]);
  database.close();
});
