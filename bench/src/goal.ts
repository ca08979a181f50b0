/** A figure that has to be reached, and whether it was. */
export type Goal = {
  readonly title: string;
  /** Undefined where it was not measured. */
  readonly isReached: boolean | undefined;
  readonly wanted: string;
  readonly measured: string;
};

export function atLeast(title: string, limit: number, value: number | undefined): Goal {
  return { title, wanted: `≥ ${limit}`, ...said(value), isReached: value === undefined ? undefined : value >= limit };
}

export function atMost(title: string, limit: number, value: number | undefined): Goal {
  return { title, wanted: `≤ ${limit}`, ...said(value), isReached: value === undefined ? undefined : value <= limit };
}

function said(value: number | undefined): { measured: string } {
  return { measured: value === undefined ? "not measured" : value.toFixed(2) };
}
