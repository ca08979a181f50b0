import type { HoldRuleOrder, ReplayConcern } from "@inspector/contract/intervention";
import type { FunctionInfo, WorkerInfo } from "@inspector/contract/page";
import { hasHttpUri, isHttpTriggered } from "./target.ts";

type Rule = Pick<HoldRuleOrder, "stream" | "functions">;
type Worker = Pick<WorkerInfo, "stream" | "workerCapabilities">;
type Fn = Pick<FunctionInfo, "stream" | "functionId" | "name" | "load" | "bindings">;

/**
 * What to know before invocations are answered in a worker's place.
 *
 * Where the worker takes HTTP requests on a server of its own, the host waits for two answers to each of them, and a rule
 * gives only the one on the stream.
 */
export function answerConcerns(
  { stream, functions: names = [] }: Rule,
  workers: readonly Worker[],
  functions: readonly Fn[],
): readonly ReplayConcern[] {
  const besideStream = workers
    .filter((worker) => worker.stream.endedAt === undefined && (stream === undefined || worker.stream.id === stream))
    .filter(({ workerCapabilities }) => hasHttpUri({ capabilities: workerCapabilities }))
    .flatMap((worker) => functions.filter((one) => one.stream === worker.stream.id && isHttpTriggered(one)))
    .map(({ name }) => name)
    .filter((name) => names.length === 0 || names.includes(name));
  const found = [...new Set(besideStream)].sort();
  if (found.length === 0) {
    return [];
  }
  const message = `The worker takes the HTTP requests of ${listOf(found)} beside the stream (HttpUri). The host waits for its answer over HTTP as well, which a rule does not give: the request stays open.`;
  return [{ severity: "warning", rule: "answer-http-request", message }];
}

const MAX_NAMES = 3;

function listOf(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return more > 0 ? `${names.slice(0, MAX_NAMES).join(", ")} and ${more} more` : names.join(", ");
}
