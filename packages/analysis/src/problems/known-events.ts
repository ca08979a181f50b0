import type { SessionFact } from "./events.ts";

/** Events of one type that rules look at; what a session has many of (attempts of a probe) leaves room for what it has one of. */
export const MAX_OF_TYPE = 1000;
/** Types that are kept: more than there are. */
const MAX_TYPES = 100;

type OfType = { readonly newest: SessionFact[]; count: number };

/** What happened in a session beside its messages, by type: the newest of each, so that the end of a recording is always known. */
export class KnownEvents {
  readonly #types = new Map<string, OfType>();
  /** When relays ended, by their numbers. */
  readonly #relayEnds = new Map<number, number[]>();

  /** Takes the next event of the session. */
  add(event: SessionFact): void {
    if (event.type === "relay-ended" || event.type === "relay-lost") {
      this.#relayEnds.set(event.relay, [...(this.#relayEnds.get(event.relay) ?? []), event.at].slice(-MAX_OF_TYPE));
    }
    const known = this.#types.get(event.type) ?? { newest: [], count: 0 };
    if (!this.#types.has(event.type)) {
      if (this.#types.size >= MAX_TYPES) {
        return;
      }
      this.#types.set(event.type, known);
    }
    known.count += 1;
    known.newest.push(event);
    // Given up in large pieces, since each costs a copy.
    if (known.newest.length >= 2 * MAX_OF_TYPE) {
      known.newest.splice(0, known.newest.length - MAX_OF_TYPE);
    }
  }

  /** The newest of a type, oldest first. */
  of(type: string): readonly SessionFact[] {
    return this.#types.get(type)?.newest.slice(-MAX_OF_TYPE) ?? [];
  }

  /** Types of which there are more than are looked at, with the number that there are. */
  get exceeded(): readonly { readonly type: string; readonly count: number; readonly since: SessionFact }[] {
    return [...this.#types].flatMap(([type, { count }]) => {
      const since = this.of(type)[0];
      return count > MAX_OF_TYPE && since !== undefined ? [{ type, count, since }] : [];
    });
  }

  relayEnds(relay: number): readonly number[] {
    return this.#relayEnds.get(relay) ?? [];
  }
}
