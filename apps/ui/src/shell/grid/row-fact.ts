import { canBeSaid } from "@inspector/filter/term";

/** One thing that a row says, to filter by or to copy: what the row's menu is made of. */
export type RowFact = {
  /** Id of the column in which it stands; several facts may stand in one. */
  readonly column: string;
  /** What it is: "Function", "Duration at least". */
  readonly title: string;
  readonly value: string;
  /** What the filter says for it; absent where the filter has no word for it. */
  readonly term?: string | undefined;
};

/** A fact, or nothing where the row does not say it. */
export function factOf(column: string, title: string, value: string | undefined, term?: string): readonly RowFact[] {
  return value === undefined || value === "" ? [] : [{ column, title, value, term }];
}

/** The same of a value that anybody may have chosen: not every one can be said. */
export function namedFact(
  column: string,
  title: string,
  value: string | undefined,
  term: (value: string) => string,
): readonly RowFact[] {
  return factOf(column, title, value, value !== undefined && canBeSaid(value) ? term(value) : undefined);
}
