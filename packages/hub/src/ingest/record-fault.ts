/** Faults of our own while a record of a journal is taken: they cost one connection its recording, and no other. */
import { reasonOf } from "@inspector/contract/inspector-error";
import { isStorageFault } from "./storage-fault.ts";

/** A record that could not be taken, though nothing is wrong with the place where the session lies. */
export class RecordFault extends Error {
  readonly journal: string;
  readonly seq: number;

  constructor(journal: string, seq: number, cause: unknown) {
    super(reasonOf(cause), { cause });
    this.name = "RecordFault";
    this.journal = journal;
    this.seq = seq;
  }
}

export type KnownFault = {
  readonly reason: string;
  /** How often the record has failed: at first its connection fails, then it is passed over with a word, then without. */
  readonly times: number;
};

/** Up to which record a journal was read. */
export type Reached = { readonly journal: string; readonly seq: number };

/**
 * What is known of records that cannot be taken, across the ingests that are begun anew because of them.
 *
 * Rows are written in bulk, so that a fault may show long after the record that caused it: at first it is no record's. Until
 * everything that the failed batch had read is committed, the ingest is *careful*: it takes small batches, and writes its rows after
 * every record, so that a fault then is that of the record.
 */
export class RecordFaults {
  readonly #faults = new Map<string, Map<number, KnownFault>>();
  /** By journal: the record up to which batches are careful. */
  readonly #careful = new Map<string, number>();

  get isCareful(): boolean {
    return this.#careful.size > 0;
  }

  of(journal: string): ReadonlyMap<number, KnownFault> {
    return this.#faults.get(journal) ?? new Map();
  }

  /**
   * Takes an error that ended a batch.
   * @param reached where the failed batch had got to
   * @returns whether beginning anew can get past it; false for a fault of the disk, and for one that cannot be assigned
   */
  note(error: unknown, reached: readonly Reached[]): boolean {
    if (isStorageFault(error)) {
      return false;
    }
    const fault = error instanceof RecordFault ? error : undefined;
    if (this.isCareful) {
      if (fault === undefined) {
        return false;
      }
      this.#condemn(fault);
    }
    const known = fault === undefined ? reached : [...reached, { journal: fault.journal, seq: fault.seq + 1 }];
    for (const { journal, seq } of known) {
      this.#careful.set(journal, Math.max(this.#careful.get(journal) ?? 0, seq));
    }
    return this.isCareful;
  }

  #condemn({ journal, seq, message }: RecordFault): void {
    const faults = this.#faults.get(journal) ?? new Map<number, KnownFault>();
    this.#faults.set(journal, faults);
    faults.set(seq, { reason: message, times: (faults.get(seq)?.times ?? 0) + 1 });
  }

  /** Everything before a record of a journal is committed. */
  committed(journal: string, seq: number): void {
    if ((this.#careful.get(journal) ?? Number.POSITIVE_INFINITY) <= seq) {
      this.#careful.delete(journal);
    }
    const faults = this.#faults.get(journal);
    if (faults === undefined) {
      return;
    }
    for (const known of faults.keys()) {
      if (known < seq) {
        faults.delete(known);
      }
    }
    if (faults.size === 0) {
      this.#faults.delete(journal);
    }
  }
}
