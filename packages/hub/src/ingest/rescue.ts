/** Gets a session that was lost under its recording back into a file: what was removed is still there as long as it is open. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { type Database, inTransaction, numberOf, textOf } from "@inspector/session/database";
import { foldLog, idInFile, openForWriting } from "../sqlite.ts";
import { journalsOf } from "./journals.ts";
import { isContentGone, type SessionLost } from "./session-watch.ts";

export type Rescue = {
  /** Where recording goes on. */
  readonly file: string;
  /** One sentence: what happened, and what was kept. */
  readonly message: string;
};

/**
 * Writes the content of an open session that its file's name does not lead to any more into a new file, of the same name where
 * nothing has that name, and lets the journals belong to that one.
 *
 * @param database still open; the caller closes it, after which nothing of the lost file is left
 * @throws what SQLite or the file system throws where that is not possible now: nothing has changed then
 */
export function rescueSession(database: Database, file: string, lost: SessionLost, journals: string): Rescue {
  const isGone = isContentGone(lost.loss);
  if (lost.loss === "emptied" || lost.loss === "overwritten") {
    forgetLog(file);
  } else if (!isGone) {
    // A file that was moved is complete then; one whose log is gone needs none.
    foldLog(database);
  }
  // Who deletes a folder may take the log first: by now the file can be gone, too.
  if (lost.loss === "log-removed" && idInFile(file) === idIn(database)) {
    return { file, message: `${lost.message}; what was in it was brought into the file, and recording goes on` };
  }
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const place = existsSync(file) ? freeName(file) : file;
  // The log of the lost file would be taken for that of the new one.
  for (const suffix of ["-wal", "-shm"]) {
    rmSync(`${place}${suffix}`, { force: true });
  }
  const before = lost.loss === "damaged" ? "stays there as far as it can be read" : "is lost";
  const kept = isGone
    ? `what the journal still has comes into ${place}, and recording goes on there; what was recorded before that ${before}`
    : `all ${countMessages(database)} messages recorded so far were written to ${place}, and recording goes on there`;
  const message = `${lost.message}; ${kept}`;
  if (!isGone) {
    copyInto(database, place, message);
  }
  if (place !== file) {
    for (const { directory } of journalsOf(journals, file)) {
      moveJournal(directory, place);
    }
  }
  return { file: place, message };
}

/** Leaves nothing that SQLite could bring into the file when it closes it, since that is somebody else's now. */
function forgetLog(file: string): void {
  const log = `${file}-wal`;
  if (existsSync(log)) {
    truncateSync(log);
  }
  for (const path of [log, `${file}-shm`]) {
    rmSync(path, { force: true });
  }
}

function idIn(database: Database): string | undefined {
  return textOf(database.prepare("SELECT value FROM session WHERE key = 'id'").get()?.["value"]);
}

function countMessages(database: Database): number {
  return numberOf(database.prepare("SELECT max(seq) AS n FROM message").get()?.["n"]);
}

/** The file has its name when it is whole: one that is taken away as soon as it is there is not written to any more. */
function copyInto(database: Database, place: string, loss: string): void {
  const part = `${place}.part`;
  rmSync(part, { force: true });
  try {
    database.prepare("VACUUM INTO ?").run(part);
    chmodSync(part, 0o600);
    noteLoss(part, loss);
    renameSync(part, place);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

/** "one-2.inspector" beside "one.inspector", or the next number that is free. */
function freeName(file: string): string {
  const suffix = extname(file);
  const stem = join(dirname(file), basename(file, suffix));
  for (let n = 2; ; n += 1) {
    const name = `${stem}-${n}${suffix}`;
    if (!existsSync(name)) {
      return name;
    }
  }
}

/** Says in a journal's description that it belongs to another session from now on. */
function moveJournal(directory: string, session: string): void {
  const file = join(directory, "journal.json");
  const description: unknown = JSON.parse(readFileSync(file, "utf8"));
  const next = `${file}.next`;
  writeFileSync(next, JSON.stringify({ ...Object(description), session }), { mode: 0o600 });
  renameSync(next, file);
}

/** The session tells of it itself, to whoever opens it later. */
function noteLoss(file: string, message: string): void {
  const database = openForWriting(file);
  try {
    inTransaction(database, () => {
      database
        .prepare(
          `INSERT INTO event (at, relay, connection, side, type, detail)
           SELECT max(r.started_at, coalesce((SELECT max(at) FROM message), 0)), r.id, NULL, 2, 'session-rescued', ?
           FROM relay r ORDER BY r.id DESC LIMIT 1`,
        )
        .run(JSON.stringify({ message }));
    });
  } finally {
    database.close();
  }
}
