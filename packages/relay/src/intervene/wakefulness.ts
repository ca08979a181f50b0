import type { Rewriting } from "./rewriting.ts";
import type { Rules } from "./rules.ts";
import type { Way, Ways } from "./ways.ts";

/** Decides when a direction has to be intervened in, and when it may pass again. */
export class Wakefulness {
  readonly #ways: Ways;
  readonly #rules: Rules;
  readonly #rewriting: Rewriting | undefined;
  readonly #nanos: () => number;

  constructor(ways: Ways, rules: Rules, rewriting: Rewriting | undefined, nanos: () => number) {
    this.#ways = ways;
    this.#rules = rules;
    this.#rewriting = rewriting;
    this.#nanos = nanos;
  }

  wake(): void {
    for (const way of this.#ways.all) {
      if (!way.inbox.isActive && this.#isNeeded(way)) {
        way.inbox.activate();
      }
    }
  }

  rest(): void {
    for (const way of this.#ways.all) {
      if (way.inbox.isActive && way.inbox.canDeactivate && !this.#isNeeded(way)) {
        way.inbox.deactivate();
      }
    }
  }

  /** Whether a direction has to be intervened in. */
  #isNeeded(way: Way): boolean {
    const { outbox, direction } = way;
    if (!outbox.isEmpty || !outbox.flow.isRoomy || this.#ways.against(direction).outbox.flow.hasCredit) {
      return true;
    }
    if (direction === "to-host" && (this.#rewriting?.isEmpty === false || this.withheldOf(way) > 0)) {
      return true;
    }
    for (const { stream } of outbox.lanes.values()) {
      if (this.#rules.mustJudge(stream, direction)) {
        return true;
      }
    }
    return false;
  }

  /**
   * How much of a frame's header must not pass at the end of a chunk, since what the frame holds may be for us alone. A header
   * that began in the chunk before has gone.
   */
  withheldOf({ inbox: { walker }, direction }: Way, walked = Number.POSITIVE_INFINITY): number {
    const bytes = walker.partialHeader.length;
    if (bytes === 0 || bytes > walked || direction === "to-worker") {
      return 0;
    }
    return this.#rules.replays.isStrict(this.#nanos) ? bytes : 0;
  }

  /** Whether a direction that has passed a chunk has to be intervened in from here on. */
  mustWake({ outbox, direction }: Way): boolean {
    return outbox.hasWork || outbox.flow.isTight || this.#ways.against(direction).outbox.flow.hasCredit;
  }
}
