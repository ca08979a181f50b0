/**
 * Writes a session. All calls of one batch stand in one transaction that its caller opens; ids are given out here, so
 * that a batch that is rolled back gives the same ids again after {@link createWriter} was called anew.
 */

import type { Intervention, ReplayMark } from "@inspector/contract/intervention";
import type { Nanos, Seq } from "@inspector/contract/page";
import { httpStatusOf, SERVER_ERROR } from "@inspector/filter/http-status";
import { hasFlags, INTERVENTION_FLAGS } from "@inspector/filter/message-flags";
import { KIND } from "@inspector/proto";
import { createBodyStore } from "./body-store.ts";
import { createBulkInsert } from "./bulk-insert.ts";
import { type Database, numberOf, type SqlValue, textOf } from "./database.ts";
import { createDensity } from "./density.ts";
import { createGivingUp } from "./give-up.ts";
import { createHttpLegWriter } from "./http-legs.ts";
import { invocationPairing } from "./invocation/invocation.ts";
import { createInvocationStore, createWorkerStepStore } from "./invocation/store.ts";
import { createTracker } from "./invocation/tracker.ts";
import { workerStepPairing } from "./invocation/worker-step.ts";
import { createJoinedStreams } from "./joined-streams.ts";
import { createSeen } from "./seen.ts";
import { createSharedMemoryWriter } from "./shared-memory.ts";

/**
 * A message that has crossed. `side` is 0 for the host and 1 for the worker, `kind` the field number of its content, `size` its
 * bytes as they crossed, `flags` those of message-flags.ts, `body` its number in the body store.
 */
export type MessageFacts = {
  /** Higher than all before. The next one where it is left out. */
  readonly seq?: Seq | undefined;
  readonly at: Nanos;
  readonly stream: number;
  /** The first stream of its worker, where that is another one: what it is paired in. */
  readonly worker?: number | undefined;
  /** The stream that its worker had before, and that has ended: what was asked there may be answered here. */
  readonly before?: number | undefined;
  readonly side: number;
  readonly kind: number;
  readonly size: number;
  readonly flags: number;
  readonly body: number;
  readonly requestId?: string | undefined;
  readonly invocationId?: string | undefined;
  readonly functionId?: string | undefined;
  readonly status?: number | undefined;
  readonly level?: number | undefined;
  readonly category?: string | undefined;
  readonly text?: string | undefined;
  readonly retryCount?: number | undefined;
  /** Its sender's stream ended in the middle of it. */
  readonly isCut?: boolean | undefined;
  /** The inspector itself sent it. */
  readonly isInjected?: boolean | undefined;
  /** As an invocation of its own. */
  readonly replay?: ReplayMark | undefined;
};

/** A relay and the journal position up to which everything of it is in the session. */
export type RelayRow = { readonly id: number; readonly startedAt: Nanos; readonly position: JournalPosition };

/** The next record to read: its segment, its byte within that, and its number. */
export type JournalPosition = { readonly segment: number; readonly offset: number; readonly seq: number };

/** Columns of `stream` to set. Times in nanoseconds of the session; `end` and `headers` are JSON. */
export type StreamChange = Partial<{
  ended_at: number;
  end: string;
  worker_id: string;
  runtime: string;
  runtime_version: string;
  phase: string;
  headers: string;
}>;

/** Columns of `connection` to set. */
export type ConnectionChange = Partial<{ closed_at: number; protocol: string; reason: string; end: string }>;

const MESSAGE_COLUMNS = [
  "seq",
  "at",
  "stream",
  "side",
  "kind",
  "size",
  "flags",
  "body",
  "invocation",
  "request_id",
  "invocation_id",
  "function_id",
  "status",
  "level",
  "category",
  "text",
] as const;

/** What {@link createWriter} gives. */
export type Writer = ReturnType<typeof createWriter>;

/**
 * Writes rows of a session, for one who records into it.
 *
 * A batch is one transaction of the caller: within it any of the calls, in the order of what was recorded, then `finishBatch`,
 * without which the last rows are not written. Where a batch is rolled back the writer is of no use any more: what it remembers is
 * unlike what is stored, so a new one is made.
 *
 * ```ts
 * inTransaction(database, () => {
 *   const stream = writer.stream(connection, 1, path, at, headers);
 *   writer.message({ at, stream, side: 1, kind: 20, size: 40, flags: 0, body });
 *   writer.finishBatch();
 * });
 * ```
 */
export function createWriter(database: Database) {
  const highest = (sql: string): number => numberOf(database.prepare(sql).get()?.["n"]);
  let seq: Seq = highest("SELECT max(seq) AS n FROM message");

  const messages = createBulkInsert(database, "message", MESSAGE_COLUMNS);
  const bodies = createBodyStore(database);
  const readPosition = database.prepare("SELECT position FROM relay WHERE id = ?");
  const insertEvent = database.prepare(
    "INSERT INTO event (at, relay, connection, side, type, detail) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const insertConnectionEvent = database.prepare(
    "INSERT INTO event (at, relay, connection, side, type, detail) SELECT ?, relay, id, ?, ?, ? FROM connection WHERE id = ?",
  );
  const countStream = database.prepare("UPDATE stream SET messages = messages + ?, bytes = bytes + ? WHERE id = ?");
  const insertFunction = database.prepare(
    "INSERT INTO function (stream, function_id, name, trigger) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET name = excluded.name, trigger = coalesce(excluded.trigger, trigger)",
  );
  const triggerOf = database.prepare('SELECT "trigger" FROM function WHERE stream = ? AND function_id = ?');
  const insertMark = database.prepare(
    "INSERT INTO intervention (seq, flags) VALUES (?, ?) ON CONFLICT DO UPDATE SET flags = flags | excluded.flags",
  );
  const insertHold = database.prepare(
    `INSERT OR IGNORE INTO hold (seq, invocation, is_request, from_at)
     SELECT seq, invocation, kind = ${KIND.invocationRequest}, at FROM message WHERE seq = ?`,
  );
  const endHold = database.prepare(
    "UPDATE hold SET to_at = max(from_at, ?), went_on = ? WHERE seq = ? AND to_at IS NULL",
  );
  const insertReplay = database.prepare(
    "INSERT OR REPLACE INTO replay (invocation, run, n, is_edited) VALUES (?, ?, ?, ?)",
  );
  // Backwards from the newest, which is where the message that is looked for stands most often.
  const nthBefore = database.prepare(
    `SELECT m.seq FROM message m WHERE m.stream = ? AND m.side = ?
       AND NOT ${hasFlags("m", INTERVENTION_FLAGS.injected)}
     ORDER BY m.seq DESC LIMIT 1 OFFSET ?`,
  );
  const insertHostDialled = database.prepare("INSERT OR IGNORE INTO host_dialled (stream) VALUES (?)");
  const swapSides = database.prepare("UPDATE message SET side = 1 - side WHERE stream = ? RETURNING seq");
  const setValue = database.prepare(
    "INSERT INTO session (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  );

  const invocationStore = createInvocationStore(database);
  const stepStore = createWorkerStepStore(database);
  const invocations = createTracker(invocationPairing, invocationStore);
  const steps = createTracker(workerStepPairing, stepStore);
  const density = createDensity(database);
  const seen = createSeen(database);
  const joinedStreams = createJoinedStreams(database);
  const marked = new Set<Seq>();

  function update(table: string, id: number, change: Readonly<Record<string, SqlValue>>): void {
    const columns = Object.keys(change);
    if (columns.length === 0) {
      return;
    }
    const assignments = columns.map((column) => `${column} = ?`).join(", ");
    database.prepare(`UPDATE ${table} SET ${assignments} WHERE id = ?`).run(...Object.values(change), id);
  }

  function inserted(sql: string, ...params: SqlValue[]): number {
    return numberOf(database.prepare(`${sql} RETURNING id`).get(...params)?.["id"]);
  }

  /** Nearly all answers are none by their line alone, so the function is looked up for few. */
  function isServerError(facts: Parameters<typeof httpStatusOf>[0] & { stream: number }, functionId?: string): boolean {
    if ((httpStatusOf(facts, undefined) ?? 0) < SERVER_ERROR) {
      return false;
    }
    const trigger = functionId === undefined ? undefined : triggerOf.get(facts.stream, functionId)?.["trigger"];
    return httpStatusOf(facts, textOf(trigger ?? null)) !== undefined;
  }

  return {
    get lastSeq(): Seq {
      return seq;
    },
    message(m: MessageFacts): Seq {
      seq = m.seq ?? seq + 1;
      if (m.body > 0) {
        bodies.complete(m.body);
      }
      // All members in one literal: with a spread V8 gives up on the object's shape, which costs more than the insert.
      const facts = {
        seq,
        at: m.at,
        stream: m.stream,
        side: m.side,
        kind: m.kind,
        size: m.size,
        flags: m.flags,
        body: m.body,
        requestId: m.requestId,
        invocationId: m.invocationId,
        functionId: m.functionId,
        status: m.status,
        level: m.level,
        category: m.category,
        text: m.text,
        retryCount: m.retryCount,
        isStandIn: m.isInjected === true && m.replay === undefined,
        isCut: m.isCut === true,
      };
      const paired = m.worker === undefined ? facts : { ...facts, stream: m.worker };
      const owner = invocations.add(paired, m.before);
      const invocation = owner?.id ?? null;
      if (invocation === null) {
        steps.add(paired, m.before);
      }
      density.add(facts, isServerError(paired, owner?.functionId));
      seen.add(facts);
      messages.add(
        seq,
        m.at,
        m.stream,
        m.side,
        m.kind,
        m.size,
        m.flags,
        m.body,
        invocation,
        m.requestId ?? null,
        m.invocationId ?? null,
        m.functionId ?? null,
        m.status ?? null,
        m.level ?? null,
        m.category ?? null,
        m.text ?? null,
      );
      if (m.isInjected === true) {
        insertMark.run(seq, INTERVENTION_FLAGS.injected);
      }
      if (m.replay !== undefined && invocation !== null) {
        insertReplay.run(invocation, m.replay.run, m.replay.n, m.replay.isEdited ? 1 : 0);
      }
      return seq;
    },
    /** Notes what the inspector did to a message of this batch or an earlier one. */
    mark(message: Seq, intervention: Intervention): void {
      insertMark.run(message, INTERVENTION_FLAGS[intervention]);
      marked.add(message);
      if (intervention === "held") {
        messages.flush();
        insertHold.run(message);
      }
    },
    /** A message that was held is not any more: it went on, as it was or as another one, or never will. */
    letGo(message: Seq, at: Nanos, hasGoneOn: boolean): void {
      endHold.run(at, hasGoneOn ? 1 : 0, message);
      marked.add(message);
    },
    /** Messages that were marked since the last call. */
    takeMarked(): Seq[] {
      const all = [...marked];
      marked.clear();
      return all;
    },
    /** The message of a side that so many others of it follow in its stream, those that the inspector sent left out. */
    messageBefore(stream: number, side: number, others: number): Seq | undefined {
      messages.flush();
      const found = nthBefore.get(stream, side, others)?.["seq"];
      return typeof found === "number" ? found : undefined;
    },
    /** The host opened the stream's connection: what was taken for the one side's was the other's. */
    hostDialled(stream: number): void {
      messages.flush();
      insertHostDialled.run(stream);
      for (const row of swapSides.all(stream)) {
        marked.add(numberOf(row["seq"]));
      }
    },
    joinedStreams,
    bodies,
    givingUp: createGivingUp(database, bodies),
    httpLegs: createHttpLegWriter(database),
    sharedMemory: createSharedMemoryWriter(database),
    event(at: Nanos, relay: number, connection: number | undefined, side: number, type: string, detail: unknown): void {
      insertEvent.run(at, relay, connection ?? null, side, type, JSON.stringify(detail));
    },
    /** An event of a connection. */
    connectionEvent(connection: number, at: Nanos, side: number, type: string, detail: unknown): void {
      insertConnectionEvent.run(at, side, type, JSON.stringify(detail), connection);
    },
    /** The relay behind a journal: the one that is known already, or a new row that begins at `beginning`. */
    relay(journal: string, beginning: JournalPosition): RelayRow {
      const known = database.prepare("SELECT * FROM relay WHERE journal = ?").get(journal);
      if (known !== undefined) {
        return {
          id: numberOf(known["id"]),
          startedAt: numberOf(known["started_at"]),
          position: {
            segment: numberOf(known["segment"]),
            offset: numberOf(known["offset"]),
            seq: numberOf(known["position"]),
          },
        };
      }
      const { segment, offset, seq: position } = beginning;
      const id = inserted(
        "INSERT INTO relay (journal, started_at, position, segment, offset) VALUES (?, 0, ?, ?, ?)",
        journal,
        position,
        segment,
        offset,
      );
      return { id, startedAt: 0, position: beginning };
    },
    /** Number of the next record to read, as it stands in the file; another process may have moved it. */
    relayPosition(id: number): number {
      return numberOf(readPosition.get(id)?.["position"]);
    },
    moveRelay(id: number, { segment, offset, seq: position }: JournalPosition): void {
      update("relay", id, { segment, offset, position });
    },
    updateRelay(id: number, change: Readonly<Record<string, SqlValue>>): void {
      update("relay", id, change);
    },
    connection(relay: number, number: number, at: Nanos): number {
      return inserted(
        "INSERT INTO connection (relay, number, opened_at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET number = number",
        relay,
        number,
        at,
      );
    },
    updateConnection(id: number, change: ConnectionChange): void {
      update("connection", id, change);
    },
    saveConnection(id: number, state: Uint8Array | null): void {
      database.prepare("UPDATE connection SET state = ? WHERE id = ?").run(state, id);
    },
    openConnections(relay: number): { id: number; number: number; state: Uint8Array }[] {
      return database
        .prepare("SELECT id, number, state FROM connection WHERE relay = ? AND state IS NOT NULL")
        .all(relay)
        .flatMap(({ id, number, state }) =>
          state instanceof Uint8Array ? [{ id: numberOf(id), number: numberOf(number), state }] : [],
        );
    },
    stream(connection: number, number: number, path: string, at: Nanos, headers: string): number {
      return inserted(
        "INSERT INTO stream (connection, number, path, opened_at, headers) VALUES (?, ?, ?, ?, ?)",
        connection,
        number,
        path,
        at,
        headers,
      );
    },
    updateStream(id: number, change: StreamChange): void {
      update("stream", id, change);
    },
    /** Ends all streams of a connection that have no end yet. */
    endStreams(connection: number, at: Nanos, end: string): void {
      database
        .prepare("UPDATE stream SET ended_at = ?, end = ?, phase = 'ended' WHERE connection = ? AND ended_at IS NULL")
        .run(at, end, connection);
    },
    countStream(id: number, messages: number, bytes: number): void {
      countStream.run(messages, bytes, id);
    },
    function(stream: number, functionId: string, name: string, trigger: string | undefined): void {
      for (const one of [stream, ...joinedStreams.of(stream)]) {
        insertFunction.run(one, functionId, name, trigger ?? null);
      }
    },
    setValue(key: string, value: string): void {
      setValue.run(key, value);
    },
    /** To be called last in every batch. */
    finishBatch(): void {
      bodies.flush();
      messages.flush();
      invocationStore.save(invocations.takeChanged());
      stepStore.save(steps.takeChanged());
      density.save();
    },
  };
}
