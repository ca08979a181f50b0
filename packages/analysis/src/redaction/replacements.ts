/** What was replaced, counted by reason, with the first places of each. */
import { MAX_PLACES, type Replaced, type ReplacedPlace } from "@inspector/contract/export";

/** A reason for the report. */
export type Why = Pick<Replaced, "why" | "what" | "fieldClass">;

type Count = { readonly why: Why; count: number; readonly places: Map<string, ReplacedPlace> };

export class Replacements {
  readonly #counts = new Map<string, Count>();
  #place: ReplacedPlace | undefined;

  enter(place: ReplacedPlace): void {
    this.#place = place;
  }

  count(why: Why): void {
    const key = `${why.why} ${why.what}`;
    const found = this.#counts.get(key) ?? { why, count: 0, places: new Map<string, ReplacedPlace>() };
    this.#counts.set(key, found);
    found.count += 1;
    if (this.#place !== undefined && found.places.size < MAX_PLACES) {
      found.places.set(Object.values(this.#place).join(" "), this.#place);
    }
  }

  /** Most often replaced first. */
  list(): Replaced[] {
    return [...this.#counts.values()]
      .sort((a, b) => b.count - a.count)
      .map(({ why, count, places }) => ({ ...why, count, places: [...places.values()] }));
  }
}
