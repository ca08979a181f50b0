import type { Nanos } from "@inspector/contract/page";
import { formatTick, roundStep } from "../../shell/format/tick.ts";

/** When something was at work. */
export type Span = { readonly from: Nanos; readonly to: Nanos };

/** A stretch of time that is drawn, and where: from `start` to `end`, as parts of the whole width. */
export type Stretch = Span & { readonly start: number; readonly end: number };

/** Where a bar goes, as parts of the whole width. */
export type Bar = { readonly left: number; readonly width: number };

/** Between two stretches: the break that says that time was left out. */
export const BREAK_PART = 0.035;

/** Breaks take no more of the width than so many: the longest idle times are left out first. */
const MAX_BREAKS = 8;

/** Time without work that is left out: a twentieth of the work in sight, and never less than so much. */
const IDLE_PART = 0.05;
const MIN_IDLE: Nanos = 20e6;

/**
 * The time axis of the rows in sight: stretches in which something was at work, one after another, with the idle time
 * between them left out. All of them have the same scale, so that of two bars the longer one took longer.
 * @param freePart what is left free at its end
 */
export function waterfallAxis(spans: readonly Span[], freePart = 0): readonly Stretch[] {
  const stretches = cutIdle(mergeSpans(spans));
  const total = lengthOf(stretches);
  const room = 1 - freePart - BREAK_PART * (stretches.length - 1);
  let start = 0;
  return stretches.map((stretch) => {
    const share = total === 0 ? 1 / stretches.length : (stretch.to - stretch.from) / total;
    const end = start + share * room;
    const placed = { ...stretch, start, end };
    start = end + BREAK_PART;
    return placed;
  });
}

/** What an axis that is followed keeps free at its end for what comes. */
const ROOM_PART = 1 / 4;

/** It stays until what is in sight takes less of it than that. */
const LEAST_USED_PART = 1 / 2;

/**
 * The axis of rows that are followed: as {@link waterfallAxis}, with room at its end. The `last` one stays, and new work is put
 * into its room, for as long as that goes: the bars of what is over then stand still, and not each is drawn anew.
 */
export function steadyAxis(last: readonly Stretch[], spans: readonly Span[]): readonly Stretch[] {
  const busy = mergeSpans(spans);
  return extendAxis(last, busy) ?? waterfallAxis(busy, ROOM_PART);
}

/** Undefined where work in sight has no place on it, or too little of it is in use. */
function extendAxis(axis: readonly Stretch[], busy: readonly Span[]): readonly Stretch[] | undefined {
  const first = busy[0];
  const drawn = axis.at(-1);
  const scale = scaleOf(axis);
  if (first === undefined || drawn === undefined || scale === undefined) {
    return undefined;
  }
  const stretches = [...axis];
  let end = drawn;
  for (const { from, to } of busy) {
    if (to <= end.to) {
      if (!axis.some((stretch) => from >= stretch.from && to <= stretch.to)) {
        return undefined;
      }
      continue;
    }
    if (from < end.from) {
      return undefined;
    }
    const isApart = (from - end.to) * scale > BREAK_PART && stretches.length <= MAX_BREAKS;
    if (isApart) {
      const start = end.end + BREAK_PART;
      end = { from, to, start, end: start + (to - from) * scale };
      stretches.push(end);
    } else {
      end = { ...end, to, end: end.end + (to - end.to) * scale };
      stretches[stretches.length - 1] = end;
    }
  }
  const isUsed = end.end - positionOf(axis, first.from) >= LEAST_USED_PART;
  const isWithin = end.end <= 1;
  return isUsed && isWithin ? (end === drawn ? axis : stretches) : undefined;
}

/** Parts of the width in a nanosecond; undefined where nothing took time. */
function scaleOf(axis: readonly Stretch[]): number | undefined {
  const total = lengthOf(axis);
  return total === 0 ? undefined : axis.reduce((sum, { start, end }) => sum + end - start, 0) / total;
}

function lengthOf(spans: readonly Span[]): Nanos {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** Joins what is closer together than is worth a break. `busy` are ascending and apart. */
function cutIdle(busy: readonly Span[]): Span[] {
  const least = Math.max(MIN_IDLE, lengthOf(busy) * IDLE_PART);
  const idle = busy.slice(1).map(({ from }, index) => from - (busy[index]?.to ?? from));
  const cuts = new Set(
    [...idle.keys()]
      .filter((index) => (idle[index] ?? 0) > least)
      .sort((a, b) => (idle[b] ?? 0) - (idle[a] ?? 0))
      .slice(0, MAX_BREAKS),
  );
  const joined: { from: Nanos; to: Nanos }[] = [];
  for (const [index, { from, to }] of busy.entries()) {
    const last = joined.at(-1);
    if (last && !cuts.has(index - 1)) {
      last.to = to;
    } else {
      joined.push({ from, to });
    }
  }
  return joined;
}

/** Where a span is drawn. What lies outside the axis is at its nearest edge. */
export function placeOnAxis(axis: readonly Stretch[], { from, to }: Span): Bar {
  const left = positionOf(axis, from);
  return { left, width: Math.max(0, positionOf(axis, to) - left) };
}

/** The place of a moment on the axis, 0 to 1. */
export function positionOf(axis: readonly Stretch[], at: Nanos): number {
  const stretch = axis.find(({ to }) => at <= to) ?? axis.at(-1);
  if (stretch === undefined) {
    return 0;
  }
  const { from, to, start, end } = stretch;
  const part = to === from ? 0 : Math.min(Math.max(0, (at - from) / (to - from)), 1);
  return start + part * (end - start);
}

/** A mark of the scale: a part of the width, and the time since the first moment in sight, where there is room to say it. */
export type Tick = { readonly at: number; readonly label?: string };

/** Marks at round times, all the same distance apart, and where each stretch begins. A label needs `labelPart` of the width. */
export function axisTicks(axis: readonly Stretch[], labelPart: number): readonly Tick[] {
  const scale = scaleOf(axis);
  const step = scale === undefined ? 0 : roundStep(labelPart / scale);
  const origin = axis[0]?.from ?? 0;
  const moments = axis.flatMap(({ from, to }) => {
    const count = step === 0 ? 1 : Math.floor((to - from) / step) + 1;
    return Array.from({ length: count }, (_, index) => ({ at: from + index * step, isStart: index === 0 }));
  });
  const places = moments.map(({ at }) => positionOf(axis, at));
  const said: number[] = [];
  const say = (place: number): boolean => {
    const hasRoom = place <= 1 - labelPart * 0.75 && said.every((other) => Math.abs(other - place) >= labelPart * 0.99);
    if (hasRoom) {
      said.push(place);
    }
    return hasRoom;
  };
  // Where a stretch begins is said first: nothing else tells how much was left out.
  const isStartSaid = moments.map(({ isStart }, index) => isStart && say(places[index] ?? 0));
  return moments.map(({ at, isStart }, index): Tick => {
    const place = places[index] ?? 0;
    const isSaid = isStart ? isStartSaid[index] : say(place);
    return isSaid ? { at: place, label: at === origin ? "0" : formatTick(at - origin) } : { at: place };
  });
}

/** Where time is left out, as parts of the width, and how much. */
export function axisBreaks(axis: readonly Stretch[]): readonly (Bar & { readonly span: Nanos })[] {
  return axis.slice(1).map((stretch, index) => {
    const before = axis[index];
    return { left: before?.end ?? 0, width: BREAK_PART, span: stretch.from - (before?.to ?? stretch.from) };
  });
}

/** Overlapping spans as one; ascending. */
function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: { from: Nanos; to: Nanos }[] = [];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && from <= last.to) {
      last.to = Math.max(last.to, to);
    } else {
      merged.push({ from, to });
    }
  }
  return merged;
}
