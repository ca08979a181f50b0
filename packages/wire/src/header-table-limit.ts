import { DEFAULT_TABLE_BYTES } from "./hpack.ts";

/** Settings of one side that the other has not acknowledged; real peers send one or two. */
const MAX_UNACKNOWLEDGED = 1000;

/** As plain data. */
export type HeaderTableLimitState = { readonly acknowledged: number; readonly pending: readonly number[] };

/**
 * The table size that one side allows to the other: what it set last, and until that is acknowledged also what it set
 * before, as the other may not have heard yet. RFC 9113, 6.5.3.
 */
export class HeaderTableLimit {
  #acknowledged = DEFAULT_TABLE_BYTES;
  /** The size after each SETTINGS frame without acknowledgement, oldest first. */
  #pending: number[] = [];

  get bytes(): number {
    return Math.max(this.#acknowledged, ...this.#pending);
  }

  /** A SETTINGS frame passed; undefined where it left the size alone. False where too many were not acknowledged. */
  set(bytes: number | undefined): boolean {
    this.#pending.push(bytes ?? this.#pending.at(-1) ?? this.#acknowledged);
    return this.#pending.length <= MAX_UNACKNOWLEDGED;
  }

  /** The other side acknowledged the oldest SETTINGS frame. */
  acknowledge(): void {
    this.#acknowledged = this.#pending.shift() ?? this.#acknowledged;
  }

  save(): HeaderTableLimitState {
    return { acknowledged: this.#acknowledged, pending: [...this.#pending] };
  }

  restore(state: HeaderTableLimitState): void {
    this.#acknowledged = state.acknowledged;
    this.#pending = [...state.pending];
  }
}
