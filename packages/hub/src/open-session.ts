/** A session that is looked at: its file, what can be asked of it, and the pages that listen to it. */

import type { FunctionInfo, Overview, Problems, SeenValues, SessionInfo, WorkerInfo } from "@inspector/contract/page";
import type { Database } from "@inspector/session/database";
import { functionsOf } from "@inspector/session/function-queries";
import { createInvocationQueries, type InvocationQueries } from "@inspector/session/invocation-queries";
import { type OverviewRange, overviewOf } from "@inspector/session/overview";
import { createQueries, type Queries } from "@inspector/session/queries";
import { seenValues } from "@inspector/session/seen";
import { workersOf } from "@inspector/session/worker-queries";
import { createLive, type Live } from "./desk/live/live.ts";
import { createReadPayload } from "./payload.ts";
import { createProblemWatch } from "./problem-watch.ts";
import { diskBytes, openForReading } from "./sqlite.ts";
import type { StateFolder } from "./state-folder.ts";
import { indexPlace } from "./text/index-place.ts";
import { createSessionText, type SessionText, type StartIndexing } from "./text/text-search.ts";

export type OpenSession = {
  readonly file: string;
  /** Read-only. */
  readonly database: Database;
  readonly queries: Queries;
  readonly invocations: InvocationQueries;
  readonly live: Live;
  /** Absent where free text is only looked for in the rows. */
  readonly text: SessionText | undefined;
  info(): SessionInfo;
  functions(): FunctionInfo[];
  workers(): WorkerInfo[];
  problems(): Problems;
  overview(range: OverviewRange): Overview;
  seen(): SeenValues;
  close(): void;
};

/** Who builds text indexes, and where. */
export type Indexing = { readonly start: StartIndexing; readonly state: Pick<StateFolder, "sessions"> };

export type OpenOptions = {
  /** What is known of the session beside its file, where it is being recorded. */
  readonly state?: (stored: SessionInfo) => SessionInfo;
  /** Absent where free text is only looked for in the rows. */
  readonly indexing?: Indexing | undefined;
};

/** @throws {InspectorError} "no-such-session", "not-a-session", "newer-session" */
export function openSession(file: string, options: OpenOptions = {}): OpenSession {
  const { state = (known: SessionInfo) => known, indexing } = options;
  const database = openForReading(file);
  const queries = createQueries(database);
  const invocations = createInvocationQueries(database);
  const readPayload = createReadPayload(queries);
  const index = indexing && indexPlace(file, indexing.state);
  const text =
    indexing === undefined || index === undefined
      ? undefined
      : createSessionText({ database, session: file, index, startIndexing: indexing.start, onProgress: tell });
  const stored = (): SessionInfo => {
    const known = queries.session(file);
    const size = { ...known.size, file: diskBytes(file) + (index === undefined ? 0 : diskBytes(index)) };
    return state({ ...known, size, ...indexedOf(text) });
  };
  const problems = createProblemWatch(database, stored(), tell);
  const info = (): SessionInfo => ({ ...stored(), problems: problems.counts });
  const live: Live = createLive({ queries, invocations, info, text });
  function tell(): void {
    live.notify();
  }
  return {
    file,
    database,
    queries,
    invocations,
    live,
    text,
    info,
    functions: () => functionsOf(database, readPayload),
    workers: () => workersOf(database, readPayload, problems.ask().verdicts),
    problems: problems.ask,
    overview: (range) => overviewOf(database, range),
    seen: () => seenValues(database),
    close() {
      problems.close();
      text?.close();
      live.close();
      database.close();
    },
  };
}

function indexedOf(text: SessionText | undefined): Pick<SessionInfo, "indexed" | "indexedFrom"> {
  const range = text?.range;
  return range === undefined ? {} : { indexed: range.through, indexedFrom: range.from };
}
