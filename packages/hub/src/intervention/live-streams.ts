/** The streams of workers as their relays know them. */

import { InspectorError } from "@inspector/contract/inspector-error";
import type { StreamName } from "@inspector/contract/intervention-lines";
import type { Nanos } from "@inspector/contract/page";
import { CUSTOM_HANDLER_PATH, WORKER_PATHS } from "@inspector/proto";
import { type Database, numberOf, type SqlRow, textOf } from "@inspector/session/database";
import type { StepName } from "@inspector/session/invocation/worker-step";
import { stepLimitOf } from "@inspector/session/limits";
import { createKnownLimits } from "@inspector/session/processes";

export type LiveStream = {
  /** StreamInfo.id */
  readonly id: number;
  /** Name of the journal of its relay. */
  readonly journal: string;
  readonly at: StreamName;
  readonly isEnded: boolean;
  /** The host opened its connection: what the relay calls the worker's end is the host. */
  readonly isHostDialled: boolean;
  /** There is no stream: it is asked over HTTP. */
  readonly isCustomHandler: boolean;
  /** Where it is asked, by way of the relay: "127.0.0.1:PORT". Of custom handlers only, and not in what old versions recorded. */
  readonly handlerAddress: string | undefined;
  readonly runtime: string | undefined;
  /** "" until the worker has said it. */
  readonly workerId: string;
  /** When its relay started, which is where that one's clock begins. */
  readonly clock: Nanos;
};

export type LiveStreams = {
  byId(id: number): LiveStream | undefined;
  named(journal: string, at: StreamName): LiveStream | undefined;
  /** All that have not ended, and in which messages may be held and put in. */
  open(): LiveStream[];
  /** Ids under which a stream's worker loaded functions of these names. */
  functionIds(stream: number, names: readonly string[]): string[];
  functionName(stream: number, functionId: string): string | undefined;
  /** How long the stream's host waits for a step: what is recorded of it, else its default. Undefined where it waits for ever. */
  limitOf(stream: LiveStream, step: StepName): Nanos | undefined;
};

export function createLiveStreams(database: Database): LiveStreams {
  const paths = WORKER_PATHS.map((path) => `'${path}'`).join(", ");
  const select = `SELECT s.id, s.number, s.ended_at, s.runtime, s.worker_id, s.path, s.headers ->> '$.handler.address' AS handler_address, s.id IN (SELECT stream FROM host_dialled) AS host_dialled,
      c.number AS connection, r.journal, r.started_at
    FROM stream s JOIN connection c ON c.id = s.connection JOIN relay r ON r.id = c.relay WHERE s.path IN (${paths})`;
  const byId = database.prepare(`${select} AND s.id = ?`);
  const named = database.prepare(`${select} AND r.journal = ? AND c.number = ? AND s.number = ?`);
  const open = database.prepare(`${select} AND s.ended_at IS NULL ORDER BY s.id`);
  const functions = database.prepare("SELECT function_id, name FROM function WHERE stream = ?");

  const limits = createKnownLimits(database);

  function one(row: SqlRow | undefined): LiveStream | undefined {
    return row === undefined ? undefined : liveStreamOf(row);
  }

  return {
    byId: (id) => one(byId.get(id)),
    named: (journal, { connection, stream }) => one(named.get(journal, connection, stream)),
    open: () =>
      open
        .all()
        .map(liveStreamOf)
        .filter(({ isHostDialled, isCustomHandler }) => !isHostDialled && !isCustomHandler),
    functionIds: (stream, names) =>
      functions.all(stream).flatMap(({ function_id, name }) => {
        const id = textOf(function_id);
        return id !== undefined && names.includes(textOf(name) ?? "") ? [id] : [];
      }),
    limitOf({ workerId, runtime }, step) {
      const span = stepLimitOf(step, runtime, limits(workerId))?.span;
      return span === undefined || !Number.isFinite(span) ? undefined : span;
    },
    functionName(stream, functionId) {
      return textOf(functions.all(stream).find(({ function_id }) => function_id === functionId)?.["name"]);
    },
  };
}

/** @throws {InspectorError} as {@link assertOpen}, and "not-supported" for a custom handler */
export function assertHoldable(stream: LiveStream | undefined, id: number): asserts stream is LiveStream {
  assertOpen(stream, id);
  if (stream.isCustomHandler) {
    throw new InspectorError("not-supported", `Stream ${id} is a custom handler's: its host asks it over HTTP`, {
      hint: "Nothing can be held there. Its invocations can be sent again, edited or not.",
    });
  }
}

/**
 * Nothing is held or put in where the host opened the connection: the relay's orders name the ends by who opened it.
 * @throws {InspectorError} "no-such-stream", "stream-ended", "not-supported"
 */
export function assertOpen(stream: LiveStream | undefined, id: number): asserts stream is LiveStream {
  if (stream === undefined) {
    throw new InspectorError("no-such-stream", `There is no worker's stream ${id}`);
  }
  if (stream.isEnded) {
    throw new InspectorError("stream-ended", `The worker's stream ${id} has ended`, {
      hint: "Choose a worker that is running.",
    });
  }
  if (stream.isHostDialled) {
    throw new InspectorError(
      "not-supported",
      `The host opened the connection of stream ${id}, as in separated compute`,
      {
        hint: "Replays and holds need a worker that connects to its host; inspector replay takes the recording to a fresh one.",
      },
    );
  }
}

function liveStreamOf(row: SqlRow): LiveStream {
  return {
    id: numberOf(row["id"]),
    journal: textOf(row["journal"]) ?? "",
    at: { connection: numberOf(row["connection"]), stream: numberOf(row["number"]) },
    isEnded: row["ended_at"] !== null,
    isHostDialled: row["host_dialled"] === 1,
    isCustomHandler: row["path"] === CUSTOM_HANDLER_PATH,
    handlerAddress: row["path"] === CUSTOM_HANDLER_PATH ? textOf(row["handler_address"]) : undefined,
    runtime: textOf(row["runtime"]),
    workerId: textOf(row["worker_id"]) ?? "",
    clock: numberOf(row["started_at"]),
  };
}
