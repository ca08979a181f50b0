/** Arbitrary sessions of a few messages, written through the real writer. */

import type { Intervention, ReplayMark } from "@inspector/contract/intervention";
import { BODY_PART_BYTES, BODY_PARTS } from "@inspector/filter/bodies";
import { compileExpression } from "@inspector/filter/regex";
import { DatabaseSync } from "@photostructure/sqlite";
import fc from "fast-check";
import type { Database } from "../../src/database.ts";
import type { Invocation } from "../../src/invocation/invocation.ts";
import { invocationOf, workerStepOf } from "../../src/invocation/store.ts";
import type { WorkerStep } from "../../src/invocation/worker-step.ts";
import { SCHEMA } from "../../src/schema.ts";
import { createWriter } from "../../src/writer.ts";
import { pick, WORDS } from "./filter-texts.ts";

export type Row = {
  readonly seq: number;
  readonly at: number;
  readonly stream: number;
  readonly side: number;
  readonly kind: number;
  readonly size: number;
  readonly flags: number;
  readonly body: number;
  readonly requestId: string | undefined;
  readonly invocationId: string | undefined;
  readonly functionId: string | undefined;
  readonly status: number | undefined;
  readonly level: number | undefined;
  readonly category: string | undefined;
  readonly text: string | undefined;
  readonly retryCount: number | undefined;
  readonly isInjected: boolean;
  readonly replay: ReplayMark | undefined;
  readonly marks: readonly Intervention[];
};

/** What became of the rows in the session. */
export type Scene = {
  readonly rows: readonly Row[];
  readonly invocations: readonly Invocation[];
  readonly steps: readonly WorkerStep[];
  /** The invocation's id of each row that is of one. */
  readonly invocationIds: ReadonlyMap<number, number>;
  /** Replays by the invocation's id. */
  readonly replays: ReadonlyMap<number, { readonly isEdited: boolean }>;
};

const EVENT_STREAM = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream";
export const STREAMS = [
  { id: 1, path: EVENT_STREAM, opened_at: 5, ended_at: null, worker_id: "abc-1", runtime: "node" },
  { id: 2, path: "/Settlement/Complete", opened_at: 10, ended_at: 9e9, worker_id: null, runtime: null },
];
export const FUNCTIONS = [
  { stream: 1, functionId: "f1", name: "OrderCreated", trigger: "httpTrigger" },
  { stream: 1, functionId: "f2", name: "Order 100%_\\ done", trigger: undefined },
  { stream: 2, functionId: "f1", name: "hello", trigger: "queueTrigger" },
];
export const DROPPED_THROUGH = 20;
const LARGEST = 5_000_000;
/** For how long messages are held, where they are. */
export const HELD_NS = 500_000_000;

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });

/** Most are of an invocation, from the side that sends them; the rest is anything. */
const kindAndSide = fc.oneof(
  { weight: 3, arbitrary: pick([4, 0], [5, 1], [2, 1], [21, 0]) },
  { weight: 2, arbitrary: fc.tuple(pick(-2, -1, 0, 2, 4, 5, 8, 9, 12, 13, 14, 16, 17, 20, 31, 40), pick(0, 1)) },
);

const rowArbitrary: fc.Arbitrary<Omit<Row, "seq">> = fc
  .record({
    kindAndSide,
    at: fc.integer({ min: 0, max: 5e9 }),
    stream: pick(1, 1, 2),
    size: pick(0, 100, 1024, LARGEST),
    flags: pick(0, 1, 2, 3, 4, 8),
    body: fc.integer({ min: 0, max: 40 }),
    requestId: maybe(pick("req-1", "Req-2")),
    invocationId: maybe(pick("inv-1", "inv-2", "INV-3")),
    functionId: maybe(pick("f1", "f2", "f3")),
    status: maybe(pick(0, 1, 2)),
    level: maybe(fc.integer({ min: 0, max: 6 })),
    category: maybe(pick("Function.hello", "Host")),
    text: maybe(
      fc.oneof(
        pick(...WORDS),
        fc.tuple(pick(...WORDS), pick(...WORDS)).map((words) => words.join(" ")),
      ),
    ),
    retryCount: maybe(pick(0, 1, 2)),
    isInjected: fc.boolean(),
    replay: maybe(pick({ run: 1, n: 1, isEdited: true }, { run: 2, n: 1, isEdited: false })),
    marks: fc.array(pick<Intervention>("swallowed", "replaced", "held", "dropped"), { maxLength: 2 }),
  })
  .map(({ kindAndSide: [kind = 0, side = 0], ...rest }) => ({ ...rest, kind, side }));

export const rowsArbitrary: fc.Arbitrary<Row[]> = fc
  .array(rowArbitrary, { minLength: 1, maxLength: 25 })
  .map((rows) => rows.map((row, index): Row => ({ seq: index + 1, ...row })));

export type SceneSession = {
  readonly database: Database;
  /** Replaces the messages. */
  fill(rows: readonly Row[]): Scene;
};

/** A session in memory with STREAMS and FUNCTIONS. */
export function createSceneSession(): SceneSession {
  const driver = new DatabaseSync(":memory:");
  driver.exec(`PRAGMA foreign_keys = OFF; ${SCHEMA}`);
  driver.function("regexp", { deterministic: true }, (pattern: unknown, text: unknown) =>
    typeof text === "string" ? Number(compileExpression(String(pattern)).test(text)) : null,
  );
  const insert = driver.prepare(
    "INSERT INTO stream (id, connection, number, path, opened_at, ended_at, worker_id, runtime) VALUES (:id, 1, :id, :path, :opened_at, :ended_at, :worker_id, :runtime)",
  );
  for (const stream of STREAMS) {
    insert.run(stream);
  }
  const database = driver as unknown as Database;
  const writer = createWriter(database);
  for (const { stream, functionId, name, trigger } of FUNCTIONS) {
    writer.function(stream, functionId, name, trigger);
  }
  const part = database.prepare("INSERT OR IGNORE INTO body (id, bytes) VALUES (?, x'00')");
  for (let body = DROPPED_THROUGH + 1; body <= 40; body++) {
    part.run(body * BODY_PARTS);
    part.run(body * BODY_PARTS + Math.floor((LARGEST - 1) / BODY_PART_BYTES));
  }
  return {
    database,
    fill(rows) {
      database.exec(
        "DELETE FROM message; DELETE FROM invocation; DELETE FROM worker_step; DELETE FROM density; DELETE FROM intervention; DELETE FROM replay; DELETE FROM hold;",
      );
      const filling = createWriter(database);
      for (const row of rows) {
        const seq = filling.message(row);
        for (const mark of row.marks) {
          filling.mark(seq, mark);
        }
        filling.letGo(seq, row.at + HELD_NS, !row.marks.includes("dropped"));
      }
      filling.finishBatch();
      const ids = database.prepare("SELECT seq, invocation FROM message WHERE invocation IS NOT NULL").all();
      return {
        rows,
        invocations: database.prepare("SELECT * FROM invocation ORDER BY id").all().map(invocationOf),
        steps: database
          .prepare("SELECT * FROM worker_step ORDER BY id")
          .all()
          .flatMap((row) => workerStepOf(row) ?? []),
        replays: new Map(
          database
            .prepare("SELECT * FROM replay")
            .all()
            .map(({ invocation, is_edited }) => [Number(invocation), { isEdited: is_edited === 1 }]),
        ),
        invocationIds: new Map(ids.map(({ seq, invocation }) => [Number(seq), Number(invocation)])),
      };
    },
  };
}
