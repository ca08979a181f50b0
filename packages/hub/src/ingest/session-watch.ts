/** Whether a session file that is open for writing is still where it was, and whole. */
import { type BigIntStats, statSync } from "node:fs";
import { InspectorError } from "@inspector/contract/inspector-error";
import { idInFile } from "../sqlite.ts";

/**
 * What became of it:
 *
 * - `removed`: nothing has its name any more; it was deleted or moved, or its folder was.
 * - `replaced`: its name leads to another file.
 * - `emptied`: it was truncated.
 * - `overwritten`: its name leads to the same file, which holds something else.
 * - `damaged`: parts of it are not what was written there.
 * - `log-removed`: its write-ahead log is gone, which holds what is not in the file yet.
 */
export type SessionLoss = "removed" | "replaced" | "emptied" | "overwritten" | "damaged" | "log-removed";

/** Thrown where something was about to rely on a file that is not the session any more. */
export class SessionLost extends InspectorError {
  readonly loss: SessionLoss;

  constructor(file: string, loss: SessionLoss) {
    super("session-lost", `${file} ${WORDS[loss]} while it was being recorded`);
    this.loss = loss;
  }
}

const WORDS: Readonly<Record<SessionLoss, string>> = {
  removed: "was deleted or moved",
  replaced: "was replaced by another file",
  emptied: "was emptied",
  overwritten: "was overwritten",
  damaged: "was damaged",
  "log-removed": "lost its write-ahead log",
};

/** Whether what was in the file is gone with it, also for whoever still has it open. */
export function isContentGone(loss: SessionLoss): boolean {
  return loss === "emptied" || loss === "overwritten" || loss === "damaged";
}

/** Smaller than the header of any SQLite database. */
const MIN_BYTES = 100n;

/**
 * Looks by name, and by way of SQLite: a file handle of its own, when closed, would take away the locks that SQLite holds in this
 * process (sqlite.org/howtocorrupt.html, 2.2).
 */
export class SessionWatch {
  readonly #file: string;
  readonly #identity: BigIntStats;
  readonly #id: string;
  #log: BigIntStats | undefined;
  /** As the file was when it last held the session. */
  #checked: BigIntStats;

  /**
   * To be made when the file was just opened, in write-ahead mode.
   * @param id that of the session, which the file holds itself: not its log alone
   */
  constructor(file: string, id: string) {
    this.#file = file;
    this.#id = id;
    const identity = statOf(file);
    if (identity === undefined) {
      throw new SessionLost(file, "removed");
    }
    this.#identity = identity;
    this.#checked = identity;
    this.#log = statOf(`${file}-wal`);
  }

  /** @throws {SessionLost} */
  assertPresent(): void {
    const loss = this.#look();
    if (loss !== undefined) {
      throw new SessionLost(this.#file, loss);
    }
  }

  #look(): SessionLoss | undefined {
    const found = statOf(this.#file);
    if (found === undefined) {
      return "removed";
    }
    if (!isSame(found, this.#identity)) {
      return "replaced";
    }
    if (found.size < MIN_BYTES) {
      return "emptied";
    }
    if (!this.#isStillSession(found)) {
      return "overwritten";
    }
    const log = statOf(`${this.#file}-wal`);
    if (this.#log !== undefined && (log === undefined || !isSame(log, this.#log))) {
      return "log-removed";
    }
    this.#log = log;
    return undefined;
  }

  /** The file changes when the log is brought into it, and where somebody else writes: then it is asked whose it is. */
  #isStillSession(found: BigIntStats): boolean {
    if (found.size === this.#checked.size && found.mtimeNs === this.#checked.mtimeNs) {
      return true;
    }
    if (idInFile(this.#file) !== this.#id) {
      return false;
    }
    this.#checked = found;
    return true;
  }
}

function isSame(a: BigIntStats, b: BigIntStats): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

function statOf(file: string): BigIntStats | undefined {
  try {
    return statSync(file, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined; // Not a folder any more, or one that nobody may enter.
  }
}
