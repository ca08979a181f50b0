/** What was measured, and what is made of several rounds. */
import type { DemoCheck } from "./demo-check.ts";
import type { HubCheck } from "./hub-check.ts";
import type { Run } from "./measure.ts";
import type { ReplayCheck } from "./replay/check.ts";
import type { TargetName, Workload } from "./workloads.ts";

export type Results = {
  readonly environment: Readonly<Record<string, string>>;
  readonly workloads: WorkloadResult[];
  hub?: HubCheck;
  replay?: ReplayCheck;
  demo?: DemoCheck;
  /** Why a target is missing. */
  readonly skipped: Partial<Record<TargetName, string>>;
};

export type WorkloadResult = {
  readonly name: Workload["name"];
  readonly title: string;
  readonly runs: Partial<Record<TargetName, Run[]>>;
  readonly failed: Partial<Record<TargetName, string>>;
};

export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  const lower = sorted[middle - 1];
  return sorted.length % 2 === 1 || upper === undefined || lower === undefined ? upper : (lower + upper) / 2;
}

/** The median over the rounds of one figure; undefined where no round has it. */
export function figure(
  result: WorkloadResult | undefined,
  target: TargetName,
  read: (run: Run) => number | undefined,
): number | undefined {
  return median((result?.runs[target] ?? []).flatMap((run) => read(run) ?? []));
}

export function ratio(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined || b === 0 ? undefined : a / b;
}
