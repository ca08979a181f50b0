import { randomUUID } from "node:crypto";
import type { InvocationResponse } from "@inspector/proto";
import type { EventSink, InvocationStatus } from "./events.ts";
import type { FunctionInfo } from "./functions.ts";
import type { HandlerChannel } from "./handler-channel.ts";
import { formatCause, HostError } from "./host-error.ts";
import { createInvocationRequest, type HttpLeg, type TriggerInput } from "./invocation-request.ts";
import type { Retry } from "./retry.ts";
import { formatFailure, statusOf } from "./status-result.ts";
import { TimeLimitError, withinLimit } from "./time-limit.ts";
import type { WorkerChannel } from "./worker-channel.ts";

/** A worker: with a stream, or a custom handler. */
export type Channel = WorkerChannel | HandlerChannel;

/** The worker an invocation goes to. */
export type InvocationTarget = {
  readonly invocationId: string;
  readonly capabilities: Readonly<Record<string, string>>;
  has(capability: string): boolean;
};

export type Invocation = {
  /** What set it off: "http GET /api/x", "timer", "queue orders", "admin", … */
  readonly cause: string;
  /** Called once, right before the request is sent: what a trigger hands over depends on the worker. */
  prepare(target: InvocationTarget): TriggerInput | Promise<TriggerInput>;
  /** Set when this is a further try of an invocation that failed. */
  readonly retry?: Retry;
  /** Cancels the invocation, where the worker can be asked to. */
  readonly signal?: AbortSignal;
};

export type InvocationOutcome = {
  readonly invocationId: string;
  readonly status: InvocationStatus;
  /** Absent when the worker died, or took too long. */
  readonly response?: InvocationResponse;
  /** Why it did not succeed. */
  readonly reason?: string;
};

/**
 * Runs a function on a worker and waits for its end.
 *
 * @param limit ms; a worker that exceeds it is ended, as the host can stop a function in no other way
 * @returns also for failures of the function and the death of the worker
 * @throws {HostError} "function-not-loaded"
 */
export async function runInvocation(
  channel: Channel,
  info: FunctionInfo,
  invocation: Invocation,
  context: { readonly limit: number | undefined; readonly emit: EventSink },
): Promise<InvocationOutcome> {
  const unusable = channel.loadFailure(info.id);
  if (unusable !== undefined) {
    throw new HostError("function-not-loaded", `Function ${info.name} could not be loaded: ${unusable}`);
  }
  const invocationId = randomUUID();
  const about = { invocationId, functionName: info.name, workerId: channel.id };
  const input = await invocation.prepare({
    invocationId,
    capabilities: channel.capabilities,
    has: (capability) => channel.has(capability),
  });
  context.emit({ kind: "invocation-started", ...about, cause: invocation.cause });
  const startedAt = performance.now();
  const cancel = (): void => channel.cancel(invocationId);
  invocation.signal?.addEventListener("abort", cancel);
  try {
    const pending = awaitBoth(
      channel.invoke(createInvocationRequest(info, invocationId, input, invocation.retry)),
      input.leg,
    );
    if (invocation.signal?.aborted === true) {
      cancel();
    }
    const outcome = await awaitOutcome(channel, pending, invocationId, context.limit);
    if (outcome.isLate) {
      context.emit({ kind: "timed-out", step: "invocation", limit: context.limit ?? 0, ...about });
    }
    const { status, reason } = outcome.result;
    const duration = performance.now() - startedAt;
    context.emit({ kind: "invocation-finished", ...about, status, duration, ...(reason !== undefined && { reason }) });
    return outcome.result;
  } finally {
    invocation.signal?.removeEventListener("abort", cancel);
  }
}

/** After a failure nobody answers the HTTP leg any more (the Node worker leaves it open), so it is ended here. */
async function awaitBoth(answer: Promise<InvocationResponse>, leg: HttpLeg | undefined): Promise<InvocationResponse> {
  if (leg === undefined) {
    return await answer;
  }
  const response = await Promise.race([answer, leg.done.then(() => answer)]);
  if (statusOf(response.result) !== "Success") {
    leg.abort(new Error(formatFailure(response.result)));
    return response;
  }
  await leg.done;
  return response;
}

async function awaitOutcome(
  channel: Channel,
  pending: Promise<InvocationResponse>,
  invocationId: string,
  limit: number | undefined,
): Promise<{ readonly result: InvocationOutcome; readonly isLate: boolean }> {
  try {
    const response = await withinLimit(pending, limit);
    const status = statusOf(response.result);
    const result = { invocationId, status, response };
    const reason = status === "Success" ? undefined : formatFailure(response.result);
    return { result: reason === undefined ? result : { ...result, reason }, isLate: false };
  } catch (cause) {
    if (cause instanceof TimeLimitError) {
      channel.cancel(invocationId);
      channel.abandon(invocationId);
      channel.kill("function-timeout");
      const reason = `the function did not finish within ${cause.limit} ms, so its worker was ended`;
      return { result: { invocationId, status: "Failure", reason }, isLate: true };
    }
    channel.abandon(invocationId);
    return { result: { invocationId, status: "Failure", reason: formatCause(cause) }, isLate: false };
  }
}
