/** All runs since the hub began. What they led to is in the session; the runs themselves are gone with the hub. */

import { sharedMemoryIn } from "@inspector/analysis/replay/inline-memory";
import type { PreparedReplay } from "@inspector/analysis/replay/prepare";
import { InspectorError } from "@inspector/contract/inspector-error";
import type { ReplayCheck, ReplayOrder, ReplayRun } from "@inspector/contract/intervention";
import type { InterventionReport } from "@inspector/contract/intervention-lines";
import type { Seq } from "@inspector/contract/page";
import { decodeMessage } from "@inspector/proto";
import { type Database, numberOf, type SqlRow, textOf } from "@inspector/session/database";
import { optional } from "@inspector/session/sql-values";
import { createReadPayload } from "../../payload.ts";
import type { OpenSession } from "../../reader/open-session.ts";
import type { FreeMaps } from "./freed-maps.ts";
import { createLateAnswers } from "./late-answers.ts";
import type { LiveStream, LiveStreams } from "./live-streams.ts";
import type { RelayLines } from "./relay-lines.ts";
import { ReplayRoom } from "./replay-room.ts";
import { type RecordedReplay, RunningReplay } from "./replay-run.ts";
import { freshIds, type ReplaySource, readReplaySource } from "./replay-source.ts";

/** Runs that are over and still remembered, with their results, and those that may go on at once. */
const MAX_RUNS = 200;
const MAX_RESULTS = 30_000;
const MAX_OPEN_RUNS = 50;
/** What runs that may go on keep in order to send more. */
const MAX_KEPT_BYTES = 256 * 1024 * 1024;
/** Larger answers are not looked at for what they leave in shared memory. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export type ReplayRuns = {
  /** @throws {InspectorError} "no-such-stream", "stream-ended", "no-such-message", "no-such-session", "not-replayable" */
  check(order: ReplayOrder): ReplayCheck;
  /** @throws {InspectorError} as check, and "bad-message", "relay-away", "too-many" */
  start(order: ReplayOrder): ReplayRun;
  /** Newest first. */
  list(): ReplayRun[];
  /** @throws {InspectorError} "no-such-run" */
  one(id: number): ReplayRun;
  cancel(id: number): ReplayRun;
  onReport(report: InterventionReport): void;
  /** A relay is gone, with what it had been given. */
  onDown(journal: string): void;
  /** Something was recorded, or there is a relay that was not there before. */
  advance(): void;
  /** Runs that have come further since the last call. */
  takeChanged(): ReplayRun[];
  close(): void;
};

export type ReplayRunsOptions = {
  readonly live: OpenSession;
  /** @throws {InspectorError} "no-such-session" */
  readonly named: (name: string) => OpenSession;
  readonly streams: LiveStreams;
  readonly lines: Pick<RelayLines, "send" | "isUp" | "hasRoom">;
  readonly freeMaps: FreeMaps;
  readonly onChange: () => void;
};

export function createReplayRuns({ live, named, streams, lines, freeMaps, onChange }: ReplayRunsOptions): ReplayRuns {
  const runs = new Map<number, RunningReplay>();
  const changed = new Set<number>();
  const room = new ReplayRoom();
  const recorded = createRecorded(live.database);
  const readPayload = createReadPayload(live.queries, MAX_ANSWER_BYTES);
  const lastRun = live.database.prepare("SELECT max(run) AS run FROM replay");
  const late = createLateAnswers({
    database: live.database,
    streams,
    lines,
    answerOf: (stream, invocationId) => recorded(stream, invocationId)?.answer,
    free,
  });
  let last = 0;

  function streamOf({ stream }: ReplayOrder): LiveStream {
    const found = streams.byId(stream);
    if (found === undefined) {
      throw new InspectorError("no-such-stream", `There is no worker's stream ${stream}`);
    }
    if (!found.isEnded) {
      return found;
    }
    throw new InspectorError("stream-ended", `The worker's stream ${stream} has ended`, {
      hint: "Choose a worker that is running.",
    });
  }

  function sourceOf(order: ReplayOrder): ReplaySource {
    const { session } = order.source;
    return readReplaySource(live, session === undefined ? live : named(session), order);
  }

  /** The host would, having read it. */
  function free(stream: LiveStream, answer: Seq): void {
    const bytes = readPayload(answer);
    const decoded = bytes && decodeMessage(bytes);
    freeMaps(stream, decoded?.ok ? sharedMemoryIn(decoded.message).map(({ name }) => name) : []);
  }

  function runOf(id: number): RunningReplay {
    const found = runs.get(id);
    if (found !== undefined) {
      return found;
    }
    throw new InspectorError("no-such-run", `There is no replay ${id}`, {
      hint: "The hub may have been started anew.",
    });
  }

  function makeRoom(keptBytes: number): void {
    const open = [...runs.values()].filter(({ isOpen }) => isOpen);
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
    let results = [...runs.values()].reduce((sum, run) => sum + run.count, 0);
    for (const [id, { isOpen, count }] of runs) {
      if (isOpen || (runs.size < MAX_RUNS && results < MAX_RESULTS)) {
        continue;
      }
      runs.delete(id);
      results -= count;
    }
  }

  return {
    check(order) {
      streamOf(order);
      const source = sourceOf(order);
      const { concerns, message } = source.prepare(freshIds());
      return { concerns, ...optional("message", message), ...optional("http", source.http?.shown) };
    },
    start(order) {
      const stream = streamOf(order);
      const source = sourceOf(order);
      const prepared = assertSendable(source.prepare(freshIds()));
      const isEdited = prepared.isEdited || source.http?.isEdited === true;
      if (!lines.isUp(stream.journal)) {
        throw new InspectorError("relay-away", "The relay does not answer");
      }
      makeRoom(source.keptBytes);
      last = Math.max(last, numberOf(lastRun.get()?.["run"])) + 1;
      const id = last;
      const startedAt = live.present();
      const run = new RunningReplay(
        { id, order, stream, source, isEdited, startedAt },
        {
          room,
          send: (line) => lines.send(stream.journal, line),
          hasLineRoom: () => lines.hasRoom(stream.journal),
          recorded: (invocationId) => recorded(stream.id, invocationId),
          free: (answer) => free(stream, answer),
          late: (invocationId) => late.add(stream.id, invocationId),
          isStreamEnded: () => streams.byId(stream.id)?.isEnded !== false,
          onChange() {
            changed.add(id);
            onChange();
          },
        },
      );
      runs.set(id, run);
      return run.run;
    },
    list: () => [...runs.values()].map(({ run }) => run).reverse(),
    one: (id) => runOf(id).run,
    cancel(id) {
      const found = runOf(id);
      found.cancel();
      return found.run;
    },
    onReport(report) {
      if (report.report !== "replay-sent" && report.report !== "replay-failed") {
        return;
      }
      room.left(report.invocationId);
      for (const run of runs.values()) {
        if (report.report === "replay-sent") {
          run.sent(report.invocationId);
        } else {
          run.failed(report.invocationId, report.reason);
        }
      }
    },
    onDown: (journal) => room.relayDown(journal),
    advance() {
      for (const run of runs.values()) {
        if (run.isOpen) {
          run.advance();
        }
      }
      late.advance();
    },
    takeChanged() {
      const ids = [...changed];
      changed.clear();
      return ids.flatMap((id) => runs.get(id)?.run ?? []);
    },
    close() {
      for (const run of runs.values()) {
        run.close();
      }
    },
  };
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
