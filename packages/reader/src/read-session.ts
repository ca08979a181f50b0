/** A session that is looked at: an open database, and what can be asked of it. */
import type {
  FunctionError,
  FunctionInfo,
  FunctionTotal,
  Nanos,
  Overview,
  Problems,
  SeenValues,
  SessionInfo,
  SessionLabels,
  SessionSummary,
  StrayHttp,
  WorkerInfo,
} from "@inspector/contract/page";
import type { Database } from "@inspector/session/database";
import { functionsOf } from "@inspector/session/function-queries";
import { functionErrorsOf, functionTotalsOf } from "@inspector/session/function-totals";
import { createInvocationQueries, type InvocationQueries } from "@inspector/session/invocation-queries";
import { createLineQueries, type LineQueries } from "@inspector/session/log-lines";
import { type OverviewRange, overviewOf } from "@inspector/session/overview";
import type { Decompress } from "@inspector/session/payload";
import { createQueries, type Queries } from "@inspector/session/queries";
import { seenValues } from "@inspector/session/seen";
import { workersOf } from "@inspector/session/worker-queries";
import { createReadPayload, type PayloadSource } from "./payload.ts";
import { createProblemWatch } from "./problem-watch.ts";
import type { SessionText } from "./session-text.ts";

export type ReadSession = {
  /** Its name: of a file, its path. */
  readonly file: string;
  readonly database: Database;
  readonly queries: Queries;
  readonly decompress: Decompress;
  readonly isUtf8: PayloadSource["isUtf8"];
  readonly invocations: InvocationQueries;
  readonly lines: LineQueries;
  /** Absent where free text is only looked for in the rows. */
  readonly text: SessionText | undefined;
  info(): SessionInfo;
  /**
   * The session's time now, of one that is recorded on this machine: by the monotonic clock, so that neither a sleep nor a clock
   * that is set comes between a message and the present.
   */
  present(): Nanos;
  functions(): FunctionInfo[];
  functionTotals(): FunctionTotal[];
  functionErrors(name: string): FunctionError[];
  workers(): WorkerInfo[];
  strayHttp(): StrayHttp;
  problems(): Problems;
  overview(range: OverviewRange): Overview;
  seen(): SeenValues;
  /** Keeps it open until what this returns is called. */
  use(): () => void;
  readonly isInUse: boolean;
  close(): void;
};

/** Sessions by their names. What cannot be done to them where they are throws an {@link InspectorError}. */
export type ReadSessions = {
  /** @param name null for the session that is meant where none is named @throws {InspectorError} "no-such-session" */
  named(name: string | null): ReadSession;
  list(): SessionSummary[];
  rename(name: string, to: string): SessionSummary;
  label(name: string, labels: SessionLabels): SessionSummary;
  remove(name: string): void;
};

export type ReadOptions = {
  readonly database: Database;
  readonly file: string;
  readonly decompress: Decompress;
  readonly isUtf8?: PayloadSource["isUtf8"];
  readonly text: SessionText | undefined;
  /** Adds what is known of the session beside its tables. */
  readonly describe: (stored: SessionInfo) => SessionInfo;
  /** Nanoseconds of the machine's monotonic clock; absent where nothing is recorded. */
  readonly monotonic?: () => Nanos;
  /** Told when the counts of its problems are others than before; absent where nobody looks for any. */
  readonly onProblems?: (() => void) | undefined;
};

/** @param options.database read-only; closed with the session */
export function createReadSession(options: ReadOptions): ReadSession {
  const { database, file, decompress, isUtf8, text, describe, monotonic, onProblems } = options;
  const queries = createQueries(database);
  const invocations = createInvocationQueries(database);
  const lines = createLineQueries(database);
  const readPayload = createReadPayload({ queries, decompress });
  const stored = (): SessionInfo => describe(queries.session(file));
  const present = (): Nanos => {
    const clock = queries.clock();
    return clock === undefined || monotonic === undefined
      ? (Date.now() - queries.session(file).startedAt) * 1e6
      : monotonic() + clock;
  };
  const isLive = stored().source === "live";
  const problems = onProblems && createProblemWatch(database, isLive ? present : undefined, onProblems);
  let users = 0;
  return {
    file,
    database,
    queries,
    decompress,
    isUtf8,
    invocations,
    lines,
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
    functionTotals: () => functionTotalsOf(database, readPayload),
    functionErrors: (name) => functionErrorsOf(database, name),
    workers: () => workersOf(database, readPayload, problems?.ask().verdicts ?? []),
    strayHttp: () => invocations.httpLegs.strays(isLive ? present() : undefined),
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
