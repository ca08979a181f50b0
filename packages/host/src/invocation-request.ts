import { randomBytes } from "node:crypto";
import {
  create,
  type InvocationRequest,
  InvocationRequestSchema,
  type MessageInitShape,
  type RetryContextSchema,
} from "@inspector/proto";
import type { FunctionInfo } from "./functions.ts";
import type { Retry } from "./retry.ts";
import { NO_DATA, type TypedDataInit } from "./typed-data.ts";

/** What a trigger hands to a function. */
export type TriggerInput = {
  readonly data: TypedDataInit;
  readonly metadata: Readonly<Record<string, TypedDataInit>>;
  readonly trace?: TraceContext;
  /** The request on the worker's own HTTP server that belongs to the invocation. */
  readonly leg?: HttpLeg;
};

/** The host waits for both: the worker's response on the stream, and this. */
export type HttpLeg = {
  /** Resolves when the answer has been passed on completely. */
  readonly done: Promise<void>;
  /** Ends it; `done` rejects unless it had resolved. */
  abort(reason: Error): void;
};

export type TraceContext = { readonly traceParent: string; readonly traceState: string };

/**
 * Builds a request as the host does: the trigger's value, every other input by name (empty, as nothing stands behind
 * input bindings here: Python insists on every name), trigger metadata, and always a trace context (.NET needs one).
 */
export function createInvocationRequest(
  info: FunctionInfo,
  invocationId: string,
  { data, metadata, trace }: TriggerInput,
  retry?: Retry,
): InvocationRequest {
  const inputs = info.bindings.filter(({ direction }) => direction !== "out");
  return create(InvocationRequestSchema, {
    invocationId,
    functionId: info.id,
    inputData: inputs.map((binding) => ({
      name: binding.name,
      rpcData: { case: "data" as const, value: binding === info.trigger ? data : NO_DATA },
    })),
    triggerMetadata: { ...metadata },
    traceContext: trace ?? createTraceContext(undefined, undefined),
    ...(retry && { retryContext: createRetryContext(retry) }),
  });
}

/** Limits beyond the contract's 32 bits (a function may be tried for ever) are written as the largest there is. */
function createRetryContext({ retryCount, maxRetryCount, reason }: Retry): MessageInitShape<typeof RetryContextSchema> {
  return {
    retryCount,
    maxRetryCount: Math.min(maxRetryCount, 2 ** 31 - 1),
    exception: { source: "Microsoft.Azure.WebJobs.Script", message: `Result: Failure\nException: ${reason}` },
  };
}

const TRACE_PARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/;

/** A new span: of the caller's trace when its W3C headers say so, otherwise of a new one. */
export function createTraceContext(traceParent: string | undefined, traceState: string | undefined): TraceContext {
  const [, traceId, flags] = TRACE_PARENT.exec(traceParent ?? "") ?? [];
  const spanId = randomBytes(8).toString("hex");
  if (traceId === undefined) {
    return { traceParent: `00-${randomBytes(16).toString("hex")}-${spanId}-00`, traceState: "" };
  }
  return { traceParent: `00-${traceId}-${spanId}-${flags}`, traceState: traceState ?? "" };
}
