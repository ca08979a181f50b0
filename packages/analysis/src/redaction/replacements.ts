/** What was replaced, counted by reason, with the first places of each. */
import { MAX_PLACES, type Replaced, type ReplacedPlace } from "@inspector/contract/export";

/** A reason for the report. */
export type Why = Pick<Replaced, "why" | "what" | "fieldClass">;

type Count = { readonly why: Why; count: number; readonly places: Map<string, ReplacedPlace> };

export class Replacements {
  /** By `what`, for each `why`. */
  readonly #counts = new Map<Why["why"], Map<string, Count>>();
  #place: ReplacedPlace | undefined;

  enter(place: ReplacedPlace): void {
    this.#place = place;
  }

  count(why: Why): void {
    const found = this.#counts.get(why.why)?.get(why.what) ?? this.#added(why);
    found.count += 1;
    if (this.#place !== undefined && found.places.size < MAX_PLACES) {
      found.places.set(Object.values(this.#place).join(" "), this.#place);
    }
  }

  #added(why: Why): Count {
    const added = { why, count: 0, places: new Map<string, ReplacedPlace>() };
    const others = this.#counts.get(why.why) ?? new Map<string, Count>();
    this.#counts.set(why.why, others.set(why.what, added));
    return added;
  }

  /** Most often replaced first. */
  list(): Replaced[] {
    return [...this.#counts.values()]
      .flatMap((counts) => [...counts.values()])
      .sort((a, b) => b.count - a.count)
      .map(({ why, count, places }) => ({ ...why, count, places: [...places.values()] }));
  }
}
