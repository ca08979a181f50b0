import type { Nanos, Overview } from "@inspector/contract/page";
import { type Database, numberOf, type SqlRow } from "./database.ts";
import { BIN_WIDTHS } from "./density.ts";
import { createTimePlaces } from "./time-places.ts";

/** A stretch of the session, in nanoseconds, and how many buckets it is to have. */
export type OverviewRange = { readonly from?: Nanos; readonly to?: Nanos; readonly buckets: number };

type Span = { readonly from: Nanos; readonly to: Nanos };

/** A gap is left out when it is longer than this and takes more than this part of what is shown. */
const MIN_GAP: Nanos = 15_000_000_000;
const GAP_SHARE = 0.1;
/** Most stretches that the axis is cut into. */
const MAX_STRETCHES = 40;

/** Most buckets of one overview. */
export const MAX_BUCKETS = 4000;

/** In a stretch that holds at most so many messages they are counted themselves, at full resolution. */
const MAX_COUNTED = 50_000;

type Count = Span & {
  readonly stream: number;
  readonly messages: number;
  readonly errors: number;
  readonly bytes: number;
};

/** Density over a stretch of time, the whole session unless told otherwise. */
export function overviewOf(database: Database, range: OverviewRange): Overview {
  const wanted = Math.min(Math.max(Math.floor(range.buckets), 1), MAX_BUCKETS);
  const from = range.from ?? 0;
  const to = Math.max(range.to ?? endOf(database), from + 1);
  const { counts, spans, width } = lookAt(database, { from, to }, wanted);
  // Buckets that are narrower than what was counted would be a fence with holes.
  const buckets = Math.min(wanted, Math.max(Math.ceil(lengthOf(spans) / width), spans.length));
  const axis = axisOf(spans, buckets);
  return { from, to, buckets, axis, lanes: lanesOf(counts, axis, buckets) };
}

/** Looks from afar first; what is not idle is looked at more closely as long as the buckets can show it. */
function lookAt(
  database: Database,
  whole: Span,
  buckets: number,
): { counts: readonly Count[]; spans: readonly Span[]; width: Nanos } {
  const [fine, coarse] = BIN_WIDTHS;
  let width = coarse;
  let counts = countBins(database, whole, coarse);
  let spans: readonly Span[] = busySpans(counts, whole);
  if (lengthOf(spans) / buckets < coarse) {
    width = fine;
    counts = spans.flatMap((span) => countBins(database, span, fine));
    spans = busySpans(counts, whole);
  }
  const counted = lengthOf(spans) / buckets < fine ? countMessages(database, spans) : undefined;
  return counted === undefined ? { counts, spans, width } : { counts: counted, spans, width: 1 };
}

/** The end of the last bin. */
function endOf(database: Database): Nanos {
  const [width] = BIN_WIDTHS;
  const last = database.prepare("SELECT max(bin) AS bin FROM density WHERE width = ?").get(width);
  return (numberOf(last?.["bin"]) + 1) * width;
}

/** What was counted while it was written, ascending in time. */
function countBins(database: Database, span: Span, width: Nanos): Count[] {
  return database
    .prepare(
      "SELECT bin, stream, messages, errors, bytes FROM density WHERE width = ? AND bin >= ? AND bin < ? ORDER BY bin",
    )
    .all(width, Math.floor(span.from / width), Math.ceil(span.to / width))
    .map((row) => ({ from: numberOf(row["bin"]) * width, to: (numberOf(row["bin"]) + 1) * width, ...amountsOf(row) }));
}

function amountsOf(row: SqlRow): Omit<Count, "from" | "to"> {
  return {
    stream: numberOf(row["stream"]),
    messages: numberOf(row["messages"]),
    errors: numberOf(row["errors"]),
    bytes: numberOf(row["bytes"]),
  };
}

/** The messages themselves, ascending in time; undefined where there are too many. */
function countMessages(database: Database, spans: readonly Span[]): Count[] | undefined {
  const places = createTimePlaces(database);
  const ranges = spans.map(({ from, to }) => ({ from, to, first: places.firstAt(from), end: places.firstAt(to) }));
  if (ranges.reduce((sum, { first, end }) => sum + end - first, 0) > MAX_COUNTED) {
    return undefined;
  }
  const select = database.prepare(
    `SELECT at, stream, 1 AS messages, (ifnull(status = 0, 0) OR ifnull(level IN (4, 5), 0)) AS errors, size AS bytes
     FROM message WHERE seq >= ? AND seq < ? AND at >= ? AND at < ? ORDER BY at`,
  );
  return ranges.flatMap(({ from, to, first, end }) =>
    select
      .all(first, end, from, to)
      .map((row) => ({ from: numberOf(row["at"]), to: numberOf(row["at"]) + 1, ...amountsOf(row) })),
  );
}

/** Stretches with something in them; those that hardly anything lies between are one. */
function busySpans(counts: readonly Count[], whole: Span): Span[] {
  const gaps: Span[] = [];
  let at = whole.from;
  for (const count of counts) {
    if (count.from - at > MIN_GAP) {
      gaps.push({ from: at, to: count.from });
    }
    at = Math.max(at, count.to);
  }
  if (whole.to - at > MIN_GAP && counts.length > 0) {
    gaps.push({ from: at, to: whole.to });
  }
  const idle = worthLeavingOut(gaps, whole).sort((a, b) => a.from - b.from);
  const spans: Span[] = [];
  let start = whole.from;
  for (const gap of idle) {
    if (gap.from > start) {
      spans.push({ from: start, to: gap.from });
    }
    start = gap.to;
  }
  if (start < whole.to) {
    spans.push({ from: start, to: whole.to });
  }
  return spans;
}

/** The longest gap first, as long as it takes a good part of what is still shown. */
function worthLeavingOut(gaps: readonly Span[], whole: Span): Span[] {
  const chosen: Span[] = [];
  let shown = whole.to - whole.from;
  for (const gap of [...gaps].sort((a, b) => b.to - b.from - (a.to - a.from))) {
    const length = gap.to - gap.from;
    if (length < shown * GAP_SHARE || chosen.length >= MAX_STRETCHES - 1) {
      break;
    }
    chosen.push(gap);
    shown -= length;
  }
  return chosen;
}

function lengthOf(spans: readonly Span[]): Nanos {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** Deals the buckets out by length, at least one to each stretch. */
function axisOf(spans: readonly Span[], buckets: number): Overview["axis"] {
  const kept = spans.slice(0, buckets);
  const total = lengthOf(kept);
  let passed = 0;
  let firstBucket = 0;
  return kept.map(({ from, to }, index) => {
    passed += to - from;
    const left = kept.length - 1 - index;
    const end = index === kept.length - 1 ? buckets : Math.round((passed / total) * buckets);
    const lastBucket = Math.min(Math.max(end - 1, firstBucket), buckets - 1 - left);
    const stretch = { from, to, firstBucket, lastBucket };
    firstBucket = lastBucket + 1;
    return stretch;
  });
}

function lanesOf(counts: readonly Count[], axis: Overview["axis"], buckets: number): Overview["lanes"] {
  type Lane = { stream: number; messages: number[]; errors: number[]; bytes: number[] };
  const lanes = new Map<number, Lane>();
  const zeros = () => new Array<number>(buckets).fill(0);
  let index = 0;
  for (const { from, to, stream, messages, errors, bytes } of counts) {
    const middle = (from + to) / 2;
    while (index + 1 < axis.length && middle >= (axis[index + 1]?.from ?? Infinity)) {
      index += 1;
    }
    const stretch = axis[index];
    if (stretch === undefined) {
      continue;
    }
    const width = (stretch.to - stretch.from) / (stretch.lastBucket - stretch.firstBucket + 1);
    const offset = Math.floor((middle - stretch.from) / width);
    const bucket = Math.min(Math.max(stretch.firstBucket + offset, stretch.firstBucket), stretch.lastBucket);
    const lane = lanes.get(stream) ?? { stream, messages: zeros(), errors: zeros(), bytes: zeros() };
    lanes.set(stream, lane);
    lane.messages[bucket] = (lane.messages[bucket] ?? 0) + messages;
    lane.errors[bucket] = (lane.errors[bucket] ?? 0) + errors;
    lane.bytes[bucket] = (lane.bytes[bucket] ?? 0) + bytes;
  }
  return [...lanes.values()].sort((a, b) => a.stream - b.stream);
}
