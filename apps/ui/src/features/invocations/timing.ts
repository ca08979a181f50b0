import type { Nanos } from "@inspector/contract/page";

/** Something that was seen of an invocation while it ran. */
export type Mark = { readonly at: Nanos; readonly label: string };

/** A part of an invocation's time. */
export type Phase = {
  readonly label: string;
  readonly from: Nanos;
  readonly to: Nanos;
  /** Number of marks inside this part that have no line of their own because they follow one another quickly. */
  readonly merged: number;
};

/** The share of the whole time from which a part has a line of its own. */
const OWN_LINE_PART = 0.08;

/** Lines at most: the longest parts have their own, those between them share one. */
const MAX_OWN_LINES = 6;

/**
 * Where the time went, between what was seen: from the request to the first log, from log to log, to the answer.
 * Parts too short to matter are one part with those beside them. `marks` are ascending; the first and the last are the
 * request and the answer, or now.
 */
export function listPhases(marks: readonly Mark[]): Phase[] {
  const total = (marks.at(-1)?.at ?? 0) - (marks[0]?.at ?? 0);
  const gaps = marks.slice(1).map((mark, index) => mark.at - (marks[index]?.at ?? 0));
  const own = new Set(
    [...gaps.keys()]
      .filter((index) => (gaps[index] ?? 0) >= total * OWN_LINE_PART)
      .sort((a, b) => (gaps[b] ?? 0) - (gaps[a] ?? 0))
      .slice(0, MAX_OWN_LINES),
  );
  const phases: Phase[] = [];
  for (const [index, mark] of marks.slice(1).entries()) {
    const start = marks[index];
    if (start === undefined) {
      continue;
    }
    const last = phases.at(-1);
    const isQuick = !own.has(index);
    if (last && isQuick && last.merged > 0) {
      phases[phases.length - 1] = { ...last, to: mark.at, merged: last.merged + 1, label: quickLabel(last.merged + 1) };
    } else {
      const label = isQuick ? quickLabel(1) : phaseLabel(start, mark);
      phases.push({ label, from: start.at, to: mark.at, merged: isQuick ? 1 : 0 });
    }
  }
  return phases;
}

/** A log says what comes next more often than what is done, so a part is named after the log that it follows. */
function phaseLabel(start: Mark, end: Mark): string {
  return start.label === "request" ? `request → ${end.label}` : `after ${start.label}`;
}

function quickLabel(count: number): string {
  return count === 1 ? "one short step" : `${count} short steps`;
}

/** How a duration compares with the function's others. */
export function compareDuration(
  duration: Nanos,
  { p50, p95 }: { readonly p50?: Nanos; readonly p95?: Nanos },
): string | undefined {
  if (p50 === undefined || p50 === 0) {
    return undefined;
  }
  const factor = duration / p50;
  if (p95 !== undefined && duration > p95) {
    return `slower than 95 % of this function's calls, ${times(factor)} the median`;
  }
  if (factor >= 1.5) {
    return `${times(factor)} the median of this function`;
  }
  return factor <= 0.67 ? `faster than most: ${times(factor)} the median` : "about the median of this function";
}

function times(factor: number): string {
  return `${factor >= 10 ? Math.round(factor) : factor.toFixed(1)}×`;
}
