/** Where a session's text index is kept. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, statSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { removeTextIndex, TEXT_SUFFIX } from "../session-files.ts";
import type { StateFolder } from "../state-folder.ts";

/** Indexes of sessions that lie elsewhere are kept for so long after they were last used. */
const KEPT_MS = 7 * 24 * 3600 * 1000;

/**
 * Beside the session where it lies in the state folder, so that it is renamed and deleted with it. For any other session in a folder
 * of the state folder: what lies beside a file that somebody sent may be anything.
 */
export function indexPlace(session: string, { sessions }: Pick<StateFolder, "sessions">, now = Date.now()): string {
  if (dirname(session) === sessions) {
    return session + TEXT_SUFFIX;
  }
  const folder = join(dirname(sessions), "text");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const name = createHash("sha256").update(session).digest("hex").slice(0, 32) + TEXT_SUFFIX;
  for (const entry of readdirSync(folder)) {
    const path = join(folder, entry);
    const age = now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now);
    if (entry.endsWith(TEXT_SUFFIX) && entry !== name && age > KEPT_MS) {
      removeTextIndex(path);
    }
  }
  const place = join(folder, name);
  if (statSync(place, { throwIfNoEntry: false }) !== undefined) {
    utimesSync(place, now / 1000, now / 1000);
  }
  return place;
}
