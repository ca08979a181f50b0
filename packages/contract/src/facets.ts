/** What the rows that pass a filter have in common, counted. */
import type { Seq } from "./traffic.ts";

/** The lists whose rows are counted. */
export type FacetList = "messages" | "invocations";

/** By what rows are counted, in the order in which it is shown; some are of one list only. */
export const FACET_KEYS = ["fn", "kind", "step", "status", "http", "trigger", "worker", "side", "level"] as const;

export type FacetKey = (typeof FACET_KEYS)[number];

/** Values of one key that an answer names; the most frequent ones are. */
export const MAX_FACET_VALUES = 1000;

export type FacetValue = {
  /** As a person reads it: a function's name, "failed", "200". */
  readonly label: string;
  /**
   * What a filter says for it: these rows pass it. So does a row whose function's id is the name of another function, and one of a worker
   * whose id begins with another worker's. Terms that differ in the case of ASCII letters are one.
   */
  readonly term: string;
  /** Rows that have it. */
  readonly count: number;
};

export type Facet = {
  readonly key: FacetKey;
  /** The most frequent first. */
  readonly values: readonly FacetValue[];
  /** There are more than {@link MAX_FACET_VALUES}. */
  readonly isCut?: true;
};

/**
 * The rows of a part of the session, counted: of those behind `after` as many as there was time for. What follows is asked for with
 * `after: through`, until `through` is `last`; the counts of the parts add up, by their terms.
 */
export type FacetCounts = {
  /** Rows that pass the filter. */
  readonly rows: number;
  readonly facets: readonly Facet[];
  /** The last message that was looked at. Invocations and steps count where their first message is. */
  readonly through: Seq;
  /** The session's last message. */
  readonly last: Seq;
};
