/** Which answers of a worker belong to replays. */
import { IdFilter } from "./message-head.ts";

/** Ids that are remembered of one stream, at most; the oldest are forgotten. */
export const MAX_IDS = 100_000;

/** For so long after an answer what the worker still says of the invocation is looked for. */
const LATE_NANOS = 60e9;
/** For so long it is looked for in bytes that are held back until they can be judged. */
const STRICT_NANOS = 2e9;

/** How closely a stream must be watched for what a worker says of replays. */
export type Watchfulness =
  /** Every message is judged before any of its bytes goes on. */
  | "strict"
  /** Bytes pass as they come, but for a message that can be told from within one chunk to belong to a replay. */
  | "lenient"
  | "none";

/**
 * An invocation id is
 *
 * - *awaited* from when its replay is taken until the worker has answered it, or nobody waits for that any more;
 * - *late* from then on: a worker may log about an invocation that it has answered. It is forgotten after a minute where it
 *   was answered, else with its stream.
 */
export class ReplayedIds {
  /** Each with all that one message of the worker answers together. */
  readonly #awaited = new Map<number, Map<string, readonly string[]>>();
  /** When each was answered; Infinity where it was not. */
  readonly #late = new Map<number, Map<string, number>>();
  readonly #filter = new IdFilter();
  #strictUntil = 0;

  /** Cheap: false where none of them is the id that stands there. */
  get filter(): IdFilter {
    return this.#filter;
  }

  has(stream: number, id: string): boolean {
    return this.#awaited.get(stream)?.has(id) === true || this.#late.get(stream)?.has(id) === true;
  }

  hasAny(stream: number): boolean {
    return this.#awaited.has(stream) || this.#late.has(stream);
  }

  isAwaiting(stream: number): boolean {
    return this.#awaited.has(stream);
  }

  /** @param together ids that one message answers: that of an invocation, or the names of maps of shared memory */
  add(stream: number, together: readonly string[]): void {
    const awaited = this.#awaited.get(stream) ?? new Map<string, readonly string[]>();
    for (const id of together) {
      remember(awaited, () => awaited.set(id, together));
      this.#filter.add(id);
    }
    if (awaited.size > 0) {
      this.#awaited.set(stream, awaited);
    }
  }

  /** @param at when, in nanoseconds; Infinity where nobody waits for the answer any more */
  answered(stream: number, id: string, at: number): void {
    const awaited = this.#awaited.get(stream);
    const together = awaited?.get(id);
    if (awaited === undefined || together === undefined) {
      return;
    }
    if (at !== Number.POSITIVE_INFINITY) {
      this.#strictUntil = at + STRICT_NANOS;
    }
    const late = this.#late.get(stream) ?? new Map<string, number>();
    this.#late.set(stream, late);
    for (const one of together) {
      awaited.delete(one);
      remember(late, () => late.set(one, at));
    }
    if (awaited.size === 0) {
      this.#awaited.delete(stream);
    }
  }

  /** It was not sent. */
  cancel(stream: number, id: string): void {
    const awaited = this.#awaited.get(stream);
    awaited?.delete(id);
    if (awaited?.size === 0) {
      this.#awaited.delete(stream);
    }
  }

  /** Whether a stream has been answered of late, by what `clock` says. */
  isStrict(clock: () => number): boolean {
    return this.#strictUntil > 0 && clock() <= this.#strictUntil;
  }

  watchfulness(stream: number, now: number): Watchfulness {
    if (this.#awaited.has(stream)) {
      return "strict";
    }
    const late = this.#late.get(stream);
    if (late === undefined) {
      return "none";
    }
    let last = 0;
    for (const [id, at] of late) {
      if (now - at > LATE_NANOS) {
        late.delete(id);
      } else if (at !== Number.POSITIVE_INFINITY) {
        last = Math.max(last, at);
      }
    }
    if (late.size === 0) {
      this.#late.delete(stream);
    }
    if (late.size === 0) {
      return "none";
    }
    return last > 0 && now - last <= STRICT_NANOS ? "strict" : "lenient";
  }

  forget(stream: number): void {
    this.#awaited.delete(stream);
    this.#late.delete(stream);
  }
}

/** Adds to what is remembered; the oldest is forgotten where it is too much. */
export function remember(
  memory: { size: number; keys(): Iterator<string>; delete(key: string): boolean },
  add: () => void,
): void {
  add();
  if (memory.size <= MAX_IDS) {
    return;
  }
  const oldest = memory.keys().next();
  if (oldest.done !== true) {
    memory.delete(oldest.value);
  }
}
