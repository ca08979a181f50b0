/** Keeps all that a recording writes under one size, by giving up what is oldest. */
import { type Database, numberOf } from "@inspector/session/database";
import type { Writer } from "@inspector/session/writer";
import { sizeOf } from "./session-files.ts";

const MIB = 1024 * 1024;

/** What of `--max-size` each part may take, in bytes. Together they are less than it. */
export type SizeBudgets = {
  /** The session's file. */
  readonly session: number;
  /** Its write-ahead log. */
  readonly log: number;
  /** The text index with its own log. */
  readonly text: number;
  /** Journal that is read in one transaction: what a transaction adds is known only when it is over. */
  readonly batch: number;
};

export function budgetsOf(maxBytes: number): SizeBudgets {
  const batch = Math.min(Math.max(Math.floor(maxBytes / 64), MIB / 8), 8 * MIB);
  const log = Math.min(Math.max(Math.floor(maxBytes / 8), MIB / 2), 64 * MIB);
  const text = Math.min(Math.floor(maxBytes / 4), 1024 * MIB);
  return { session: maxBytes - log - text, log, text, batch };
}

/** The limit that a session was last recorded with, for whoever reads the rest of its journal after a crash. */
export function storedLimit(database: Database): number | undefined {
  const table = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'session'").get();
  const row = table && database.prepare("SELECT value FROM session WHERE key = 'max_bytes'").get();
  const limit = Number(row?.["value"] ?? 0);
  return limit > 0 ? limit : undefined;
}

/** A row and its entries in indexes can take several times what its message takes in the journal. */
const GROWTH = 3;
/** Bytes that one step gives up at most: a session that was recorded with a higher limit takes several. */
const STEP_BYTES = 8 * MIB;
/** How long to wait for those who read from the log, before it grows beyond its budget after all. */
const READERS_MS = 2_000;

export type SizeLimit = {
  /** Within a transaction, before its rows: gives up what has to go so that there is room for them. */
  makeRoom(): void;
  /** Behind a transaction: brings a log that is too long into the file and cuts it off. */
  trimLog(): void;
};

/**
 * The newest is kept whole as long as it can be: rows are given up where they take more than half of what is there, else
 * bodies. Freed pages are used again, so the file does not shrink.
 */
export function createSizeLimit(database: Database, file: string, writer: Writer, budgets: SizeBudgets): SizeLimit {
  const pragma = (name: string): number => numberOf(database.prepare(`PRAGMA ${name}`).get()?.[name]);
  const pageSize = pragma("page_size");
  database.exec(`PRAGMA wal_autocheckpoint = ${Math.max(8, Math.floor(budgets.log / 2 / pageSize))};
    PRAGMA journal_size_limit = ${budgets.log};`);
  const target = Math.max(budgets.session - GROWTH * budgets.batch, budgets.session / 2);
  const used = (): number => (pragma("page_count") - pragma("freelist_count")) * pageSize;

  function giveUpBodies(bytes: number): boolean {
    const given = writer.givingUp.bodies(bytes);
    return given.bytes > 0 || !given.isAll || writer.givingUp.unfinished(bytes) > 0;
  }

  function giveUpRows(bytes: number): boolean {
    const { bodies, givingUp, lastSeq } = writer;
    const rowBytes = (used() - bodies.bytes) / Math.max(lastSeq - givingUp.rowsGivenUp, 1);
    return givingUp.rows(Math.ceil(bytes / rowBytes)) > 0;
  }

  /** @returns whether there was anything left to give up */
  function step(excess: number): boolean {
    const bytes = Math.min(excess, STEP_BYTES);
    const coming = [...writer.bodies.coming.values()].reduce((sum, size) => sum + size, 0);
    // One that is coming may be larger than all that there is room for, and is not to cost what is complete.
    if (coming > target / 3 && writer.givingUp.unfinished(bytes) > 0) {
      return true;
    }
    const order = writer.bodies.bytes > target / 2 ? [giveUpBodies, giveUpRows] : [giveUpRows, giveUpBodies];
    return order.some((giveUp) => giveUp(bytes));
  }

  return {
    makeRoom() {
      if (used() <= target) {
        return;
      }
      // A little more than necessary, so that not every batch has to.
      const low = target - budgets.batch;
      while (used() > low && step(used() - low)) {}
    },
    trimLog() {
      if (sizeOf(`${file}-wal`) > budgets.log) {
        database.exec(
          `PRAGMA busy_timeout = ${READERS_MS}; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = 5000;`,
        );
      }
    },
  };
}
