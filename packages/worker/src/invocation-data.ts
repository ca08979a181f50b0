import type { InvocationRequest, InvocationResponseSchema, MessageInitShape } from "@inspector/proto";
import type { CoreInvocationRequest, CoreInvocationResponse } from "./core-contract.ts";
import { success } from "./failures.ts";
import { fromTypedData, toTypedData } from "./typed-data.ts";

/** An InvocationRequest as the library reads it. An input in shared memory reads as undefined: this worker has none. */
export function fromInvocationRequest(request: InvocationRequest): CoreInvocationRequest {
  return {
    invocationId: request.invocationId,
    functionId: request.functionId,
    inputData: request.inputData.map(({ name, rpcData }) => ({
      name,
      data: rpcData.case === "data" ? fromTypedData(rpcData.value) : undefined,
    })),
    triggerMetadata: Object.fromEntries(
      Object.entries(request.triggerMetadata).map(([key, value]) => [key, fromTypedData(value)]),
    ),
    traceContext: fromTraceContext(request.traceContext),
    retryContext: fromRetryContext(request.retryContext),
  };
}

function fromTraceContext(context: InvocationRequest["traceContext"]): CoreInvocationRequest["traceContext"] {
  if (context === undefined) {
    return undefined;
  }
  return { traceParent: context.traceParent, traceState: context.traceState, attributes: context.attributes };
}

function fromRetryContext(context: InvocationRequest["retryContext"]): CoreInvocationRequest["retryContext"] {
  if (context === undefined) {
    return undefined;
  }
  const { retryCount, maxRetryCount, exception } = context;
  return {
    retryCount,
    maxRetryCount,
    exception: exception && {
      message: exception.message,
      source: exception.source,
      stackTrace: exception.stackTrace,
    },
  };
}

/** What the library made of the function's result, as the answer to the host. */
export function toInvocationResponse(
  invocationId: string,
  response: CoreInvocationResponse,
): MessageInitShape<typeof InvocationResponseSchema> {
  return {
    invocationId,
    result: success,
    outputData: (response.outputData ?? []).map(({ name, data }) => ({
      name,
      rpcData: { case: "data", value: toTypedData(data ?? {}) },
    })),
    ...(response.returnValue && { returnValue: toTypedData(response.returnValue) }),
  };
}
