import type { Seq } from "@inspector/contract/page";
import { attention } from "./attention.ts";
import { FrameSignal, type Schedule } from "./frame-signal.ts";

/** Rows in one request; keeps its URL under 2 KB at seven digits a number. */
export const BATCH_ROWS = 200;

/** Rows that stay in memory: some hundred screens. */
export const KEPT_ROWS = 20_000;

/**
 * So long rows that changed wait to be asked for again, for others that change: a call is mostly answered right after it
 * was made. Rows that are new are asked for at once, and those that changed with them.
 */
const RENEW_MS = 200;

/** The same where nobody is at the page: most of them come with the next row that is new then. */
const RENEW_ALONE_MS = 800;

const MAX_REQUESTS = 2;
const RETRY_MS = 1000;

/** Where rows come from: those that do not exist are left out of the answer. */
export type RowSource<Row> = {
  readonly fetch: (seqs: readonly Seq[]) => Promise<readonly Row[]>;
  readonly numberOf: (row: Row) => Seq;
};

/**
 * Rows by sequence number, fetched when they come into sight and kept while they were wanted recently.
 *
 * Only the newest wish counts: while the list is dragged past a hundred screens, at most {@link MAX_REQUESTS} are on
 * their way and those in between are never asked for.
 */
export class RowCache<Row> {
  readonly signal: FrameSignal;
  readonly #source: RowSource<Row>;
  readonly #rows = new Map<Seq, Row>();
  /** Changed since they were asked for: shown as they were until the answer is there. */
  readonly #stale = new Set<Seq>();
  readonly #pending = new Set<Seq>();
  readonly #missing = new Set<Seq>();
  #wanted: readonly Seq[] = [];
  #isAtEnd = false;
  #requests = 0;
  #generation = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #renewTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(source: RowSource<Row>, schedule: Schedule) {
    this.#source = source;
    this.signal = new FrameSignal(schedule);
  }

  get size(): number {
    return this.#rows.size;
  }

  get(seq: Seq): Row | undefined {
    return this.#rows.get(seq);
  }

  /** Whether the hub answered without it: the row was deleted after its number had been sent. */
  isMissing(seq: Seq): boolean {
    return this.#missing.has(seq);
  }

  /**
   * Says which rows are needed now, the most urgent first, in place of what was wanted before.
   * @param isAtEnd the list's last row is in sight, so that rows that are added will be
   */
  want(seqs: readonly Seq[], isAtEnd = false): void {
    this.#wanted = seqs;
    this.#isAtEnd = isAtEnd;
    for (const seq of seqs) {
      this.#touch(seq);
    }
    this.#pump();
  }

  /** Says which rows were added to a list, ascending: where its end is in sight they are fetched before it is drawn again. */
  expect(seqs: Uint32Array): void {
    if (this.#isAtEnd && seqs.length > 0) {
      const wanted = new Set([...seqs.slice(-BATCH_ROWS), ...this.#wanted]);
      this.#wanted = [...wanted].slice(0, 2 * BATCH_ROWS);
      this.#pump();
    }
  }

  /** Says which rows are not any more what they were; those in sight are asked for again. */
  refresh(seqs: Iterable<Seq>): void {
    for (const seq of seqs) {
      this.#missing.delete(seq);
      if (this.#rows.has(seq) || this.#pending.has(seq)) {
        this.#stale.add(seq);
      }
    }
    if (this.#stale.size > 0) {
      this.#renewTimer ??= setTimeout(
        () => {
          this.#renewTimer = undefined;
          this.#pump();
        },
        attention.isLeftAlone() ? RENEW_ALONE_MS : RENEW_MS,
      );
    }
    this.#pump();
  }

  /** Forgets every row: the numbers mean another session's messages from now on. */
  clear(): void {
    this.#generation++;
    this.#rows.clear();
    this.#pending.clear();
    this.#stale.clear();
    this.#missing.clear();
    this.#wanted = [];
    this.#requests = 0;
    this.signal.raise();
  }

  /** Asks again at once for what could not be fetched, because the connection is back. */
  retry(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    this.#pump();
  }

  /** A Map keeps the order of insertion, so the first key is the one that was wanted longest ago. */
  #touch(seq: Seq): void {
    const row = this.#rows.get(seq);
    if (row === undefined) {
      return;
    }
    this.#rows.delete(seq);
    this.#rows.set(seq, row);
  }

  #pump(): void {
    while (this.#requests < MAX_REQUESTS && this.#retryTimer === undefined) {
      const batch = this.#nextBatch();
      if (batch.length === 0) {
        return;
      }
      void this.#fetch(batch);
    }
  }

  #nextBatch(): Seq[] {
    const batch: Seq[] = [];
    let isDue = this.#renewTimer === undefined;
    for (const seq of this.#wanted) {
      const isNew = !this.#rows.has(seq);
      if (!(isNew || this.#stale.has(seq)) || this.#pending.has(seq) || this.#missing.has(seq)) {
        continue;
      }
      isDue ||= isNew;
      batch.push(seq);
      if (batch.length === BATCH_ROWS) {
        break;
      }
    }
    return isDue ? batch.sort((a, b) => a - b) : [];
  }

  async #fetch(batch: readonly Seq[]): Promise<void> {
    const generation = this.#generation;
    this.#requests++;
    for (const seq of batch) {
      this.#pending.add(seq);
      this.#stale.delete(seq);
    }
    const rows = await this.#source.fetch(batch).catch(() => undefined);
    if (generation !== this.#generation) {
      return;
    }
    this.#requests--;
    for (const seq of batch) {
      this.#pending.delete(seq);
    }
    if (rows === undefined) {
      this.#failed(batch);
    } else {
      this.#keep(batch, rows);
    }
    this.#pump();
  }

  #keep(batch: readonly Seq[], rows: readonly Row[]): void {
    for (const row of rows) {
      this.#rows.set(this.#source.numberOf(row), row);
    }
    for (const seq of batch) {
      if (!this.#rows.has(seq)) {
        this.#missing.add(seq);
      }
    }
    for (const seq of this.#rows.keys()) {
      if (this.#rows.size <= KEPT_ROWS) {
        break;
      }
      this.#rows.delete(seq);
      this.#stale.delete(seq);
    }
    this.signal.raise();
  }

  #failed(batch: readonly Seq[]): void {
    for (const seq of batch) {
      if (this.#rows.has(seq)) {
        this.#stale.add(seq);
      }
    }
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.retry(), RETRY_MS);
  }
}
