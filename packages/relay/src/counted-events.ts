/** Events of a kind that may happen without end: what is recorded of each kind is bounded, and nothing goes uncounted. */
import type { JournalEvent } from "./journal.ts";

const EVERY_MS = 60_000;
/** Kinds that are counted one by one; any more are counted together. */
const MAX_KINDS = 50;

type Kind = { count: number; readonly event: JournalEvent; readonly timer: NodeJS.Timeout };

/** Records the first event of a kind, and once a minute how many more there were. */
export class CountedEvents {
  readonly #record: (event: JournalEvent) => void;
  readonly #kinds = new Map<string, Kind>();

  constructor(record: (event: JournalEvent) => void) {
    this.#record = record;
  }

  /**
   * @param name of the kind
   * @param event recorded as it is for the first, with `count` for those that follow
   * @returns whether it is the first of its kind for a minute
   */
  add(name: string, event: JournalEvent): boolean {
    if (this.#count(name, event, 0)) {
      this.#record(event);
      return true;
    }
    return false;
  }

  /** Only counts: the first is recorded with the others, too. */
  addQuietly(name: string, event: JournalEvent): void {
    this.#count(name, event, 1);
  }

  /** Records what was counted and not recorded yet. */
  close(): void {
    for (const name of [...this.#kinds.keys()]) {
      this.#flush(name);
    }
  }

  #count(name: string, event: JournalEvent, first: number): boolean {
    const key = this.#kinds.size < MAX_KINDS || this.#kinds.has(name) ? name : "others";
    const known = this.#kinds.get(key);
    if (known !== undefined) {
      known.count += 1;
      return false;
    }
    const timer = setTimeout(() => this.#flush(key), EVERY_MS).unref();
    this.#kinds.set(key, { count: first, event, timer });
    return true;
  }

  #flush(name: string): void {
    const kind = this.#kinds.get(name);
    if (kind === undefined) {
      return;
    }
    clearTimeout(kind.timer);
    this.#kinds.delete(name);
    if (kind.count > 0) {
      this.#record({ ...kind.event, count: kind.count });
    }
  }
}
