/** Where recordings live: one folder for sessions, one for the journals of relays that run (or ran and were killed). */
import { closeSync, mkdirSync, openSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import { changedAt, sessionBytes } from "./session-files.ts";

export type StateFolder = { readonly sessions: string; readonly journals: string };

/**
 * The platform's folder for state that survives a restart; made, for its owner only, where it is missing.
 * @throws {InspectorError} "no-state-folder"
 */
export function openStateFolder(env: NodeJS.ProcessEnv = process.env): StateFolder {
  const root = join(baseFolder(env), "inspector");
  const folder = { sessions: join(root, "sessions"), journals: join(root, "journals") };
  try {
    for (const path of [root, folder.sessions, folder.journals]) {
      mkdirSync(path, { recursive: true, mode: 0o700 });
    }
  } catch (cause) {
    throw unusable(root, cause);
  }
  return folder;
}

function unusable(folder: string, cause: unknown): InspectorError {
  return new InspectorError(
    "no-state-folder",
    `The folder for sessions, ${folder}, cannot be used: ${reasonOf(cause)}`,
    {
      hint: "Let XDG_STATE_HOME name a folder that you can write, with room on its disk.",
      cause,
    },
  );
}

function baseFolder(env: NodeJS.ProcessEnv): string {
  const configured = env["XDG_STATE_HOME"];
  if (configured !== undefined && configured !== "") {
    return configured;
  }
  if (process.platform === "win32") {
    return env["LOCALAPPDATA"] ?? join(homedir(), "AppData", "Local");
  }
  if (process.platform === "darwin") {
    return join(homedir(), "Library", "Application Support");
  }
  return join(homedir(), ".local", "state");
}

export const SESSION_SUFFIX = ".inspector";

/**
 * A new file, named by the time in UTC: "2026-11-21T05-12-33.inspector". It is made at once, empty, so that two
 * recordings that begin in the same second do not share it.
 */
export function newSessionFile({ sessions }: StateFolder, now = new Date()): string {
  const stem = now.toISOString().slice(0, 19).replaceAll(":", "-");
  for (let n = 1; ; n++) {
    const file = join(sessions, `${stem}${n === 1 ? "" : `-${n}`}${SESSION_SUFFIX}`);
    try {
      if (makeFile(file)) {
        return file;
      }
    } catch (cause) {
      throw unusable(sessions, cause);
    }
  }
}

function makeFile(file: string): boolean {
  try {
    closeSync(openSync(file, "wx", 0o600));
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") {
      return false;
    }
    throw error;
  }
}

/** `bytes` are what it takes on the disk, text index and logs included; `modifiedAt` is in milliseconds since the Unix epoch. */
export type SessionFile = { readonly file: string; readonly modifiedAt: number; readonly bytes: number };

/** Sessions that are kept, newest first. */
export function listSessions({ sessions }: StateFolder): SessionFile[] {
  return readdirSync(sessions)
    .filter((name) => name.endsWith(SESSION_SUFFIX))
    .flatMap((name) => {
      const file = join(sessions, name);
      const found = statSync(file, { throwIfNoEntry: false });
      // A link may lead nowhere, and a pipe is no session.
      return found?.isFile() === true
        ? [{ file, modifiedAt: changedAt(file, found.mtimeMs), bytes: sessionBytes(file) }]
        : [];
    })
    .sort((a, b) => b.modifiedAt - a.modifiedAt);
}
