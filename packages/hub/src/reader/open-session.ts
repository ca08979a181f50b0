/** Opens the session of a file, to be looked at. */
import { isUtf8 } from "node:buffer";
import type { SessionInfo } from "@inspector/contract/page";
import { createReadSession, type ReadSession } from "@inspector/reader/read-session";
import { createSessionText, type StartIndexing } from "@inspector/reader/session-text";
import { decompress } from "../decompress.ts";
import { diskBytes } from "../session-files.ts";
import { openForReading } from "../sqlite.ts";
import type { StateFolder } from "../state-folder.ts";
import { indexPlace } from "../text/index-place.ts";

/** A session whose name is the path of its file. */
export type OpenSession = ReadSession;

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
  const index = indexing && indexPlace(file, indexing.state);
  const text =
    indexing === undefined || index === undefined
      ? undefined
      : createSessionText({ database, session: file, index, startIndexing: indexing.start, onProgress });
  return createReadSession({
    database,
    file,
    decompress,
    isUtf8,
    text,
    monotonic: () => Number(process.hrtime.bigint()),
    describe(known) {
      const bytes = diskBytes(file) + (index === undefined ? 0 : diskBytes(index));
      return describe({ ...known, size: { ...known.size, file: bytes } });
    },
    onProblems: isWatchingProblems ? onProblems : undefined,
  });
}
