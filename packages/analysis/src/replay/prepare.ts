/** From a recorded invocation to the message that a live worker gets. */

import type { ReplayConcern } from "@inspector/contract/intervention";
import { MAX_DECODED_BYTES } from "@inspector/contract/page";
import {
  create,
  decodeMessage,
  encodeMessage,
  type InvocationRequest,
  messageFromJson,
  messageToJson,
  RpcTraceContextSchema,
  type StreamingMessage,
} from "@inspector/proto";
import { concernsOf } from "./concerns.ts";
import { editConcerns, idsIn } from "./edit-concerns.ts";
import { inlineSharedMemory, type ReadSharedMemory, sharedMemoryIn } from "./inline-memory.ts";
import { replaceIds, type SplicedIds } from "./splice.ts";
import {
  findFunction,
  hasHttpUri,
  isHttpTriggered,
  type ReplayTarget,
  runtimeOf,
  type TargetFunction,
} from "./target.ts";

/** Ids of a replay. The caller makes them, one set for each message that is sent. */
export type ReplayIds = {
  /** A GUID in the form the host writes: 36 characters, lower case. */
  readonly invocationId: string;
  /** 32 hexadecimal digits, lower case, not all zero. Absent: the trace context stays as it was. */
  readonly traceId?: string;
  /** 16 of them, wherever there is a trace id. */
  readonly spanId?: string;
};

export type ReplayPlan = {
  /** The recorded StreamingMessage, uncompressed. */
  readonly recorded: Uint8Array;
  /** What is to be sent instead, as proto3 JSON of the StreamingMessage. */
  readonly edited?: unknown;
  /** Under which name the recorded worker had loaded the function. */
  readonly functionName: string;
  readonly target: ReplayTarget;
  readonly ids: ReplayIds;
  /** Values that are in shared memory no more are sent within the message, as far as this has them. */
  readonly sharedMemory?: ReadSharedMemory;
};

export type PreparedReplay = {
  /** Absent where a concern is an error: it is not to be sent then. */
  readonly bytes?: Uint8Array;
  /** The same message as proto3 JSON; undefined where there is no such message, and beyond {@link MAX_DECODED_BYTES}. */
  readonly message?: unknown;
  /** Whether it differs from the recorded one by more than ids and trace context. */
  readonly isEdited: boolean;
  /** The worker waits for an HTTP request with the same invocation id beside the message (HttpUri). */
  readonly needsHttpRequest: boolean;
  readonly concerns: readonly ReplayConcern[];
};

/**
 * Prepares a recorded invocation for a live worker: the id under which that worker loaded the function of the same name,
 * a fresh invocation id, and, where the trace context names a parent, a fresh one.
 *
 * What was not edited is sent as it was recorded, byte for byte except for those ids; an edited message is encoded anew,
 * unknown fields last. Never throws: what keeps a message from being sent is a concern of severity "error".
 */
export function prepareReplay(plan: ReplayPlan): PreparedReplay {
  const inline = plan.sharedMemory ?? (() => undefined);
  const recordedBytes = inlineSharedMemory(plan.recorded, inline);
  const recorded = decodeMessage(recordedBytes);
  if (!recorded.ok || recorded.message.content.case !== "invocationRequest") {
    return refused("not-an-invocation", "What was recorded is no invocation_request that can be read.");
  }
  const chosen = plan.edited === undefined ? { message: recorded.message } : readEdited(plan.edited, inline);
  if ("concern" in chosen) {
    return { isEdited: true, needsHttpRequest: false, concerns: [chosen.concern] };
  }

  const { target, concerns } = findFunction(plan.target, plan.functionName);
  const request = requestOf(chosen.message);
  const hasNoTrace = request.traceContext === undefined;
  const ids = idsOf(recorded.message, plan, target);
  const typed = idsIn(request);
  const idsBefore = idsIn(requestOf(recorded.message));
  const edited = withIds(chosen.message, idsOf(chosen.message, plan, target));
  const isEdited = plan.edited !== undefined && !isSame(edited, withIds(recorded.message, ids));
  const bytes = isEdited ? encodeMessage(edited) : replaceIds(recordedBytes, ids);
  const all = [
    ...concerns,
    ...(recordedBytes === plan.recorded ? [] : [INLINED]),
    ...(hasNoTrace ? addedTraceContext(plan.target) : []),
    ...(plan.edited === undefined ? [] : editConcerns(request, typed, idsBefore)),
    ...(target === undefined ? [] : concernsOf(request, plan.target, target)),
  ];
  return {
    ...(all.every(({ severity }) => severity !== "error") && { bytes }),
    // Made only for those who look at it: of a message of megabytes it takes longer than all the rest.
    get message() {
      return bytes.length <= MAX_DECODED_BYTES ? messageToJson(edited) : undefined;
    },
    isEdited,
    needsHttpRequest: target !== undefined && hasHttpUri(plan.target) && isHttpTriggered(target),
    concerns: all,
  };
}

const INLINED: ReplayConcern = {
  severity: "info",
  rule: "shared-memory-inlined",
  message: "What was in shared memory is sent within the message: the memory of then was freed.",
  path: "invocationRequest.inputData",
};

function refused(rule: string, message: string): PreparedReplay {
  return { isEdited: false, needsHttpRequest: false, concerns: [{ severity: "error", rule, message }] };
}

type Edited = { readonly message: StreamingMessage } | { readonly concern: ReplayConcern };

/** @param inline of values that were left where they are */
function readEdited(json: unknown, inline: ReadSharedMemory): Edited {
  const parsed = messageFromJson(json);
  if (!parsed.ok) {
    return { concern: { severity: "error", rule: "message-invalid", message: parsed.reason, path: parsed.path } };
  }
  if (parsed.message.content.case === "invocationRequest") {
    if (sharedMemoryIn(parsed.message).length === 0) {
      return { message: parsed.message };
    }
    const decoded = decodeMessage(inlineSharedMemory(encodeMessage(parsed.message), inline));
    return { message: decoded.ok ? decoded.message : parsed.message };
  }
  return {
    concern: { severity: "error", rule: "not-an-invocation", message: "The message has no invocationRequest." },
  };
}

/**
 * The trace context gets a new parent where it names one. The .NET worker reads the context without asking whether it is
 * there, so it gets one in any case.
 */
function idsOf(message: StreamingMessage, plan: ReplayPlan, target: TargetFunction | undefined): SplicedIds {
  const { traceContext, functionId } = requestOf(message);
  const { invocationId, traceId, spanId = "" } = plan.ids;
  const isMissing = traceContext === undefined && runtimeOf(plan.target) === "dotnet";
  const parent = traceContext?.traceParent ?? "";
  return {
    invocationId,
    functionId: target?.functionId ?? functionId,
    ...(traceId === undefined
      ? isMissing && { traceParent: "" }
      : (parent !== "" || isMissing) && { traceParent: `00-${traceId}-${spanId}-${flagsOf(parent)}` }),
  };
}

/** Whether a trace is sampled stays as it was. */
function flagsOf(traceParent: string): string {
  return /^00-[0-9a-f]{32}-[0-9a-f]{16}-([0-9a-f]{2})$/u.exec(traceParent)?.[1] ?? "00";
}

/** Changes the message itself. */
function withIds(message: StreamingMessage, { invocationId, functionId, traceParent }: SplicedIds): StreamingMessage {
  const request = requestOf(message);
  request.invocationId = invocationId;
  request.functionId = functionId;
  if (traceParent !== undefined) {
    request.traceContext ??= create(RpcTraceContextSchema);
    request.traceContext.traceParent = traceParent;
  }
  return message;
}

function requestOf({ content }: StreamingMessage): InvocationRequest {
  if (content.case === "invocationRequest") {
    return content.value;
  }
  throw new Error(`not an invocation_request: ${content.case}`);
}

function addedTraceContext(target: ReplayTarget): ReplayConcern[] {
  if (runtimeOf(target) !== "dotnet") {
    return [];
  }
  return [
    {
      severity: "info",
      rule: "dotnet-trace-context",
      message: "There is no traceContext, without which the .NET worker fails: one is added.",
      path: "invocationRequest",
    },
  ];
}

function isSame(one: StreamingMessage, other: StreamingMessage): boolean {
  const a = encodeMessage(one);
  const b = encodeMessage(other);
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
