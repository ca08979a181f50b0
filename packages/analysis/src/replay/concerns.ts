/** What to know before an invocation is sent to a worker once more. */

import type { ReplayConcern } from "@inspector/contract/intervention";
import { ownValue } from "@inspector/contract/own-value";
import type { InvocationRequest, ParameterBinding, TypedData } from "@inspector/proto";
import { httpConcerns } from "./http-concerns.ts";
import { type ReplayTarget, runtimeOf, type TargetFunction } from "./target.ts";

const REQUEST = "invocationRequest";

/** @param request as it would be sent */
export function concernsOf(request: InvocationRequest, target: ReplayTarget, to: TargetFunction): ReplayConcern[] {
  const runtime = runtimeOf(target);
  return [
    ...inputNames(request, to, runtime),
    ...request.inputData.flatMap((input, at) => inputConcerns(input, `${REQUEST}.inputData[${at}]`, runtime)),
    ...httpConcerns(request, target, to, runtime),
    ...durable(to),
    ...retry(request),
    SIDE_EFFECTS,
  ];
}

export const SIDE_EFFECTS: ReplayConcern = {
  severity: "info",
  rule: "side-effects",
  message:
    "The function's own code runs for real, with all that it calls. Its output bindings do not run: the answer is kept from the host.",
};

function inputNames({ inputData }: InvocationRequest, { bindings }: TargetFunction, runtime: string): ReplayConcern[] {
  if (bindings.length === 0) {
    return [];
  }
  const names = inputData.map(({ name }) => name);
  const known = new Set(bindings.map(({ name }) => name));
  const missing = bindings.filter(({ name, direction }) => direction === "in" && !names.includes(name));
  return [
    ...missing.map(
      ({ name }): ReplayConcern => ({
        severity: "warning",
        rule: "input-missing",
        message: `The binding ${name} gets no value.`,
        path: `${REQUEST}.inputData`,
      }),
    ),
    ...names.flatMap((name, at): ReplayConcern[] => {
      const path = `${REQUEST}.inputData[${at}].name`;
      if (!known.has(name)) {
        const consequence = runtime === "python" ? "the Python worker answers with Failure" : "nothing reads it";
        return [
          { severity: "warning", rule: "input-unknown", message: `There is no binding ${name}: ${consequence}.`, path },
        ];
      }
      if (names.indexOf(name) === at) {
        return [];
      }
      const consequence = runtime === "dotnet" ? ": the .NET worker answers with Failure" : "";
      return [{ severity: "warning", rule: "input-twice", message: `${name} has two values${consequence}.`, path }];
    }),
  ];
}

function inputConcerns({ rpcData }: ParameterBinding, path: string, runtime: string): ReplayConcern[] {
  if (rpcData.case === "rpcSharedMemory") {
    return [
      {
        severity: "warning",
        rule: "shared-memory",
        message: `The value was in the shared memory ${rpcData.value.name}, which the host has freed since, and there is no whole copy of it. Put the value itself here.`,
        path: `${path}.rpcSharedMemory`,
      },
    ];
  }
  if (rpcData.case !== "data") {
    return [];
  }
  return [...modelBindingData(rpcData.value, `${path}.data`), ...inputKind(rpcData.value, `${path}.data`, runtime)];
}

/** Kinds of values that a worker does not take as an input. */
const UNSUPPORTED: Readonly<Record<string, readonly TypedData["data"]["case"][]>> = {
  dotnet: ["int", "double", "stream"],
  java: ["stream", "modelBindingData", "collectionModelBindingData"],
};

function inputKind({ data, $unknown }: TypedData, path: string, runtime: string): ReplayConcern[] {
  if (data.case === undefined && $unknown !== undefined) {
    const consequence = runtime === "java" ? "the Java worker fails at" : "the worker may pass over";
    return [
      {
        severity: "warning",
        rule: runtime === "java" ? "java-input-kind" : "input-kind",
        message: `The value is of a kind that the contract here does not have, which ${consequence}.`,
        path,
      },
    ];
  }
  if (data.case === undefined || ownValue(UNSUPPORTED, runtime)?.includes(data.case) !== true) {
    return [];
  }
  const worker =
    runtime === "dotnet" ? "The .NET worker answers such an input" : "The Java worker may answer such an input";
  return [
    {
      severity: "warning",
      rule: `${runtime}-input-kind`,
      message: `${worker} (${data.case}) with Failure.`,
      path: `${path}.${data.case}`,
    },
  ];
}

/** References to something that may be gone or have changed. */
function modelBindingData({ data }: TypedData, path: string): ReplayConcern[] {
  if (data.case !== "modelBindingData" && data.case !== "collectionModelBindingData") {
    return [];
  }
  const parts = data.case === "modelBindingData" ? [data.value] : data.value.modelBindingData;
  const sources = [...new Set(parts.map(({ source }) => source))];
  return sources.map((source): ReplayConcern => {
    const isLocked = source === "AzureServiceBusReceivedMessage";
    return {
      severity: isLocked ? "warning" : "info",
      rule: "model-binding-data",
      message: isLocked
        ? "The Service Bus message comes with the lock of then: completing or abandoning it fails."
        : `The value is a reference (${source || "of an unknown source"}): the worker reads what is there now.`,
      path: `${path}.${data.case}`,
    };
  });
}

const DURABLE = new Set([
  "orchestrationtrigger",
  "activitytrigger",
  "entitytrigger",
  "durableclient",
  "orchestrationclient",
]);

function durable({ bindings }: TargetFunction): ReplayConcern[] {
  const types = bindings.map(({ type }) => type).filter((type) => DURABLE.has(type.toLowerCase()));
  if (types.length === 0) {
    return [];
  }
  return [
    {
      severity: "warning",
      rule: "durable",
      message: `This is a part of Durable Functions (${types.join(", ")}): history and client addresses are those of then, and what a client starts is started again.`,
    },
  ];
}

function retry({ retryContext }: InvocationRequest): ReplayConcern[] {
  if (retryContext === undefined || retryContext.retryCount === 0) {
    return [];
  }
  return [
    {
      severity: "info",
      rule: "retry-context",
      message: `It says that it is retry ${retryContext.retryCount} of ${retryContext.maxRetryCount}, as it was recorded.`,
      path: `${REQUEST}.retryContext`,
    },
  ];
}
