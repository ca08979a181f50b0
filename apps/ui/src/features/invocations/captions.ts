import type { WorkerInfo } from "@inspector/contract/page";
import type { Column } from "../../shell/data/column.ts";
import { workerName } from "../../shell/format/message.ts";
import { formatSpan } from "../../shell/format/time.ts";
import { NEVER_READY, workerState } from "../../shell/page/worker-state.ts";
import type { IdleGaps } from "./idle-gaps.ts";

/** A line between the rows that says what comes below it. */
export type Caption = {
  /** Index of the row below it. */
  readonly row: number;
  readonly text: string;
  readonly tone?: "bad";
  /** Time that passed without anything. */
  readonly isIdle?: true;
};

/**
 * The captions of a list, in order: each worker's start-up (its steps, which stand together), the invocations behind
 * it, and idle time. A filtered list has captions of workers only, because its rows are apart for another reason.
 */
export function listCaptions(column: Column, workers: readonly WorkerInfo[], gaps: IdleGaps): Caption[] {
  const steps = workers
    .flatMap((worker) => worker.steps.map((step) => ({ worker, row: column.indexOf(step.id) })))
    .filter(({ row }) => row >= 0)
    .sort((a, b) => a.row - b.row);
  const captions = [...gaps].flatMap(([id, idle]): Caption[] => {
    const row = column.indexOf(id);
    return row < 0 ? [] : [{ row, text: `idle ${formatSpan(idle)}, collapsed`, isIdle: true }];
  });
  const seen = new Set<WorkerInfo>();
  for (const [index, { worker, row }] of steps.entries()) {
    const before = steps[index - 1];
    if (before?.row !== row - 1 || before.worker !== worker) {
      captions.push(workerCaption(worker, row, !seen.has(worker)));
    }
    seen.add(worker);
    if (steps[index + 1]?.row !== row + 1 && row + 1 < column.length) {
      captions.push({ row: row + 1, text: "invocations" });
    }
  }
  return captions.sort((a, b) => a.row - b.row || Number(b.isIdle ?? false) - Number(a.isIdle ?? false));
}

function workerCaption(worker: WorkerInfo, row: number, isStart: boolean): Caption {
  const { stream, process } = worker;
  const name = stream.runtime === undefined ? workerName(stream) : `worker ${stream.runtime}`;
  const pid = process?.pid === undefined ? [] : [`pid ${process.pid}`];
  const parts = isStart ? [name, ...pid, startUpText(worker), ...exitText(worker)] : [name, ...pid];
  const isBad = stream.phase === "failed" || (process?.exitCode ?? 0) !== 0 || process?.signal !== undefined;
  return { row, text: parts.join(" · "), ...(isBad && { tone: "bad" as const }) };
}

/** From the first word to the last answer of the start-up. */
function startUpText(worker: WorkerInfo): string {
  const { stream, process, steps } = worker;
  const starting = steps.filter(
    ({ step }) => step === "start" || step === "init" || step === "index" || step === "load",
  );
  const from = process?.spawnedAt ?? stream.openedAt;
  const to = Math.max(...starting.map(({ answeredAt }) => answeredAt ?? 0));
  const isReady = starting.some(({ step, state }) => step === "load" && state === "success");
  if (isReady) {
    return `start-up ${formatSpan(to - from)}, ready`;
  }
  const { label } = workerState(worker);
  return label === NEVER_READY || stream.phase === "ended" ? NEVER_READY : "starting";
}

function exitText({ process, stream }: WorkerInfo): string[] {
  if (process?.exitedAt === undefined) {
    return stream.phase === "ended" ? ["stream ended"] : [];
  }
  const how =
    process.signal === undefined ? `exited with code ${process.exitCode ?? "?"}` : `ended by ${process.signal}`;
  const after = process.spawnedAt === undefined ? "" : ` after ${formatSpan(process.exitedAt - process.spawnedAt)}`;
  return [how + after];
}
