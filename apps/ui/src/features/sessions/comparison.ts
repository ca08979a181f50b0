/** What changed from one session (`before`) to another (`after`), by function name. */
import type { CapabilityInfo, FunctionInfo, Nanos, WorkerInfo } from "@inspector/contract/page";

/** A function's figures in one session, all workers that loaded it together. */
export type FunctionFigures = {
  readonly calls: number;
  readonly failures: number;
  /** The median of the worker with the most calls: percentiles of several workers cannot be combined. */
  readonly p50?: Nanos | undefined;
  readonly p95?: Nanos | undefined;
  /** Calls that the percentiles are of. */
  readonly timed: number;
};

export type FunctionChange = {
  readonly name: string;
  readonly trigger: string | undefined;
  readonly before: FunctionFigures | undefined;
  readonly after: FunctionFigures | undefined;
};

/** Functions of both sessions: those that got slower first, then those that only one has, then the rest by name. */
export function compareFunctions(
  before: readonly FunctionInfo[],
  after: readonly FunctionInfo[],
): readonly FunctionChange[] {
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  return names
    .map((name): FunctionChange => {
      const [old, now] = [before, after].map((functions) => functions.filter((fn) => fn.name === name));
      const trigger = [...(now ?? []), ...(old ?? [])].find((fn) => fn.trigger !== undefined)?.trigger;
      return { name, trigger, before: sumUp(old ?? []), after: sumUp(now ?? []) };
    })
    .toSorted((a, b) => weight(b) - weight(a) || a.name.localeCompare(b.name));
}

function sumUp(functions: readonly FunctionInfo[]): FunctionFigures | undefined {
  const [busiest] = functions.toSorted((a, b) => b.calls - a.calls);
  if (busiest === undefined) {
    return undefined;
  }
  return {
    calls: functions.reduce((sum, { calls }) => sum + calls, 0),
    failures: functions.reduce((sum, { failures }) => sum + failures, 0),
    p50: busiest.p50,
    p95: busiest.p95,
    timed: busiest.calls,
  };
}

/** How much a row is worth looking at. */
function weight({ before, after }: FunctionChange): number {
  if (before === undefined || after === undefined) {
    return 0.5;
  }
  const failed = Math.max(0, after.failures - before.failures);
  return Math.max(failed, Math.max(0, ratioBar(before.p95, after.p95, timedOf(before, after))?.share ?? 0));
}

/** Calls behind a comparison of latencies: those of the side that has fewer. */
export function timedOf(before: FunctionFigures | undefined, after: FunctionFigures | undefined): number {
  return Math.min(before?.timed ?? 0, after?.timed ?? 0);
}

export type RatioBar = {
  /** From -1 (eight times faster, or more) over 0 (as before, or nobody knows) to 1 (eight times slower, or more). */
  readonly share: number;
  readonly text: string;
  readonly tone: "good" | "bad" | "same";
};

/** Eight times: three doublings fill the bar. */
const FULL = 3;
/** Relative change below which two medians count as the same: two runs differ by that much by themselves. */
const SAME = 0.1;

/** Calls below which latencies of two sessions say nothing about each other: the first call of a worker is always slow. */
const LEAST_CALLS = 5;

/** A bar for a change of latency, on a scale on which twice as slow is as long as twice as fast. @param calls see {@link timedOf} */
export function ratioBar(before: Nanos | undefined, after: Nanos | undefined, calls: number): RatioBar | undefined {
  if (before === undefined || after === undefined || before <= 0 || after <= 0) {
    return undefined;
  }
  if (calls < LEAST_CALLS) {
    return { share: 0, text: `${calls === 1 ? "1 call" : `${calls} calls`}: too few to compare`, tone: "same" };
  }
  const ratio = after / before;
  const share = Math.min(Math.max(Math.log2(ratio) / FULL, -1), 1);
  if (Math.abs(ratio - 1) < SAME) {
    return { share, text: "same", tone: "same" };
  }
  return { share, text: formatRatio(ratio), tone: ratio > 1 ? "bad" : "good" };
}

/** Percent of the time it took before, and factors from two on, where percents are hard to picture. */
function formatRatio(ratio: number): string {
  if (ratio >= 2) {
    return `${Number(ratio.toPrecision(2))}× slower`;
  }
  if (ratio <= 0.5) {
    return `${Number((1 / ratio).toPrecision(2))}× faster`;
  }
  return ratio > 1 ? `${Math.round((ratio - 1) * 100)}\u202f% more` : `${Math.round((1 - ratio) * 100)}\u202f% less`;
}

export type CapabilityChange = {
  readonly name: string;
  readonly side: "worker" | "host";
  /** Undefined where it was not declared. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly effect: string | undefined;
};

/** Capabilities that were declared differently. In each session the last worker that declared any counts. */
export function compareCapabilities(
  before: readonly WorkerInfo[],
  after: readonly WorkerInfo[],
): readonly CapabilityChange[] {
  return (["worker", "host"] as const).flatMap((side) => {
    const [old, now] = [declared(before, side), declared(after, side)];
    const names = [...new Set([...old.keys(), ...now.keys()])];
    return names.flatMap((name): CapabilityChange[] => {
      const [was, is] = [old.get(name), now.get(name)];
      if (was?.value === is?.value) {
        return [];
      }
      return [{ name, side, before: was?.value, after: is?.value, effect: (is ?? was)?.effect }];
    });
  });
}

function declared(workers: readonly WorkerInfo[], side: "worker" | "host"): ReadonlyMap<string, CapabilityInfo> {
  const of = (worker: WorkerInfo) => (side === "worker" ? worker.workerCapabilities : worker.hostCapabilities);
  const last = workers.findLast((worker) => of(worker).length > 0);
  return new Map((last ? of(last) : []).map((capability) => [capability.name, capability]));
}
