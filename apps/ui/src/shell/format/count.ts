import type { WorkerInfo } from "@inspector/contract/page";

/** Invocations of all workers, whatever the filter. */
export function countInvocations(workers: readonly WorkerInfo[]): number {
  return workers.reduce((sum, worker) => sum + worker.invocations, 0);
}
