import type { Exchange, Pairing, PairingFacts } from "./exchange.ts";
import { type Attempts, withRow } from "./exchange.ts";

/** Where the rows of one pairing are kept. */
export type ExchangeStore<Row extends Exchange> = {
  /** The last MAX_ATTEMPTS attempts of a key in a stream, in order. */
  readonly load: (stream: number, key: string) => Attempts<Row>;
  /** Whether there is no row at all, which saves looking for those of a new key. */
  readonly isEmpty: () => boolean;
};

/**
 * Pairs messages into rows. `add` takes every message once, in the order of the session; `takeChanged` comes at the end of each
 * batch.
 */
export type Tracker<Row extends Exchange> = {
  /**
   * Takes the next message of the session and gives the row it belongs to; undefined for messages of another sort.
   * @param before another stream, whose row it is where the request came there and its own stream knows nothing of it
   */
  readonly add: (facts: PairingFacts, before?: number) => Row | undefined;
  /**
   * The rows that were added or changed since the last call, each once, as they are now. The caller stores them before
   * it adds more.
   */
  readonly takeChanged: () => Row[];
};

/**
 * Keeps one pairing up to date as messages arrive, in memory that does not grow with the session: beyond `capacity`
 * the keys that were touched longest ago are forgotten, and loaded again when they come back. After a restart, or when a
 * batch was rolled back, a new tracker over the same store continues.
 */
export function createTracker<Row extends Exchange>(
  pairing: Pairing<Row>,
  store: ExchangeStore<Row>,
  capacity = 50_000,
): Tracker<Row> {
  // In the order in which they were last touched.
  const recent = new Map<string, Attempts<Row>>();
  const changed = new Map<number, Row>();
  let isAllRecent = store.isEmpty();

  function attemptsOf(name: string, stream: number, key: string): Attempts<Row> {
    const known = recent.get(name);
    if (known !== undefined) {
      return known;
    }
    return isAllRecent ? [] : store.load(stream, key);
  }

  function forget(): void {
    for (const name of recent.keys()) {
      if (recent.size <= capacity) {
        return;
      }
      recent.delete(name);
      isAllRecent = false;
    }
  }

  return {
    add(facts, before) {
      const key = pairing.keyOf(facts);
      if (key === undefined) {
        return undefined;
      }
      let name = `${facts.stream} ${key}`;
      let attempts = attemptsOf(name, facts.stream, key);
      if (before !== undefined && attempts.length === 0 && !pairing.isRequest(facts)) {
        const other = attemptsOf(`${before} ${key}`, before, key);
        if (other.some(({ startedSeq }) => startedSeq !== undefined)) {
          name = `${before} ${key}`;
          attempts = other;
        }
      }
      const row = pairing.apply(attempts, facts);
      recent.delete(name);
      recent.set(name, withRow(attempts, row));
      changed.set(row.id, row);
      return row;
    },
    takeChanged() {
      const rows = [...changed.values()];
      changed.clear();
      // Not before: what is forgotten has to be in the store.
      forget();
      return rows;
    },
  };
}
