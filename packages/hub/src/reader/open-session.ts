/** A session that is looked at: its file, and what can be asked of it. */
import type {
  FunctionInfo,
  Nanos,
  Overview,
  Problems,
  SeenValues,
  SessionInfo,
  WorkerInfo,
} from "@inspector/contract/page";
import type { Database } from "@inspector/session/database";
import { functionsOf } from "@inspector/session/function-queries";
import { createInvocationQueries, type InvocationQueries } from "@inspector/session/invocation-queries";
import { type OverviewRange, overviewOf } from "@inspector/session/overview";
import { createQueries, type Queries } from "@inspector/session/queries";
import { seenValues } from "@inspector/session/seen";
import { workersOf } from "@inspector/session/worker-queries";
import { createReadPayload } from "../payload.ts";
import { diskBytes, openForReading } from "../sqlite.ts";
import type { StateFolder } from "../state-folder.ts";
import { indexPlace } from "../text/index-place.ts";
import { createSessionText, type SessionText, type StartIndexing } from "../text/text-search.ts";
import { createProblemWatch } from "./problem-watch.ts";

export type OpenSession = {
  readonly file: string;
  /** Read-only. */
  readonly database: Database;
  readonly queries: Queries;
  readonly invocations: InvocationQueries;
  /** Absent where free text is only looked for in the rows. */
  readonly text: SessionText | undefined;
  info(): SessionInfo;
  /**
   * The session's time now, of one that is recorded on this machine: by the monotonic clock, so that neither a sleep nor a clock
   * that is set comes between a message and the present.
   */
  present(): Nanos;
  functions(): FunctionInfo[];
  workers(): WorkerInfo[];
  problems(): Problems;
  overview(range: OverviewRange): Overview;
  seen(): SeenValues;
  /** Keeps it open until what this returns is called. */
  use(): () => void;
  readonly isInUse: boolean;
  close(): void;
};

/** Who builds text indexes, and where. */
export type Indexing = { readonly start: StartIndexing; readonly state: Pick<StateFolder, "sessions"> };

export type OpenOptions = {
  /** Adds what is known of the session beside its file. */
  readonly describe?: (stored: SessionInfo) => SessionInfo;
  /** Absent where free text is only looked for in the rows. */
  readonly indexing?: Indexing | undefined;
  /** Whether problems are looked for beside everything else. */
  readonly isWatchingProblems?: boolean;
  /** More of it is indexed. */
  readonly onProgress?: () => void;
  /** The counts of its problems are others than before. */
  readonly onProblems?: () => void;
};

/** @throws {InspectorError} "no-such-session", "not-a-session", "newer-session" */
export function openSession(file: string, options: OpenOptions = {}): OpenSession {
  const { describe = (known: SessionInfo) => known, indexing, onProgress = () => {}, onProblems = () => {} } = options;
  const { isWatchingProblems = false } = options;
  const database = openForReading(file);
  const queries = createQueries(database);
  const invocations = createInvocationQueries(database);
  const readPayload = createReadPayload(queries);
  const index = indexing && indexPlace(file, indexing.state);
  const text =
    indexing === undefined || index === undefined
      ? undefined
      : createSessionText({ database, session: file, index, startIndexing: indexing.start, onProgress });
  const stored = (): SessionInfo => {
    const known = queries.session(file);
    const bytes = diskBytes(file) + (index === undefined ? 0 : diskBytes(index));
    return describe({ ...known, size: { ...known.size, file: bytes } });
  };
  const present = (): Nanos => {
    const clock = queries.clock();
    return clock === undefined
      ? (Date.now() - queries.session(file).startedAt) * 1e6
      : Number(process.hrtime.bigint()) + clock;
  };
  const isLive = stored().source === "live";
  const problems = isWatchingProblems
    ? createProblemWatch(database, isLive ? present : undefined, onProblems)
    : undefined;
  let users = 0;
  return {
    file,
    database,
    queries,
    invocations,
    text,
    info() {
      const known = stored();
      return {
        ...known,
        ...(known.source === "live" && { now: present() }),
        ...(problems !== undefined && { problems: problems.counts }),
      };
    },
    present,
    functions: () => functionsOf(database, readPayload),
    workers: () => workersOf(database, readPayload, problems?.ask().verdicts ?? []),
    problems: () => problems?.ask() ?? NO_PROBLEMS,
    overview: (range) => overviewOf(database, range),
    seen: () => seenValues(database),
    use() {
      users += 1;
      return () => {
        users -= 1;
      };
    },
    get isInUse() {
      return users > 0;
    },
    close() {
      problems?.close();
      text?.close();
      database.close();
    },
  };
}

const NO_PROBLEMS: Problems = { problems: [], verdicts: [], through: 0 };
