/** What a rule can ask of a session. */

import type { Nanos, Seq } from "@inspector/contract/page";
import { OPEN_WORKERS } from "@inspector/filter/columns";
import { besidesTraffic, FLAG_COMPRESSED, FLAG_TRUNCATED, IS_PLAIN } from "@inspector/filter/message-flags";
import { type ByteSource, decodeMessage, type StreamingMessage, WORKER_PATHS } from "@inspector/proto";
import { createBodyReader } from "@inspector/session/body";
import { type Database, numberOf, type SqlRow, type SqlValue, type Statement } from "@inspector/session/database";
import { workerStepOf } from "@inspector/session/invocation/store";
import { STEP_NAMES, type StepName, type WorkerStep } from "@inspector/session/invocation/worker-step";
import { IS_FIRST_STREAM } from "@inspector/session/joined-streams";
import { type KnownLimits, limitsIn, SECOND, type StepLimit, stepLimitOf } from "@inspector/session/limits";
import { maybeNumber } from "@inspector/session/sql-values";
import { cutMessagesOf } from "./cut-messages.ts";
import { DamagedMessages } from "./damaged-messages.ts";
import { type Capabilities, Declarations } from "./declarations.ts";
import { factOf, textIn } from "./events.ts";
import { KnownEvents } from "./known-events.ts";
import { type AskedElsewhere, type LostCalls, OpenCalls } from "./open-calls.ts";
import { noteProcessEvent, type WorkerProcess } from "./processes.ts";
import { type RangeMessage, rangeMessageOf } from "./range-message.ts";
import type { Range } from "./rule.ts";
import { type CutMessage, type FirstMessage, type WorkerStream, workerStreamOf } from "./worker-stream.ts";

/** Largest body that rules read as a whole. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Of a larger one, so much at a time. */
const SOURCE_PART_BYTES = 64 * 1024;
const EVENTS_AT_ONCE = 500;
/** Streams that rules look at, again and again. */
export const MAX_STREAMS = 1000;

export class ProblemSession {
  /** The newest time in the session, or the present of a live one. */
  now: Nanos = 0;
  /** It is being recorded, so that what is not there may still come. */
  isLive = false;
  /** When the oldest message crossed that was not given up; 0 where all are there. */
  givenUpUntil: Nanos = 0;
  /** Messages that were given up. */
  givenUp = 0;
  /** The newest streams of workers, {@link MAX_STREAMS}, and those that were open when newer ones came; oldest first. */
  streams: readonly WorkerStream[] = [];
  /** By worker id. */
  readonly processes = new Map<string, WorkerProcess>();
  /** Without the output of processes, of which only the last lines are kept. */
  readonly events = new KnownEvents();
  readonly firstMessages = new Map<number, FirstMessage>();
  readonly damaged = new DamagedMessages();
  readonly #cutMessages = new Map<number, CutMessage>();
  /** How long hosts wait, by worker id, as far as that was recorded. */
  readonly #limits = new Map<string, KnownLimits>();
  readonly #statements = new Map<string, Statement>();
  readonly #database: Database;
  readonly #bodyBytes: (body: number, start: number, end: number) => Uint8Array;
  readonly #declarations = new Declarations(this);
  readonly #calls = new OpenCalls(this);
  #byId = new Map<number, WorkerStream>();
  #lastEvent = 0;

  constructor(database: Database) {
    this.#database = database;
    this.#bodyBytes = createBodyReader(database).bytes;
  }

  all(sql: string, ...params: SqlValue[]): SqlRow[] {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement.all(...params);
  }

  stream(id: number): WorkerStream | undefined {
    return this.#byId.get(id);
  }

  /** Ids of the streams of one runtime, for SQL's IN; "" where there is none. */
  streamsOf(runtime: string): string {
    return this.streams
      .filter((stream) => stream.runtime === runtime)
      .map(({ id }) => id)
      .join(", ");
  }

  processOf(stream: WorkerStream | undefined): WorkerProcess | undefined {
    return stream?.workerId === undefined ? undefined : this.processes.get(stream.workerId);
  }

  /**
   * Messages of a range for which a condition on message `m` and its invocation `i` holds, in order. What only the inspector
   * sent or got, replays above all, is nobody's fault and left out.
   */
  messages(range: Range, condition: string): RangeMessage[] {
    return this.all(
      `SELECT m.seq, m.at, m.stream, m.side, m.kind, m.size, m.flags, m.body, m.status, m.text, m.invocation,
         m.invocation_id, m.function_id, i.started_seq, i.answered_seq, i.cancel_seq,
         coalesce(f.name, m.function_id, i.function_id) AS function_name
       FROM message m
       LEFT JOIN invocation i ON i.id = m.invocation
       LEFT JOIN function f ON f.stream = m.stream AND f.function_id = coalesce(m.function_id, i.function_id)
       WHERE m.seq > ? AND m.seq <= ? AND (${condition}) AND NOT ${besidesTraffic("m")} ORDER BY m.seq`,
      range.after,
      range.through,
    ).map(rangeMessageOf);
  }

  /**
   * What a rule finds in the bytes of a range's messages, among those for which a condition on message `m` holds. It finds nothing in
   * most, so all that is read of them is their bytes.
   */
  findInBytes<Found>(
    range: Range,
    condition: string,
    find: (bytes: Uint8Array) => Found | undefined,
  ): { readonly message: RangeMessage; readonly found: Found }[] {
    const rows = this.all(
      `SELECT m.seq, m.size, m.body FROM message m
       WHERE m.seq > ? AND m.seq <= ? AND ${IS_PLAIN} AND m.size <= ${MAX_BODY_BYTES} AND (${condition}) AND NOT ${besidesTraffic("m")} ORDER BY m.seq`,
      range.after,
      range.through,
    );
    return rows.flatMap((row) => {
      const seq = numberOf(row["seq"]);
      const bytes = this.bytes({ body: numberOf(row["body"]), size: numberOf(row["size"]), flags: 0 });
      const found = bytes && find(bytes);
      return found === undefined
        ? []
        : this.messages({ after: seq - 1, through: seq }, "TRUE").map((message) => ({ message, found }));
    });
  }

  /** How long the host waits for a step of a worker; undefined for steps that nothing waits for. */
  limitOf(step: StepName, worker: Pick<WorkerStream, "workerId" | "runtime"> | undefined): StepLimit | undefined {
    return stepLimitOf(step, worker?.runtime, this.#limits.get(worker?.workerId ?? ""));
  }

  /**
   * Whether the host has gone on with a worker behind a message, as one that had given the worker up, or the function, would not:
   * with a later step of its start, or an invocation.
   */
  hasGoneOn(stream: number, step: StepName, subject: string, after: Seq): boolean {
    if (step === "load") {
      return this.#isThere(
        "invocation WHERE stream = ? AND function_id = ? AND started_seq > ?",
        stream,
        subject,
        after,
      );
    }
    const later = STEP_NAMES.slice(STEP_NAMES.indexOf(step) + 1).filter((name) => name !== "terminate");
    return (
      this.#isThere(
        `worker_step WHERE stream = ? AND step IN (${later.map((name) => `'${name}'`).join(", ")}) AND started_seq > ?`,
        stream,
        after,
      ) || this.#isThere("invocation WHERE stream = ? AND started_seq > ?", stream, after)
    );
  }

  #isThere(what: string, ...params: SqlValue[]): boolean {
    return this.all(`SELECT 1 FROM ${what} LIMIT 1`, ...params).length > 0;
  }

  /**
   * The other half of a step on another stream of the same worker: its request where the answer came on this one, or the answer. To the
   * host the streams of one worker are one.
   */
  otherHalf({ id, workerId }: WorkerStream, { step, subject, startedSeq }: WorkerStep): WorkerStep | undefined {
    const siblings = this.streams.filter(
      (other) => other.id !== id && workerId !== undefined && other.workerId === workerId,
    );
    return siblings
      .flatMap((other) => this.steps(other.id, step))
      .find((other) => other.subject === subject && (other.startedSeq === undefined) === (startedSeq !== undefined));
  }

  /**
   * All exchanges of one step in a stream, oldest first. A request that somebody held began when it went on to the worker; one that
   * did not, or has not yet, is left out.
   */
  steps(stream: number, step: StepName): WorkerStep[] {
    return this.all(
      `SELECT w.*, h.to_at FROM worker_step w LEFT JOIN hold h ON h.seq = w.started_seq
       WHERE w.stream = ? AND w.step = ? AND (h.seq IS NULL OR ifnull(h.went_on, 0)) ORDER BY w.id`,
      stream,
      step,
    ).flatMap((row) => {
      const found = workerStepOf(row);
      return found === undefined ? [] : [{ ...found, startedAt: maybeNumber(row["to_at"]) ?? found.startedAt }];
    });
  }

  /** Bytes of a message that was recorded whole and uncompressed, and is of reasonable size. */
  bytes({ body, size, flags }: Pick<RangeMessage, "body" | "size" | "flags">): Uint8Array | undefined {
    if ((flags & (FLAG_COMPRESSED | FLAG_TRUNCATED)) !== 0 || size > MAX_BODY_BYTES) {
      return undefined;
    }
    const bytes = this.#bodyBytes(body, 0, size);
    return bytes.length === size ? bytes : undefined;
  }

  /** Bytes of a message of any size that was recorded whole and uncompressed, a part of which is in memory at a time. */
  source({ body, size }: Pick<RangeMessage, "body" | "size">): ByteSource {
    let from = 0;
    let part: Uint8Array = new Uint8Array();
    return {
      length: size,
      slice: (start, end) => {
        if (start < from || end > from + part.length) {
          from = start;
          part = this.#bodyBytes(body, start, Math.min(size, Math.max(end, start + SOURCE_PART_BYTES)));
        }
        return part.subarray(start - from, end - from);
      },
    };
  }

  /** The content of a message, where it can be read. */
  content(seq: Seq): StreamingMessage["content"] | undefined {
    const row = this.all("SELECT body, size, flags FROM message WHERE seq = ?", seq)[0];
    if (row === undefined) {
      return undefined;
    }
    const bytes = this.bytes({
      body: numberOf(row["body"]),
      size: numberOf(row["size"]),
      flags: numberOf(row["flags"]),
    });
    const decoded = bytes === undefined ? undefined : decodeMessage(bytes);
    return decoded?.ok ? decoded.message.content : undefined;
  }

  /** What the worker had declared before a message; undefined where that is not known. */
  capabilities(stream: number, before: Seq): Capabilities | undefined {
    return this.#declarations.before(stream, before);
  }

  /**
   * Invocations of the host that reached the worker and have no answer, by function; of a stream that has ended they are lost.
   */
  unanswered(stream: WorkerStream): readonly LostCalls[] {
    return this.#calls.unanswered(stream);
  }

  /** Replays without an answer, by function: of no concern to the host, but the worker had them in hand. */
  openReplays(stream: WorkerStream): readonly LostCalls[] {
    return this.#calls.openReplays(stream);
  }

  /** The request of an invocation that a message's own stream knows nothing of. */
  askedElsewhere(message: Pick<RangeMessage, "seq" | "stream" | "invocationId">): AskedElsewhere | undefined {
    return this.#calls.askedElsewhere(message);
  }

  /** Whether traffic of a stretch of time is not here: it went by unrecorded, or was given up to save space. */
  hasGap(from: Nanos, to: Nanos): boolean {
    return (
      (this.givenUp > 0 && from < this.givenUpUntil) || this.events.of("gap").some(({ at }) => at >= from && at <= to)
    );
  }

  /** The message that was not whole when a stream ended, the worker's before the host's; behind a gap nobody knows. */
  cutMessage({ id, openedAt, endedAt }: WorkerStream): CutMessage | undefined {
    return endedAt === undefined || this.hasGap(openedAt, endedAt) ? undefined : this.#cutMessages.get(id);
  }

  /** When the worker of a stream was first asked to terminate. */
  terminatedAt(stream: number): Nanos | undefined {
    return this.steps(stream, "terminate")[0]?.startedAt;
  }

  /** Whether a stream ended because its relay did, which says nothing about host and worker. */
  endedWithRelay({ relay, endedAt }: WorkerStream): boolean {
    return endedAt !== undefined && this.events.relayEnds(relay).some((at) => Math.abs(at - endedAt) < SECOND);
  }

  /** Reads the events behind those known. @returns whether there are more */
  readEvents(): boolean {
    const rows = this.all("SELECT * FROM event WHERE id > ? ORDER BY id LIMIT ?", this.#lastEvent, EVENTS_AT_ONCE);
    for (const row of rows) {
      const fact = factOf(row);
      this.#lastEvent = fact.id;
      noteProcessEvent(this.processes, fact);
      if (fact.type === "process-spawned") {
        this.#limits.set(textIn(fact.detail, "workerId"), limitsIn(fact.detail));
      }
      if (fact.type !== "process-output") {
        this.events.add(fact);
      }
    }
    return rows.length === EVENTS_AT_ONCE;
  }

  /** Notes which streams begin in a range. */
  readFirstMessages({ after, through }: Range): void {
    const rows = this.all(
      "SELECT stream, min(seq) AS seq, kind, at FROM message WHERE seq > ? AND seq <= ? AND side = 1 GROUP BY stream",
      after,
      through,
    );
    for (const row of rows) {
      const stream = numberOf(row["stream"]);
      if (this.firstMessages.has(stream)) {
        continue;
      }
      const first = { seq: numberOf(row["seq"]), kind: numberOf(row["kind"]), at: numberOf(row["at"]) };
      this.firstMessages.set(stream, first);
    }
  }

  /** Notes which messages of a range are cut off: the end of their stream came first. */
  readCutMessages(range: Range): void {
    for (const [stream, message] of cutMessagesOf(this, range)) {
      this.#cutMessages.set(stream, message);
    }
  }

  /** Reads streams and the clock anew. @param now of a live session */
  refresh(now: Nanos | undefined): void {
    const marks = WORKER_PATHS.map(() => "?").join(", ");
    // The end of a worker with several streams is that of the last.
    const lastOf =
      "stream t WHERE t.id = s.id OR t.id IN (SELECT stream FROM joined_stream WHERE worker = s.id) ORDER BY t.ended_at DESC LIMIT 1";
    const columns = `s.*, c.relay, CASE WHEN s.id NOT IN (${OPEN_WORKERS}) THEN (SELECT t.ended_at FROM ${lastOf}) END AS worker_ended_at,
      (SELECT t.end FROM ${lastOf}) AS worker_end FROM stream s JOIN connection c ON c.id = s.connection`;
    const newest = this.all(
      `SELECT ${columns} WHERE s.path IN (${marks}) AND s.${IS_FIRST_STREAM} ORDER BY s.id DESC LIMIT ${MAX_STREAMS}`,
      ...WORKER_PATHS,
    ).reverse();
    const from = numberOf(newest[0]?.["id"]);
    const older = this.streams.filter(({ id, endedAt }) => id < from && endedAt === undefined).map(({ id }) => id);
    const open =
      older.length === 0
        ? []
        : this.all(
            `SELECT ${columns} WHERE s.id IN (SELECT value FROM json_each(?)) ORDER BY s.id`,
            JSON.stringify(older.slice(-MAX_STREAMS)),
          );
    this.streams = [...open, ...newest].map(workerStreamOf);
    this.#byId = new Map(this.streams.map((stream) => [stream.id, stream]));
    this.isLive = now !== undefined;
    this.now = Math.max(now ?? 0, this.#newest());
    const [oldest] = this.all("SELECT seq, at FROM message ORDER BY seq LIMIT 1");
    this.givenUp = Math.max(0, numberOf(oldest?.["seq"]) - 1);
    this.givenUpUntil = this.givenUp > 0 ? numberOf(oldest?.["at"]) : 0;
    this.#forget();
  }

  /** All streams of workers, of which {@link streams} has the newest and those that were open when newer ones came. */
  countStreams(): number {
    const marks = WORKER_PATHS.map(() => "?").join(", ");
    const found = this.all(
      `SELECT count(*) AS count FROM stream WHERE path IN (${marks}) AND ${IS_FIRST_STREAM}`,
      ...WORKER_PATHS,
    )[0];
    return numberOf(found?.["count"]);
  }

  /** What is known of streams that are not looked at any more. */
  #forget(): void {
    this.#calls.forget(4 * MAX_STREAMS);
    for (const known of [this.firstMessages, this.#cutMessages]) {
      if (known.size > 4 * MAX_STREAMS) {
        for (const stream of known.keys()) {
          if (!this.#byId.has(stream)) {
            known.delete(stream);
          }
        }
      }
    }
    this.#declarations.forget(4 * MAX_STREAMS);
  }

  #newest(): Nanos {
    const times = this.all(
      `SELECT (SELECT at FROM message ORDER BY seq DESC LIMIT 1) AS message,
         (SELECT max(ended_at) FROM (SELECT ended_at FROM stream ORDER BY id DESC LIMIT ${MAX_STREAMS})) AS stream,
         (SELECT max(closed_at) FROM (SELECT closed_at FROM connection ORDER BY id DESC LIMIT ${MAX_STREAMS})) AS connection,
         (SELECT at FROM event ORDER BY id DESC LIMIT 1) AS event`,
    )[0];
    return Math.max(0, ...Object.values(times ?? {}).map(numberOf));
  }
}
