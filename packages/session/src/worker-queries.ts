/** Workers: a stream each, with its process, what it declared, and how its start-up went. */

import type { Nanos, ProcessInfo, Seq, StepRow, StreamInfo, Verdict, WorkerInfo } from "@inspector/contract/page";
import { MAX_WORKERS } from "@inspector/contract/page";
import { OPEN_WORKERS } from "@inspector/filter/columns";
import { IS_UNHEARD } from "@inspector/filter/worker-time";
import {
  decodeMessage,
  FunctionEnvironmentReloadResponse_CapabilitiesUpdateStrategy as Strategy,
  WORKER_PATHS,
} from "@inspector/proto";
import { callCountsOf } from "./call-counts.ts";
import { describeHostCapabilities, describeWorkerCapabilities, undeclaredCapabilities } from "./capabilities.ts";
import { type Database, numberOf } from "./database.ts";
import { rankOf } from "./function-queries.ts";
import { SELECT_STREAMS } from "./host-dialled.ts";
import { createInvocationQueries } from "./invocation-queries.ts";
import { IS_FIRST_STREAM } from "./joined-streams.ts";
import { type KnownLimits, stepLimitOf } from "./limits.ts";
import type { ReadPayload } from "./payload.ts";
import { processesOf } from "./processes.ts";
import { streamOf } from "./queries.ts";
import { maybeNumber, optional } from "./sql-values.ts";

/** On `worker_step`: nobody held its request, so that all of its time is the worker's. */
const UNHELD = "(started_seq IS NULL OR started_seq NOT IN (SELECT seq FROM hold))";

/** Newest status pings that the median is taken of. */
const MAX_PINGS = 10_000;

/**
 * The newest workers, {@link MAX_WORKERS} at most, in the order in which they connected; then processes that never did, as many at
 * most, whose streams have negative numbers.
 */
export function workersOf(
  database: Database,
  readPayload: ReadPayload,
  verdicts: readonly Verdict[] = [],
): WorkerInfo[] {
  const processes = processesOf(database);
  const marks = WORKER_PATHS.map(() => "?").join(", ");
  const streams = database
    .prepare(`${SELECT_STREAMS} WHERE path IN (${marks}) AND ${IS_FIRST_STREAM} ORDER BY id DESC LIMIT ${MAX_WORKERS}`)
    .all(...WORKER_PATHS)
    .map(streamOf)
    .reverse();
  const describe = createDescriber(database, readPayload);
  const joined = database.prepare(
    `SELECT count(*) AS count, sum(messages) AS messages, sum(bytes) AS bytes
     FROM stream WHERE id IN (SELECT stream FROM joined_stream WHERE worker = ?)`,
  );
  const goesOn = database.prepare(`SELECT ? IN (${OPEN_WORKERS}) AS is_open`);
  const verdictOf = new Map(verdicts.map((verdict) => [verdict.stream, verdict]));
  const unconnected = new Map(verdicts.flatMap((one) => (one.stream === 0 ? [[one.workerId ?? "", one]] : [])));
  const workers = streams.map((first): WorkerInfo => {
    const others = joined.get(first.id);
    const count = numberOf(others?.["count"]);
    const isOpen = count > 0 && goesOn.get(first.id)?.["is_open"] === 1;
    const stream: StreamInfo = {
      ...(isOpen ? openAgain(database, first) : first),
      messages: first.messages + numberOf(others?.["messages"]),
      bytes: first.bytes + numberOf(others?.["bytes"]),
    };
    const process = stream.workerId === undefined ? undefined : processes.get(stream.workerId);
    return {
      ...describe(stream, process?.limits),
      ...optional("moreStreams", count > 0 ? count : undefined),
      ...optional("process", process?.info),
      ...optional("verdict", verdictOf.get(stream.id)),
    };
  });
  const connected = database.prepare("SELECT 1 FROM stream WHERE worker_id = ? LIMIT 1");
  const missing = [...processes].filter(([workerId]) => connected.get(workerId) === undefined).slice(-MAX_WORKERS);
  return [
    ...workers,
    ...missing.map(([workerId, { info }], index) => ({
      ...neverConnected(workerId, info, -1 - index),
      ...optional("verdict", unconnected.get(workerId)),
    })),
  ];
}

/** A worker whose first stream has ended while it speaks on over another: it is where its start had brought it. */
function openAgain(database: Database, { endedAt, end, ...stream }: StreamInfo): StreamInfo {
  if (endedAt === undefined) {
    return stream;
  }
  const steps = database
    .prepare(
      "SELECT DISTINCT step FROM worker_step WHERE stream = ? AND answered_seq IS NOT NULL AND ifnull(status, 1) = 1",
    )
    .all(stream.id)
    .map(({ step }) => step);
  const phases = [
    ["load", "loaded"],
    ["init", "initialized"],
    ["start", "started"],
  ] as const;
  return { ...stream, phase: phases.find(([step]) => steps.includes(step))?.[1] ?? "connected" };
}

function neverConnected(workerId: string, process: ProcessInfo, id: number): WorkerInfo {
  const { spawnedAt, exitedAt } = process;
  const stream: StreamInfo = {
    id,
    connection: 0,
    path: "",
    openedAt: spawnedAt ?? exitedAt ?? 0,
    ...optional("endedAt", exitedAt),
    workerId,
    phase: exitedAt === undefined ? "connected" : "failed",
    messages: 0,
    bytes: 0,
  };
  return {
    stream,
    process,
    hostCapabilities: [],
    workerCapabilities: [],
    undeclared: [],
    steps: [],
    invocations: 0,
    failures: 0,
    serverErrors: 0,
    inFlight: 0,
    lost: 0,
    statusPings: { count: 0 },
  };
}

function createDescriber(database: Database, readPayload: ReadPayload) {
  const { stepsOf } = createInvocationQueries(database);
  const calls = callCountsOf(database);
  const open = database.prepare(
    `SELECT count(*) AS open, sum(cancel_seq IS NULL) AS uncancelled FROM invocation i INDEXED BY invocation_open
     WHERE stream = ? AND answered_seq IS NULL AND started_seq IS NOT NULL AND NOT ${IS_UNHEARD}
       AND id NOT IN (SELECT invocation FROM replay)`,
  );
  const pings = database.prepare(
    `SELECT count(*) AS count, max(duration) FILTER (WHERE ${UNHELD}) AS max FROM worker_step WHERE stream = ? AND step = 'status'`,
  );
  const times = database.prepare(
    `SELECT duration FROM worker_step WHERE stream = ? AND step = 'status' AND ${UNHELD} AND duration IS NOT NULL ORDER BY id DESC LIMIT ${MAX_PINGS}`,
  );

  return (stream: StreamInfo, limits: KnownLimits | undefined): WorkerInfo => {
    const { host, worker, hostVersion, workerVersion } = declarationsOf(database, readPayload, stream.id);
    const figures = calls.ofStream(stream.id);
    const ping = pings.get(stream.id);
    const unanswered = open.get(stream.id);
    return {
      stream,
      ...optional("hostVersion", hostVersion),
      ...optional("workerVersion", workerVersion),
      hostCapabilities: describeHostCapabilities(host ?? {}),
      workerCapabilities: describeWorkerCapabilities(worker ?? {}),
      undeclared: worker === undefined ? [] : undeclaredCapabilities(worker),
      steps: stepsOf(stream.id).map((step) => ({ ...step, ...limitIn(step.step, stream, limits) })),
      invocations: figures.calls,
      failures: figures.failures,
      serverErrors: figures.serverErrors,
      inFlight: stream.endedAt === undefined ? numberOf(unanswered?.["open"]) : 0,
      lost: stream.endedAt === undefined ? 0 : numberOf(unanswered?.["uncancelled"]),
      statusPings: {
        count: numberOf(ping?.["count"]),
        ...optional("p50", medianOf(times.all(stream.id).map(({ duration }) => numberOf(duration)))),
        ...optional("max", maybeNumber(ping?.["max"])),
      },
    };
  };
}

/** Without a limit where the host waits for ever. */
function limitIn(
  step: StepRow["step"],
  { runtime }: StreamInfo,
  limits: KnownLimits | undefined,
): Pick<WorkerInfo["steps"][number], "limit" | "isLimitDefault"> {
  const limit = stepLimitOf(step, runtimeOf(runtime), limits);
  if (limit === undefined || !Number.isFinite(limit.span)) {
    return {};
  }
  return { limit: limit.span, ...(limit.isDefault && { isLimitDefault: true as const }) };
}

/** Only the Node.js worker's time-outs differ, and it calls itself by that name. */
function runtimeOf(runtime: string | undefined): string | undefined {
  return runtime !== undefined && /^node/iu.test(runtime) ? "node" : runtime;
}

function medianOf(times: readonly Nanos[]): Nanos | undefined {
  return times.toSorted((a, b) => a - b)[rankOf(times.length, 0.5)];
}

type Capabilities = Readonly<Record<string, string>>;

type Declarations = {
  readonly host?: Capabilities;
  /** Absent where no answer was seen, which is not the same as a worker that declares nothing. */
  readonly worker?: Capabilities;
  readonly hostVersion?: string;
  readonly workerVersion?: string;
};

/** What host and worker said when they greeted, and at each reload of the environment since. */
function declarationsOf(database: Database, readPayload: ReadPayload, stream: number): Declarations {
  const exchanges = database
    .prepare(
      "SELECT started_seq, answered_seq FROM worker_step WHERE stream = ? AND step IN ('init', 'reload') ORDER BY id",
    )
    .all(stream);
  let known: Declarations = {};
  for (const { started_seq, answered_seq } of exchanges) {
    for (const seq of [maybeNumber(started_seq), maybeNumber(answered_seq)]) {
      if (seq !== undefined) {
        known = declared(known, readPayload, seq);
      }
    }
  }
  return known;
}

function declared(known: Declarations, readPayload: ReadPayload, seq: Seq): Declarations {
  const payload = readPayload(seq);
  const decoded = payload === undefined ? undefined : decodeMessage(payload);
  if (!decoded?.ok) {
    return known;
  }
  const { content } = decoded.message;
  switch (content.case) {
    case "workerInitRequest": {
      const { capabilities, hostVersion } = content.value;
      return { ...known, host: capabilities, ...(hostVersion !== "" && { hostVersion }) };
    }
    case "workerInitResponse": {
      const { capabilities, workerMetadata } = content.value;
      const version = workerMetadata?.workerVersion || content.value.workerVersion;
      return { ...known, worker: capabilities, ...(version !== "" && { workerVersion: version }) };
    }
    case "functionEnvironmentReloadResponse": {
      const { capabilities, capabilitiesUpdateStrategy } = content.value;
      const isReplacing = capabilitiesUpdateStrategy === Strategy.replace;
      return { ...known, worker: isReplacing ? capabilities : { ...known.worker, ...capabilities } };
    }
    default:
      return known;
  }
}
