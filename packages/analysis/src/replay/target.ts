/** The live worker that is to answer a replay. */

import type { ReplayConcern } from "@inspector/contract/intervention";
import type { CapabilityInfo, FunctionInfo } from "@inspector/contract/page";
import { shortRuntime } from "../problems/worker-stream.ts";

export type TargetFunction = Pick<FunctionInfo, "name" | "functionId" | "load" | "bindings"> &
  Partial<Pick<FunctionInfo, "loadError">>;

/** What {@link WorkerInfo} and {@link FunctionInfo} say of one worker. */
export type ReplayTarget = {
  /** {@link StreamInfo.runtime}. */
  readonly runtime?: string;
  /** Functions that this worker loaded. */
  readonly functions: readonly TargetFunction[];
  /** Capabilities that this worker declared. */
  readonly capabilities: readonly Pick<CapabilityInfo, "name" | "value">[];
};

/** "node", "dotnet", "go" …; "" where nobody knows. */
export function runtimeOf({ runtime }: ReplayTarget): string {
  return runtime === undefined ? "" : shortRuntime(runtime);
}

/** Whether the worker takes HTTP requests on a server of its own. */
export function hasHttpUri({ capabilities }: Pick<ReplayTarget, "capabilities">): boolean {
  return capabilities.some(({ name, value }) => name === "HttpUri" && value !== "");
}

/** Whether an http trigger stands among the bindings. */
export function isHttpTriggered({ bindings }: TargetFunction): boolean {
  return bindings.some(({ type }) => type.toLowerCase() === "httptrigger");
}

export type FoundFunction = { readonly target?: TargetFunction; readonly concerns: readonly ReplayConcern[] };

/**
 * The function of a name, as the target loaded it: ids are of one process only. One that was loaded goes before one that
 * was not, and the last before the others.
 */
export function findFunction(target: ReplayTarget, functionName: string): FoundFunction {
  const named = target.functions.filter(({ name }) => name === functionName);
  const found = named.findLast(({ load }) => load === "success") ?? named.at(-1);
  if (found === undefined) {
    return { concerns: [notLoaded(`This worker has no function ${functionName}.`)] };
  }
  const concern = loadConcern(found, runtimeOf(target));
  return { target: found, concerns: concern === undefined ? [] : [concern] };
}

function loadConcern({ name, load, loadError }: TargetFunction, runtime: string): ReplayConcern | undefined {
  if (load === "success") {
    return undefined;
  }
  if (load === "not-requested" && runtime === "node") {
    return {
      severity: "warning",
      rule: "function-not-loaded",
      message: `${name} was not loaded by the host. The Node worker answers for functions that its app registered, and with Failure for others.`,
    };
  }
  if (load === "failed") {
    return notLoaded(
      `This worker could not load ${name}${loadError === undefined ? "" : `: ${loadError.split("\n")[0]}`}.`,
    );
  }
  const consequence = runtime === "go" ? " An id that was not loaded can end the Go worker's message loop." : "";
  return notLoaded(`This worker has not loaded ${name}${load === "in-flight" ? " yet" : ""}.${consequence}`);
}

function notLoaded(message: string): ReplayConcern {
  return { severity: "error", rule: "function-not-loaded", message };
}
