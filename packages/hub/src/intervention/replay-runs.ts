/** All runs since the hub began. What they led to is in the session; the runs themselves are gone with the hub. */

import { sharedMemoryIn } from "@inspector/analysis/replay/inline-memory";
import type { PreparedReplay } from "@inspector/analysis/replay/prepare";
import { InspectorError } from "@inspector/contract/inspector-error";
import type { ReplayCheck, ReplayOrder, ReplayRoomUse, ReplayRun } from "@inspector/contract/intervention";
import type { InterventionReport } from "@inspector/contract/intervention-lines";
import type { Seq } from "@inspector/contract/page";
import { decodeMessage } from "@inspector/proto";
import { type Database, numberOf, type SqlRow, type Statement, textOf } from "@inspector/session/database";
import { optional } from "@inspector/session/sql-values";
import { createReadPayload } from "../payload.ts";
import type { OpenSession } from "../reader/open-session.ts";
import type { FreeMaps } from "./freed-maps.ts";
import { createLateAnswers, type LateAnswers } from "./late-answers.ts";
import { assertOpen, type LiveStream, type LiveStreams } from "./live-streams.ts";
import type { RelayLines } from "./relay-lines.ts";
import { ReplayRoom } from "./replay-room.ts";
import { type RecordedReplay, RunningReplay, type RunPorts } from "./replay-run.ts";
import { freshIds, type ReplaySource, readHandlerSource, readReplaySource } from "./replay-source.ts";

/** Runs that are over and still remembered, with their results, and those that may go on at once. */
const MAX_RUNS = 200;
const MAX_RESULTS = 30_000;
const MAX_OPEN_RUNS = 50;
/** What runs that may go on keep in order to send more. */
const MAX_KEPT_BYTES = 256 * 1024 * 1024;
/** Larger answers are not looked at for what they leave in shared memory. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export type ReplayRunsOptions = {
  readonly live: OpenSession;
  /** @throws {InspectorError} "no-such-session" */
  readonly named: (name: string) => OpenSession;
  readonly streams: LiveStreams;
  readonly lines: Pick<RelayLines, "send" | "isUp" | "hasRoom">;
  readonly freeMaps: FreeMaps;
  readonly onChange: () => void;
};

/**
 * Runs by their number. A run is *open* while it may send more or waits for answers; then it is *over*, and remembered with
 * its results until there is no room for it: the oldest are forgotten when a new one starts.
 */
export class ReplayRuns {
  readonly #options: ReplayRunsOptions;
  readonly #runs = new Map<number, RunningReplay>();
  readonly #changed = new Set<number>();
  readonly #room = new ReplayRoom();
  readonly #recorded: ReturnType<typeof createRecorded>;
  readonly #readPayload: ReturnType<typeof createReadPayload>;
  readonly #lastRun: Statement;
  readonly #late: LateAnswers;
  #last = 0;

  constructor(options: ReplayRunsOptions) {
    const { live, streams, lines } = options;
    this.#options = options;
    this.#recorded = createRecorded(live.database);
    this.#readPayload = createReadPayload(live.queries, MAX_ANSWER_BYTES);
    this.#lastRun = live.database.prepare("SELECT max(run) AS run FROM replay");
    this.#late = createLateAnswers({
      database: live.database,
      streams,
      lines,
      answerOf: (stream, invocationId) => this.#recorded(stream, invocationId)?.answer,
      free: (stream, answer) => this.#free(stream, answer),
    });
  }

  /** @throws {InspectorError} "no-such-stream", "stream-ended", "no-such-message", "no-such-session", "not-replayable" */
  check(order: ReplayOrder): ReplayCheck {
    const source = this.#sourceOf(order, this.#streamOf(order));
    const { concerns, message } = source.prepare(freshIds());
    return { concerns, ...optional("message", message), ...optional("http", source.http?.shown) };
  }

  /** @throws {InspectorError} as check, and "bad-message", "relay-away", "too-many" */
  start(order: ReplayOrder): ReplayRun {
    const { live, lines } = this.#options;
    const stream = this.#streamOf(order);
    const source = this.#sourceOf(order, stream);
    const prepared = assertSendable(source.prepare(freshIds()));
    const isEdited = prepared.isEdited || source.http?.isEdited === true;
    if (!lines.isUp(stream.journal)) {
      throw new InspectorError("relay-away", "The relay does not answer");
    }
    this.#makeRoom(source.keptBytes);
    this.#last = Math.max(this.#last, numberOf(this.#lastRun.get()?.["run"])) + 1;
    const facts = { id: this.#last, order, stream, source, isEdited, startedAt: live.present() };
    const run = new RunningReplay(facts, this.#portOf(facts.id, stream));
    this.#runs.set(facts.id, run);
    return run.run;
  }

  get roomUse(): ReplayRoomUse {
    return this.#room.use;
  }

  /** Newest first. */
  list(): ReplayRun[] {
    return [...this.#runs.values()].map(({ run }) => run).reverse();
  }

  /** @throws {InspectorError} "no-such-run" */
  one(id: number): ReplayRun {
    return this.#runOf(id).run;
  }

  /** @throws {InspectorError} "no-such-run" */
  cancel(id: number): ReplayRun {
    const found = this.#runOf(id);
    found.cancel();
    return found.run;
  }

  onReport(report: InterventionReport): void {
    if (report.report !== "replay-sent" && report.report !== "replay-failed") {
      return;
    }
    this.#room.left(report.invocationId);
    for (const run of this.#runs.values()) {
      if (report.report === "replay-sent") {
        run.sent(report.invocationId);
      } else {
        run.failed(report.invocationId, report.reason);
      }
    }
  }

  /** A relay is gone, with what it had been given. */
  onDown(journal: string): void {
    this.#room.relayDown(journal);
  }

  /** Something was recorded, or there is a relay that was not there before. */
  advance(): void {
    for (const run of this.#runs.values()) {
      if (run.isOpen) {
        run.advance();
      }
    }
    this.#late.advance();
  }

  /** Runs that have come further since the last call. */
  takeChanged(): ReplayRun[] {
    const ids = [...this.#changed];
    this.#changed.clear();
    return ids.flatMap((id) => this.#runs.get(id)?.run ?? []);
  }

  close(): void {
    for (const run of this.#runs.values()) {
      run.close();
    }
  }

  #portOf(id: number, stream: LiveStream): RunPorts {
    const { lines, streams, onChange } = this.#options;
    return {
      room: this.#room,
      send: (line) => lines.send(stream.journal, line),
      hasLineRoom: () => lines.hasRoom(stream.journal),
      recorded: (invocationId) => this.#recorded(stream.id, invocationId),
      free: (answer) => this.#free(stream, answer),
      late: (invocationId) => this.#late.add(stream.id, invocationId),
      isStreamEnded: () => streams.byId(stream.id)?.isEnded !== false,
      onChange: () => {
        this.#changed.add(id);
        onChange();
      },
    };
  }

  #streamOf({ stream }: ReplayOrder): LiveStream {
    const found = this.#options.streams.byId(stream);
    assertOpen(found, stream);
    return found;
  }

  #sourceOf(order: ReplayOrder, stream: LiveStream): ReplaySource {
    const { live, named } = this.#options;
    const { session } = order.source;
    const recorded = session === undefined ? live : named(session);
    return stream.isCustomHandler
      ? readHandlerSource(live, recorded, order, stream)
      : readReplaySource(live, recorded, order);
  }

  /** Frees what an answer left in shared memory, as the host would once it had read it. */
  #free(stream: LiveStream, answer: Seq): void {
    const bytes = this.#readPayload(answer);
    const decoded = bytes && decodeMessage(bytes);
    const maps = decoded?.ok ? sharedMemoryIn(decoded.message) : [];
    this.#options.freeMaps(
      stream,
      maps.map(({ name }) => name),
    );
  }

  #runOf(id: number): RunningReplay {
    const found = this.#runs.get(id);
    if (found !== undefined) {
      return found;
    }
    throw new InspectorError("no-such-run", `There is no replay ${id}`, {
      hint: "The hub may have been started anew.",
    });
  }

  /** @throws {InspectorError} "too-many" */
  #makeRoom(keptBytes: number): void {
    const open = [...this.#runs.values()].filter(({ isOpen }) => isOpen);
    if (open.length >= MAX_OPEN_RUNS) {
      throw new InspectorError("too-many", `${open.length} replays are running`, {
        hint: "Wait until one is done, or cancel it.",
      });
    }
    const kept = open.reduce((sum, run) => sum + run.keptBytes, 0);
    if (kept > 0 && kept + keptBytes > MAX_KEPT_BYTES) {
      throw new InspectorError("too-many", `The replays that are running keep ${Math.ceil(kept / 2 ** 20)} MiB`, {
        hint: "There is no room for another one of this size. Wait until one is done, or cancel it.",
      });
    }
    let results = [...this.#runs.values()].reduce((sum, run) => sum + run.count, 0);
    for (const [id, { isOpen, count }] of this.#runs) {
      if (isOpen || (this.#runs.size < MAX_RUNS && results < MAX_RESULTS)) {
        continue;
      }
      this.#runs.delete(id);
      results -= count;
    }
  }
}

/** @throws {InspectorError} "bad-message", "not-replayable" where something keeps it from being sent */
function assertSendable(prepared: PreparedReplay): PreparedReplay {
  const error = prepared.concerns.find(({ severity }) => severity === "error");
  if (error === undefined) {
    return prepared;
  }
  const isWrong = error.rule === "message-invalid" || error.rule === "not-an-invocation";
  throw new InspectorError(isWrong ? "bad-message" : "not-replayable", withPath(error.message, error.path));
}

function withPath(message: string, path: string | undefined): string {
  return path === undefined || path === "" ? message : `${path}: ${message}`;
}

const STATES = ["failed", "success", "cancelled"] as const;

/** What the session says of a replay by now. */
function createRecorded(database: Database): (stream: number, invocationId: string) => RecordedReplay | undefined {
  const select = database.prepare(
    "SELECT id, status, result, answered_seq, duration FROM invocation WHERE invocation_id = ? AND stream = ? ORDER BY attempt LIMIT 1",
  );
  const recordedOf = ({ id, status, result, answered_seq, duration }: SqlRow): RecordedReplay => ({
    invocation: numberOf(id),
    state: answered_seq === null ? "in-flight" : (STATES[numberOf(status)] ?? "failed"),
    ...optional("text", textOf(result)),
    ...optional("duration", typeof duration === "number" ? duration : undefined),
    ...optional("answer", typeof answered_seq === "number" ? answered_seq : undefined),
  });
  return (stream, invocationId) => {
    const row = select.get(invocationId, stream);
    return row === undefined ? undefined : recordedOf(row);
  };
}
