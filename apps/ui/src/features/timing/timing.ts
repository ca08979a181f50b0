import type { Nanos } from "@inspector/contract/page";
import { formatSpan } from "../../shell/format/time.ts";

/** Something that was seen of an invocation while it ran. `index` is its place among all that was seen. */
export type Mark = { readonly at: Nanos; readonly label: string; readonly index: number };

/** A part of an invocation's time. */
export type Phase = {
  readonly label: string;
  readonly from: Nanos;
  readonly to: Nanos;
  /** Number of marks inside this part that have no line of their own because they follow one another quickly. */
  readonly merged: number;
  /** It goes on: nothing was seen since. */
  readonly isOpen?: true;
};

/** The share of the whole time from which a part has a line of its own. */
const OWN_LINE_PART = 0.08;

/** Messages that are all read, to tell one silence from the next. */
const MOST_READ = 60;

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
    const steps = mark.index - start.index;
    // Marks between which others were left out are many steps.
    const isQuick = !own.has(index) || steps > 1;
    if (last && isQuick && last.merged > 0) {
      const merged = last.merged + steps;
      phases[phases.length - 1] = { ...last, to: mark.at, merged, label: quickLabel(merged) };
    } else {
      const label = isQuick ? quickLabel(steps) : phaseLabel(start, mark);
      phases.push({ label, from: start.at, to: mark.at, merged: isQuick ? steps : 0 });
    }
  }
  return phases;
}

/** What was seen last, and for how long there was nothing since. */
export function openPhase(last: Mark, now: Nanos): Phase {
  const since = last.label === "request" ? "the request" : last.label;
  return { label: `waiting since ${since}`, from: last.at, to: Math.max(now, last.at), merged: 0, isOpen: true };
}

/**
 * Places, among `count` messages, that have to be looked at to tell where the time went: all of few, and of many the ends and
 * those around `pauses`, the places before which nothing came for longest.
 */
export function placesToRead(count: number, pauses: readonly number[]): readonly number[] {
  if (count <= MOST_READ) {
    return Array.from({ length: count }, (_, index) => index);
  }
  const wanted = new Set([0, count - 1, ...pauses, ...pauses.map((index) => index - 1)]);
  return [...wanted].filter((index) => index >= 0 && index < count).sort((a, b) => a - b);
}

/** A log says what comes next more often than what is done, so a part is named after the log that it follows. */
function phaseLabel(start: Mark, end: Mark): string {
  return start.label === "request" ? `request → ${end.label}` : `after ${start.label}`;
}

function quickLabel(count: number): string {
  return count === 1 ? "1 short step" : `${count} short steps`;
}

/** @param limit functionTimeout, as long as the host waits for an invocation */
export function describePatience(waited: Nanos, limit: Nanos): string {
  const host = `The host waits ${formatSpan(limit)} for it (functionTimeout)`;
  return waited < limit
    ? `${host}: ${Math.floor((waited / limit) * 100)}\u202f% are over.`
    : `${host}: they are over, and it ends the worker.`;
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
