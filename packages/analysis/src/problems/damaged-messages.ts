import type { Damage } from "@inspector/proto";
import type { RangeMessage } from "./range-message.ts";

/** A message that a strict parser refuses, with what is wrong in it. */
export type DamagedMessage = Pick<RangeMessage, "seq" | "at" | "stream" | "side" | "kind"> & {
  readonly damage: Damage;
};

type Group = { readonly first: DamagedMessage; readonly newest: DamagedMessage; readonly count: number };

/** Different damages that are remembered: the newest. */
const MAX_GROUPS = 1000;

/** The damaged messages of a session: of those that have stream, sender, kind and field in common, the first and the newest. */
export class DamagedMessages {
  readonly #groups = new Map<string, Group>();

  get groups(): readonly Group[] {
    return [...this.#groups.values()];
  }

  add(message: DamagedMessage): void {
    const { stream, side, kind, damage } = message;
    const name = `${stream} ${side} ${kind} ${damage.path}`;
    const known = this.#groups.get(name);
    if (known !== undefined) {
      this.#groups.set(name, { ...known, newest: message, count: known.count + 1 });
      return;
    }
    this.#groups.set(name, { first: message, newest: message, count: 1 });
    const [oldest] = this.#groups.keys();
    if (this.#groups.size > MAX_GROUPS && oldest !== undefined) {
      this.#groups.delete(oldest);
    }
  }

  /** The newest of one side in a stream. */
  last(stream: number, side: number): DamagedMessage | undefined {
    let last: DamagedMessage | undefined;
    for (const { newest } of this.#groups.values()) {
      if (newest.stream === stream && newest.side === side && newest.seq > (last?.seq ?? 0)) {
        last = newest;
      }
    }
    return last;
  }
}
