import type { Nanos } from "@inspector/contract/page";

export type TimeSpan = { readonly from: Nanos; readonly to: Nanos };

/** The parts of some spans that others do not cover, joined and ascending. */
export function uncovered(spans: readonly TimeSpan[], others: readonly TimeSpan[]): TimeSpan[] {
  const covers = joined(others);
  return joined(spans).flatMap((span) => {
    const rest: TimeSpan[] = [];
    let { from } = span;
    for (const cover of covers.filter(({ from: begin, to }) => to > span.from && begin < span.to)) {
      if (cover.from > from) {
        rest.push({ from, to: cover.from });
      }
      from = Math.max(from, cover.to);
    }
    return from < span.to ? [...rest, { from, to: span.to }] : rest;
  });
}

function joined(spans: readonly TimeSpan[]): TimeSpan[] {
  const result: { from: Nanos; to: Nanos }[] = [];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.to) {
      last.to = Math.max(last.to, to);
    } else {
      result.push({ from, to });
    }
  }
  return result;
}
