/** Which session a request is about: the one the hub was started with, or another that is kept. */
import { InspectorError } from "@inspector/contract/inspector-error";
import type { SessionSummary } from "@inspector/contract/page";
import { type KeptSessions, nameOf } from "../../kept-sessions.ts";
import { type Indexing, type OpenSession, openSession } from "../../open-session.ts";

/** Other sessions that are held open; the one that nobody asked for the longest is closed for the next. */
const MAX_OPEN = 4;

export type Sessions = {
  readonly current: OpenSession;
  /** @throws {InspectorError} "no-such-session", "not-a-session", "newer-session" */
  named(name: string | null): OpenSession;
  list(): SessionSummary[];
  /** @throws {InspectorError} as KeptSessions.rename, and "session-open" for the current one */
  rename(name: string, to: string): SessionSummary;
  remove(name: string): void;
  close(): void;
};

export type SessionsOptions = {
  /** Whether the current session is being written to. */
  readonly isRecording: boolean;
  readonly indexing?: Indexing | undefined;
};

export function createSessions(current: OpenSession, kept: KeptSessions, options: SessionsOptions): Sessions {
  const { isRecording, indexing } = options;
  const others = new Map<string, OpenSession>();
  const currentName = nameOf(current.file);

  function isCurrent(name: string): boolean {
    if (name !== currentName) {
      return false;
    }
    try {
      return kept.file(name) === current.file;
    } catch {
      return true; // A file from elsewhere: nothing that is kept has its name.
    }
  }

  function named(name: string | null): OpenSession {
    if (name === null || isCurrent(name)) {
      return current;
    }
    const file = kept.file(name);
    const session = others.get(name) ?? openSession(file, { indexing });
    others.delete(name);
    others.set(name, session);
    makeRoom();
    return session;
  }

  function makeRoom(): void {
    for (const [name, session] of others) {
      if (others.size <= MAX_OPEN) {
        return;
      }
      if (session.live.size === 0) {
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
    const { startedAt, size, last } = current.info();
    const own = { name: currentName, startedAt, modifiedAt: startedAt, bytes: size.file, messages: last };
    return [{ ...own, isLive: isRecording, isCurrent: true }, ...all];
  }

  return {
    current,
    named,
    list,
    rename(name, to) {
      assertOther(name);
      forget(name);
      kept.rename(name, to);
      const renamed = list().find((summary) => summary.name === to);
      if (renamed === undefined) {
        throw new InspectorError("no-such-session", `"${to}" is gone`);
      }
      return renamed;
    },
    remove(name) {
      assertOther(name);
      forget(name);
      kept.remove(name);
    },
    close() {
      current.close();
      for (const session of others.values()) {
        session.close();
      }
    },
  };
}
