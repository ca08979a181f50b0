/** Where the steps of a worker's life stand in a picture. Places and widths are percent of its width. */
import type { Nanos, WorkerInfo } from "@inspector/contract/page";
import { roundStep } from "../../shell/format/tick.ts";

export type LifeStep = WorkerInfo["steps"][number];

export type LifeBar = {
  readonly step: LifeStep;
  readonly left: number;
  readonly width: number;
  readonly duration: Nanos;
  /** Where the host gives up, if that is in the picture. */
  readonly limitAt?: number;
  /** How much of the host's limit was used; more than 1 when it was missed. */
  readonly used?: number;
};

export type Lifecycle = {
  readonly bars: readonly LifeBar[];
  /** Idle stretches that are left out. */
  readonly breaks: readonly { readonly left: number; readonly width: number; readonly span: Nanos }[];
  readonly ticks: readonly { readonly left: number; readonly at: Nanos }[];
  /** The end of the process or stream. */
  readonly endAt?: number;
};

export type Life = {
  readonly steps: readonly LifeStep[];
  readonly endedAt?: Nanos | undefined;
  /** The present, for steps that still run. */
  readonly now: Nanos;
};

type Stretch = { from: Nanos; to: Nanos };
type PlacedStretch = Stretch & { readonly left: number; readonly width: number };

const BREAK_WIDTH = 5;
/** A stretch of one moment still has to be seen. */
const LEAST_STRETCH = 3;
const LEAST_BREAK: Nanos = 1e9;
/** How much longer the picture may get to show how far away a limit was, in parts of what it shows anyway. */
const ROOM_FOR_LIMIT = 0.8;
const TICKS = 5;

/** The host's patience with StartStream begins when it launches the process, so that is where the step begins. */
export function sinceLaunch(steps: readonly LifeStep[], spawnedAt: Nanos | undefined): readonly LifeStep[] {
  if (spawnedAt === undefined) {
    return steps;
  }
  return steps.map((step) => {
    const seenAt = step.startedAt ?? step.answeredAt;
    if (step.step !== "start" || seenAt === undefined || seenAt < spawnedAt) {
      return step;
    }
    return { ...step, startedAt: spawnedAt, answeredAt: seenAt };
  });
}

/** Undefined where no step has a time. */
export function layoutLifecycle({ steps, endedAt, now }: Life): Lifecycle | undefined {
  const timed = steps.flatMap((step) => {
    const from = step.startedAt ?? step.answeredAt;
    return from === undefined
      ? []
      : [{ step, from, to: Math.max(from, step.answeredAt ?? openEnd(step, endedAt, now)) }];
  });
  if (timed.length === 0) {
    return undefined;
  }
  const moments: Stretch[] = timed.map(({ from, to }) => ({ from, to }));
  if (endedAt !== undefined) {
    moments.push({ from: endedAt, to: endedAt });
  }
  const stretches = place(withRoomForLimit(joinStretches(moments), timed));
  const bars = timed.map(({ step, from, to }): LifeBar => {
    const left = placeOf(stretches, from);
    // What somebody held of it is not the worker's.
    const duration = Math.max(0, to - from - heldOf(step));
    const bar = { step, left, width: placeOf(stretches, to) - left, duration };
    if (step.limit === undefined) {
      return bar;
    }
    const limit = from + step.limit;
    const isInside = stretches.some((stretch) => limit >= stretch.from && limit <= stretch.to);
    const used = duration / step.limit;
    return isInside ? { ...bar, used, limitAt: placeOf(stretches, limit) } : { ...bar, used };
  });
  return {
    bars,
    breaks: breaksBetween(stretches),
    ticks: ticksOf(stretches),
    ...(endedAt !== undefined && { endAt: placeOf(stretches, endedAt) }),
  };
}

function heldOf({ held = [] }: LifeStep): Nanos {
  return held.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** A step without an answer lasts until now, or until nobody was there any more to answer. */
function openEnd(step: LifeStep, endedAt: Nanos | undefined, now: Nanos): Nanos {
  return step.state === "in-flight" ? now : (endedAt ?? now);
}

/** Joins what touches, and what is closer together than is worth leaving out. */
function joinStretches(moments: readonly Stretch[]): Stretch[] {
  const touching = join(moments, 0);
  const busy = touching.reduce((sum, { from, to }) => sum + to - from, 0);
  return join(touching, Math.max(LEAST_BREAK, busy));
}

function join(moments: readonly Stretch[], gap: Nanos): Stretch[] {
  const joined: Stretch[] = [];
  for (const { from, to } of moments.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last !== undefined && from - last.to <= gap) {
      last.to = Math.max(last.to, to);
    } else {
      joined.push({ from, to });
    }
  }
  return joined;
}

/** A limit that is close behind the end of what it limits belongs into the picture; one far away would shrink all else. */
function withRoomForLimit(stretches: readonly Stretch[], timed: readonly (Stretch & { step: LifeStep })[]): Stretch[] {
  return stretches.map((stretch, index) => {
    const room = stretch.to + (stretch.to - stretch.from) * ROOM_FOR_LIMIT;
    const most = Math.min(room, stretches[index + 1]?.from ?? room);
    const limits = timed.flatMap(({ step, from }) => {
      const limit = from + (step.limit ?? Number.POSITIVE_INFINITY);
      return from >= stretch.from && from <= stretch.to && limit <= most ? [limit] : [];
    });
    return { from: stretch.from, to: Math.max(stretch.to, ...limits) };
  });
}

function place(stretches: readonly Stretch[]): PlacedStretch[] {
  const room = 100 - BREAK_WIDTH * (stretches.length - 1);
  const busy = stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  // A life of one moment has all the room, so that its marks are where it begins.
  const shares = stretches.map(({ from, to }) => Math.max(LEAST_STRETCH, busy === 0 ? 0 : ((to - from) / busy) * room));
  const total = shares.reduce((sum, share) => sum + share, 0);
  let left = 0;
  return stretches.map((stretch, index) => {
    const width = ((shares[index] ?? 0) / total) * room;
    const placed = { ...stretch, left, width };
    left += width + BREAK_WIDTH;
    return placed;
  });
}

function placeOf(stretches: readonly PlacedStretch[], at: Nanos): number {
  const stretch = stretches.find(({ to }) => at <= to) ?? stretches.at(-1);
  if (stretch === undefined || stretch.to === stretch.from) {
    return stretch?.left ?? 0;
  }
  const share = Math.min(Math.max((at - stretch.from) / (stretch.to - stretch.from), 0), 1);
  return stretch.left + share * stretch.width;
}

function breaksBetween(stretches: readonly PlacedStretch[]): Lifecycle["breaks"] {
  return stretches.slice(1).map((stretch, index) => {
    const before = stretches[index];
    return { left: stretch.left - BREAK_WIDTH, width: BREAK_WIDTH, span: stretch.from - (before?.to ?? stretch.from) };
  });
}

/** Round times since the first step, in the first stretch; of later ones only where they begin. */
function ticksOf([first, ...later]: readonly PlacedStretch[]): Lifecycle["ticks"] {
  if (first === undefined) {
    return [];
  }
  const step = roundStep((first.to - first.from) / TICKS);
  const count = step === 0 ? 1 : Math.floor((first.to - first.from) / step) + 1;
  const ticks = Array.from({ length: count }, (_, index) => ({
    at: index * step,
    left: placeOf([first], first.from + index * step),
  }));
  return [...ticks, ...later.map(({ from, left }) => ({ at: from - first.from, left }))];
}
