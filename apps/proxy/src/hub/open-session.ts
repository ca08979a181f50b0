/** A session that is looked at: its file, what can be asked of it, and the pages that listen to it. */
import {
  createInvocationQueries,
  createQueries,
  type Database,
  type FunctionInfo,
  functionsOf,
  type InvocationQueries,
  type Overview,
  type OverviewRange,
  overviewOf,
  type Problems,
  type Queries,
  type SeenValues,
  type SessionInfo,
  seenValues,
  type WorkerInfo,
  workersOf,
} from "@inspector/session";
import { createReadPayload } from "./payload.ts";
import { createProblemWatch } from "./problem-watch.ts";
import { createLive, type Live } from "./server/live.ts";
import { openForReading } from "./sqlite.ts";

export type OpenSession = {
  readonly file: string;
  readonly queries: Queries;
  readonly invocations: InvocationQueries;
  readonly live: Live;
  info(): SessionInfo;
  functions(): FunctionInfo[];
  workers(): WorkerInfo[];
  problems(): Problems;
  overview(range: OverviewRange): Overview;
  seen(): SeenValues;
  close(): void;
};

/**
 * @param state what is known of the session beside its file, where it is being recorded
 * @throws {InspectorError} "no-such-session", "not-a-session", "newer-session"
 */
export function openSession(
  file: string,
  state: (stored: SessionInfo) => SessionInfo = (stored) => stored,
): OpenSession {
  return readSession(openForReading(file), file, state);
}

function readSession(database: Database, file: string, state: (stored: SessionInfo) => SessionInfo): OpenSession {
  const queries = createQueries(database);
  const invocations = createInvocationQueries(database);
  const readPayload = createReadPayload(queries);
  const stored = (): SessionInfo => state(queries.session(file));
  const problems = createProblemWatch(database, stored(), () => live.notify());
  const info = (): SessionInfo => ({ ...stored(), problems: problems.counts });
  const live = createLive({ queries, invocations, info });
  return {
    file,
    queries,
    invocations,
    live,
    info,
    functions: () => functionsOf(database, readPayload),
    workers: () => workersOf(database, readPayload, problems.ask().verdicts),
    problems: problems.ask,
    overview: (range) => overviewOf(database, range),
    seen: () => seenValues(database),
    close() {
      problems.close();
      live.close();
      database.close();
    },
  };
}
