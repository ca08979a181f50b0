import { type Database, inTransaction, numberOf, textOf } from "@inspector/session/database";
import { BODY_PARTS } from "@inspector/session/schema";

/** How much of the oldest bodies goes at a time. */
const STEP = 0.1;
const CHECK_MS = 500;

export type SizeLimit = { enforce(): void };

/**
 * Keeps a session under a size by giving up the oldest bodies; the rows stay. Freed pages are used again, so the file
 * stays about as large as it was.
 */
export function createSizeLimit(database: Database, maxBytes: number): SizeLimit {
  let checkAt = 0;
  const pragma = (name: string): number => numberOf(database.prepare(`PRAGMA ${name}`).get()?.[name]);
  const used = (): number => (pragma("page_count") - pragma("freelist_count")) * pragma("page_size");

  function dropOldest(): boolean {
    const range = database.prepare("SELECT min(id) AS low, max(id) AS high FROM body").get();
    const low = Math.floor(numberOf(range?.["low"]) / BODY_PARTS);
    const high = Math.floor(numberOf(range?.["high"]) / BODY_PARTS);
    if (high === 0) {
      return false;
    }
    const through = Math.min(low + Math.ceil((high - low + 1) * STEP), high);
    inTransaction(database, () => {
      database.prepare("DELETE FROM body WHERE id < ?").run((through + 1) * BODY_PARTS);
      const put = database.prepare(
        "INSERT INTO session (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
      );
      put.run("dropped_through", String(through));
      const before = textOf(
        database.prepare("SELECT value FROM session WHERE key = 'dropped_messages'").get()?.["value"],
      );
      put.run("dropped_messages", String(Math.max(Number(before ?? 0), through)));
    });
    return through < high;
  }

  return {
    enforce() {
      if (Date.now() < checkAt) {
        return;
      }
      checkAt = Date.now() + CHECK_MS;
      while (used() > maxBytes && dropOldest()) {}
    },
  };
}
