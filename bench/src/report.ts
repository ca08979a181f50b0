/** Tables as people read them. */
import { judge } from "./goals.ts";
import type { Run } from "./measure.ts";
import { figure, type Results, ratio, type WorkloadResult } from "./results.ts";
import { fixed, rate, table } from "./table.ts";
import { TARGET_NAMES, type TargetName } from "./workloads.ts";

const MIB = 1024 * 1024;

export function formatWorkload(result: WorkloadResult): string {
  const names = TARGET_NAMES.filter((name) => result.runs[name] !== undefined || result.failed[name] !== undefined);
  const rounds = Math.max(...names.map((name) => result.runs[name]?.length ?? 0));
  const rows = names.map((name) => [name, ...cells(result, name)]);
  const head = ["", ...columns(result).map(({ title }) => title)];
  return `${result.name}: ${result.title} (median of ${rounds})\n${table([head, ...rows])}${recorderLines(result)}`;
}

type Column = { readonly title: string; readonly cell: (name: TargetName) => string };

function columns(result: WorkloadResult): Column[] {
  const of = (name: TargetName, read: (run: Run) => number | undefined) => figure(result, name, read);
  const isLatency = TARGET_NAMES.some((name) => of(name, ({ p50 }) => p50) !== undefined) && result.name === "latency";
  const main = isLatency ? ({ p50 }: Run) => p50 : ({ tripsPerSecond }: Run) => tripsPerSecond;
  const times = (title: string, other: TargetName): Column => ({
    title,
    cell: (name) => fixed(ratio(of(name, main), of(other, main)), 2),
  });
  const micros = (title: string, read: (run: Run) => number | undefined): Column => ({
    title,
    cell: (name) => fixed(scaled(of(name, read), 1000), 0),
  });
  const added = (title: string, read: (run: Run) => number | undefined): Column => ({
    title,
    cell: (name) => fixed(scaled(difference(of(name, read), of("direct", read)), 1000), 0),
  });
  return [
    ...(isLatency
      ? [
          micros("p50 µs", ({ p50 }) => p50),
          micros("p99 µs", ({ p99 }) => p99),
          added("added p50", ({ p50 }) => p50),
          added("added p99", ({ p99 }) => p99),
        ]
      : [{ title: "round trips/s", cell: (name: TargetName) => rate(of(name, main)) }]),
    times("x nginx", "nginx"),
    times("x haproxy", "haproxy"),
    times("x grpc-js", "grpc-js"),
    {
      title: "CPU µs/trip",
      cell: (name) =>
        fixed(
          of(name, (run) => run.processorMicros || undefined),
          2,
        ),
    },
    {
      title: "peak MiB",
      cell: (name) =>
        fixed(
          scaled(
            of(name, (run) => run.peakBytes || undefined),
            1 / MIB,
          ),
          0,
        ),
    },
    {
      title: "+ MiB",
      cell: (name) =>
        fixed(
          scaled(
            of(name, (run) => (run.peakBytes > 0 ? run.extraBytes : undefined)),
            1 / MIB,
          ),
          0,
        ),
    },
  ];
}

function cells(result: WorkloadResult, name: TargetName): string[] {
  const failure = result.failed[name];
  return failure === undefined ? columns(result).map(({ cell }) => cell(name)) : [`failed: ${failure}`];
}

function recorderLines(result: WorkloadResult): string {
  const of = (read: (run: Run) => number | undefined) => figure(result, "inspector", read);
  const behind = of((run) => run.recorder?.behind);
  if (behind === undefined) {
    return "";
  }
  const seconds = of((run) => run.recorder?.catchUp?.seconds);
  const lost = of((run) => run.recorder?.catchUp?.lost) ?? 0;
  const recorded = of((run) => run.recorder?.catchUp?.recorded);
  const peak = scaled(
    of((run) => run.recorder?.peakBytes),
    1 / MIB,
  );
  const extra = scaled(
    of((run) => run.recorder?.extraBytes),
    1 / MIB,
  );
  const caughtUp = seconds === undefined ? "" : `, caught up in ${seconds.toFixed(1)} s`;
  const loss = lost > 0 ? `, ${lost} of ${lost + (recorded ?? 0)} messages given up because the journal was full` : "";
  return `  hub: ${rate(behind)} messages behind at the end${caughtUp}${loss}; peak ${fixed(peak, 0)} MiB (+ ${fixed(extra, 0)})\n`;
}

export function formatGoals(results: Results): string {
  const rows = judge(results).map(({ title, wanted, measured, isReached }) => [
    isReached === undefined ? "-" : isReached ? "ok" : "MISS",
    title,
    wanted,
    measured,
  ]);
  return `goals\n${table([["", "", "wanted", "measured"], ...rows], 4)}`;
}

function scaled(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}

function difference(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a - b;
}
