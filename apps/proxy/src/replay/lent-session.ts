/** A session file of anywhere, where a running inspector finds it for as long as its invocations are replayed. */
import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { nameOf } from "@inspector/hub/kept-sessions";
import { isSameFile } from "@inspector/hub/same-file";
import { removeSessionFiles } from "@inspector/hub/session-files";
import { SESSION_SUFFIX } from "@inspector/hub/state-folder";
import { hasProcess } from "@inspector/relay/process-identity";

export type LentSession = {
  /** What the inspector calls it. */
  readonly name: string;
  giveBack(): void;
};

/** Named with the process that lends it. */
const LENT = /^replayed-(\d+)-[0-9a-f]+\.inspector/u;

/**
 * Makes a session known to the inspectors that keep theirs in `sessions`. One that lies there is known already; of another one
 * a link is put there, or a copy where the system makes no links. What a process that was killed had lent is removed.
 */
export function lendSession(file: string, sessions: string): LentSession {
  if (isSameFile(dirname(file), sessions) && file.endsWith(SESSION_SUFFIX)) {
    return { name: nameOf(file), giveBack: () => {} };
  }
  removeForgotten(sessions);
  const lent = join(sessions, `replayed-${process.pid}-${randomBytes(4).toString("hex")}${SESSION_SUFFIX}`);
  try {
    symlinkSync(resolve(file), lent);
  } catch {
    copyFileSync(file, lent);
    if (existsSync(`${file}-wal`)) {
      copyFileSync(`${file}-wal`, `${lent}-wal`);
    }
  }
  // The link or copy, never what a link leads to.
  return { name: nameOf(lent), giveBack: () => removeSessionFiles(lent) };
}

function removeForgotten(sessions: string): void {
  for (const entry of readdirSync(sessions)) {
    const pid = Number(LENT.exec(entry)?.[1]);
    if (pid > 0 && !hasProcess(pid)) {
      rmSync(join(sessions, entry), { force: true });
    }
  }
}
