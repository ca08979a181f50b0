/** The sessions in the state folder, by name: the file's name without its ending. */
import { existsSync, readdirSync, renameSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { InspectorError } from "@inspector/contract/inspector-error";
import type { SessionLabels, SessionSummary } from "@inspector/contract/page";
import { isRunningProcess } from "@inspector/relay/process-identity";
import { type FoundJournal, journalsOfFile } from "./ingest/journals.ts";
import { readSessionContents, type SessionContents } from "./session-contents.ts";
import { changedAt, removeSessionFiles, SESSION_FILE_SUFFIXES, sessionBytes } from "./session-files.ts";
import { writeLabels } from "./session-labels.ts";
import { finishFile } from "./sqlite.ts";
import { SESSION_SUFFIX, type StateFolder } from "./state-folder.ts";

/** Letters, digits and what people put between them: nothing that a path or a shell means something by. */
const NAME = /^[\p{L}\p{N}](?:[\p{L}\p{N} ._()+-]{0,98}[\p{L}\p{N}_)+-])?$/u;
/** Names that Windows gives to devices, whatever ending follows. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/iu;

/** Whether a session may be called so. */
export function isSessionName(name: string): boolean {
  return NAME.test(name) && !DEVICE.test(name) && !name.includes("..");
}

export function nameOf(file: string): string {
  const name = basename(file);
  return name.endsWith(SESSION_SUFFIX) ? name.slice(0, -SESSION_SUFFIX.length) : name;
}

export type KeptSessions = {
  /** Newest first. */
  list(): Omit<SessionSummary, "isCurrent">[];
  /** @throws {InspectorError} "no-such-session" */
  file(name: string): string;
  /** @throws {InspectorError} "no-such-session", "session-live", "session-waiting", "bad-name", "name-taken" */
  rename(name: string, to: string): void;
  /** Writes the labels that are given; "" takes one away. @throws {InspectorError} "no-such-session", "session-live", "session-waiting", "session-in-use", "bad-label" */
  label(name: string, labels: SessionLabels): void;
  /** @throws {InspectorError} "no-such-session", "session-live", "session-waiting" */
  remove(name: string): void;
};

type Contents = SessionContents & { readonly stamp: string };

export function createKeptSessions({ sessions, journals }: StateFolder): KeptSessions {
  const known = new Map<string, Contents>();

  function file(name: string): string {
    // Looked up, not joined: a name leads nowhere but to a file that is there.
    const found = readdirSync(sessions).find((entry) => entry === `${name}${SESSION_SUFFIX}`);
    if (found === undefined) {
      throw new InspectorError("no-such-session", `No session called "${name}" is kept`, {
        hint: "It may have been renamed or deleted.",
      });
    }
    return join(sessions, found);
  }

  function isLive(path: string): boolean {
    return journalsOfFile(journals, path).some(isWritten);
  }

  function assertEnded(name: string): string {
    const path = file(name);
    const own = journalsOfFile(journals, path);
    if (own.some(isWritten)) {
      throw new InspectorError("session-live", `"${name}" is being recorded`, {
        hint: "Stop the recording first.",
      });
    }
    if (own.length > 0) {
      throw new InspectorError(
        "session-waiting",
        `The recording of "${name}" was cut short: a part waits in its journal`,
        {
          hint: `It is brought in by the next start of the inspector, or by: inspector open ${path}`,
        },
      );
    }
    return path;
  }

  function contentsOf(path: string): Contents {
    const { mtimeMs, size } = statSync(path);
    const wal = `${path}-wal`;
    const stamp = `${mtimeMs} ${size} ${existsSync(wal) ? statSync(wal).mtimeMs : ""}`;
    const before = known.get(path);
    if (before?.stamp === stamp) {
      return before;
    }
    const contents = { stamp, ...readSessionContents(path, mtimeMs) };
    known.set(path, contents);
    return contents;
  }

  return {
    file,
    list() {
      return readdirSync(sessions)
        .filter((entry) => entry.endsWith(SESSION_SUFFIX))
        .flatMap((entry) => {
          const path = join(sessions, entry);
          const stat = statSync(path, { throwIfNoEntry: false });
          if (stat?.isFile() !== true) {
            return [];
          }
          const { stamp: _, ...contents } = contentsOf(path);
          return [
            {
              ...contents,
              name: nameOf(path),
              modifiedAt: changedAt(path, stat.mtimeMs),
              bytes: sessionBytes(path),
              isLive: isLive(path),
            },
          ];
        })
        .sort((a, b) => b.startedAt - a.startedAt);
    },
    rename(name, to) {
      const from = assertEnded(name);
      if (!isSessionName(to)) {
        throw new InspectorError("bad-name", `A session cannot be called "${to}"`, {
          hint: "Letters, digits, spaces and . _ - + ( ), at most 100, beginning with a letter or digit.",
        });
      }
      const target = join(sessions, `${to}${SESSION_SUFFIX}`);
      if (existsSync(target)) {
        throw new InspectorError("name-taken", `There is a session called "${to}" already`);
      }
      fold(from);
      for (const suffix of SESSION_FILE_SUFFIXES) {
        if (existsSync(from + suffix)) {
          renameSync(from + suffix, target + suffix);
        }
      }
    },
    label: (name, labels) => writeLabels(assertEnded(name), labels),
    remove(name) {
      removeSessionFiles(assertEnded(name));
    },
  };
}

/** Makes the file all there is to move. */
function fold(path: string): void {
  if (existsSync(`${path}-wal`)) {
    finishFile(path);
  }
}

/** Whether its relay runs, or may run. */
function isWritten({ process }: FoundJournal): boolean {
  return process === undefined || isRunningProcess(process);
}
