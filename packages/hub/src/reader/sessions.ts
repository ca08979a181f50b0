/** Which session a request is about: the one the hub was started with, or another that is kept. */
import { InspectorError } from "@inspector/contract/inspector-error";
import type { SessionInfo, SessionLabels, SessionSummary } from "@inspector/contract/page";
import { type KeptSessions, nameOf } from "../kept-sessions.ts";
import { type Indexing, type OpenSession, openSession } from "./open-session.ts";

/** Other sessions that are held open; the one that nobody asked for the longest is closed for the next. */
const MAX_OPEN = 4;
/** The key of the session that the hub was started with; that of another one is its name. */
const CURRENT = "";

export type Sessions = {
  /** @throws {InspectorError} "no-such-session", "not-a-session", "newer-session" */
  named(name: string | null): OpenSession;
  /** The key of the session of that name. @throws as {@link named} */
  key(name: string | null): string;
  /** @throws as {@link named} */
  byKey(key: string): OpenSession;
  list(): SessionSummary[];
  /** @throws {InspectorError} as KeptSessions.rename, and "session-open" for the current one */
  rename(name: string, to: string): SessionSummary;
  /** @throws {InspectorError} as KeptSessions.label, and "session-open" for the current one */
  label(name: string, labels: SessionLabels): SessionSummary;
  remove(name: string): void;
  close(): void;
};

export type SessionsOptions = {
  /** Of the current session. */
  readonly file: string;
  /** Whether that one is being written to. */
  readonly isRecording: boolean;
  readonly isWatchingProblems: boolean;
  /** Absent where free text is only looked for in the rows. */
  readonly indexingOf?: (key: string) => Indexing;
  /** Adds what is known of a session beside its file. */
  readonly describe: (stored: SessionInfo, key: string) => SessionInfo;
  /** Says more than the error with which the current session could not be opened. */
  readonly explain?: (error: unknown) => unknown;
  readonly onProgress: (key: string, session: OpenSession) => void;
  readonly onProblems: (key: string) => void;
};

/** Sessions are opened when they are asked for. */
export function createSessions(kept: KeptSessions, options: SessionsOptions): Sessions {
  const { file: currentFile, isRecording, isWatchingProblems, indexingOf } = options;
  const others = new Map<string, OpenSession>();
  const currentName = nameOf(currentFile);
  let current: OpenSession | undefined;

  function open(file: string, key: string): OpenSession {
    const session: OpenSession = openSession(file, {
      describe: (stored) => options.describe(stored, key),
      indexing: indexingOf?.(key),
      isWatchingProblems,
      onProgress: () => options.onProgress(key, session),
      onProblems: () => options.onProblems(key),
    });
    return session;
  }

  function openCurrent(): OpenSession {
    try {
      return open(currentFile, CURRENT);
    } catch (error) {
      throw options.explain?.(error) ?? error;
    }
  }

  function isCurrent(name: string): boolean {
    if (name !== currentName) {
      return false;
    }
    try {
      return kept.file(name) === currentFile;
    } catch {
      return true; // A file from elsewhere: nothing that is kept has its name.
    }
  }

  function byKey(key: string): OpenSession {
    if (key === CURRENT) {
      current ??= openCurrent();
      return current;
    }
    const file = kept.file(key);
    const session = others.get(key) ?? open(file, key);
    others.delete(key);
    others.set(key, session);
    makeRoom();
    return session;
  }

  function makeRoom(): void {
    for (const [name, session] of others) {
      if (others.size <= MAX_OPEN) {
        return;
      }
      if (!session.isInUse) {
        forget(name);
      }
    }
  }

  function forget(name: string): void {
    others.get(name)?.close();
    others.delete(name);
  }

  function assertOther(name: string): void {
    if (!isCurrent(name)) {
      return;
    }
    throw new InspectorError("session-open", `"${name}" is the session that is being shown`, {
      hint: isRecording ? "Stop the recording first." : "Open another one, then come back to it.",
    });
  }

  function list(): SessionSummary[] {
    const all = kept.list().map((summary) => ({
      ...summary,
      isCurrent: isCurrent(summary.name),
      isLive: summary.isLive || (isRecording && isCurrent(summary.name)),
    }));
    if (all.some((summary) => summary.isCurrent)) {
      return all;
    }
    const { startedAt, size, last } = byKey(CURRENT).info();
    const own = { name: currentName, startedAt, modifiedAt: startedAt, bytes: size.file, messages: last };
    return [{ ...own, isLive: isRecording, isCurrent: true }, ...all];
  }

  function listed(name: string): SessionSummary {
    const found = list().find((summary) => summary.name === name);
    if (found === undefined) {
      throw new InspectorError("no-such-session", `"${name}" is gone`);
    }
    return found;
  }

  const keyOf = (name: string | null): string => (name === null || isCurrent(name) ? CURRENT : name);

  return {
    byKey,
    named: (name) => byKey(keyOf(name)),
    key(name) {
      const key = keyOf(name);
      byKey(key);
      return key;
    },
    list,
    rename(name, to) {
      assertOther(name);
      forget(name);
      kept.rename(name, to);
      return listed(to);
    },
    label(name, labels) {
      assertOther(name);
      forget(name);
      kept.label(name, labels);
      return listed(name);
    },
    remove(name) {
      assertOther(name);
      forget(name);
      kept.remove(name);
    },
    close() {
      current?.close();
      for (const session of others.values()) {
        session.close();
      }
    },
  };
}
