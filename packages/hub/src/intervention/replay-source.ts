/** From an order to what is needed to make the message that is sent. */
import { randomBytes, randomUUID } from "node:crypto";
import { SIDE_EFFECTS } from "@inspector/analysis/replay/concerns";
import type { ReadSharedMemory } from "@inspector/analysis/replay/inline-memory";
import {
  type PreparedReplay,
  prepareReplay,
  type ReplayIds,
  type ReplayPlan,
} from "@inspector/analysis/replay/prepare";
import { findFunction, type ReplayTarget } from "@inspector/analysis/replay/target";
import { InspectorError } from "@inspector/contract/inspector-error";
import type { ReplayOrder } from "@inspector/contract/intervention";
import { createReadSharedMemory } from "@inspector/reader/payload";
import { createReadPayload } from "../payload.ts";
import type { OpenSession } from "../reader/open-session.ts";
import type { LiveStream } from "./live-streams.ts";
import { type ReplayHttp, readHandlerRequest, readReplayHttp } from "./replay-http.ts";

/** Requests larger than this are not sent again. */
const MAX_REPLAYED_BYTES = 64 * 1024 * 1024;

export type ReplaySource = {
  readonly functionName: string;
  readonly target: ReplayTarget;
  /** What is sent beside the message, over HTTP; absent where nothing is. */
  readonly http?: Extract<ReplayHttp, { uri: string }>;
  /** Bytes of the message, and of all that is kept in order to make it. */
  readonly bytes: number;
  readonly keptBytes: number;
  /** The message of one replay; each has ids of its own. */
  prepare(ids: ReplayIds): PreparedReplay;
};

/**
 * An invocation for a custom handler: a request over HTTP, and no message that is sent.
 * @throws {InspectorError} "no-such-message"
 */
export function readHandlerSource(
  live: OpenSession,
  recorded: OpenSession,
  order: ReplayOrder,
  { handlerAddress }: LiveStream,
): ReplaySource {
  const { seq } = order.source;
  const row = recorded.queries.message(seq);
  if (row === undefined) {
    throw new InspectorError("no-such-message", `There is no message ${seq} in the session that was named`);
  }
  const functionName = row.functionName ?? row.functionId ?? "";
  const base = { functionName, target: targetOf(live, order.stream) };
  const http: ReplayHttp =
    order.message === undefined
      ? readHandlerRequest(recorded, order, handlerAddress)
      : { concern: { severity: "error", rule: "http-request", message: NO_MESSAGE } };
  if ("concern" in http) {
    const prepared = { isEdited: false, needsHttpRequest: true, concerns: [http.concern] };
    return { ...base, bytes: 0, keptBytes: 0, prepare: () => prepared };
  }
  // A handler loads nothing: it may well answer for a function that its app did not have when it was started.
  const unknown = findFunction(base.target, functionName).concerns.map((one) => ({
    ...one,
    severity: "warning" as const,
  }));
  const prepared = {
    // No bytes of a message are sent.
    bytes: new Uint8Array(),
    isEdited: http.isEdited,
    needsHttpRequest: true,
    concerns: [...unknown, SIDE_EFFECTS],
  };
  return { ...base, bytes: 0, keptBytes: http.request.body?.length ?? 0, http, prepare: () => prepared };
}

const NO_MESSAGE = "A custom handler gets no message: edit the HTTP request.";

/**
 * @param live the session of the worker that is to answer
 * @param recorded the one that the invocation is in
 * @throws {InspectorError} "no-such-message", "not-replayable"
 */
export function readReplaySource(live: OpenSession, recorded: OpenSession, order: ReplayOrder): ReplaySource {
  const { seq } = order.source;
  const row = recorded.queries.message(seq);
  if (row === undefined) {
    throw new InspectorError("no-such-message", `There is no message ${seq} in the session that was named`);
  }
  const bytes = createReadPayload(recorded.queries, MAX_REPLAYED_BYTES)(seq);
  if (bytes === undefined) {
    throw new InspectorError("not-replayable", `Message ${seq} cannot be read as a whole`, {
      hint: "It is too large, was cut off, or its body was given up to keep the session small.",
    });
  }
  const functionName = row.functionName ?? row.functionId ?? "";
  const target = targetOf(live, order.stream);
  const plan: Omit<ReplayPlan, "ids"> = {
    recorded: bytes,
    functionName,
    target,
    ...(order.message !== undefined && { edited: order.message }),
  };
  const values = new Map<string, Uint8Array | undefined>();
  const readValue = createReadSharedMemory(recorded.queries, seq, MAX_REPLAYED_BYTES);
  // Every message of a run has the same values, and so have the recorded and the edited one.
  const sharedMemory: ReadSharedMemory = (map) => {
    const key = `${map.name} ${map.offset} ${map.count}`;
    if (!values.has(key)) {
      values.set(key, readValue(map));
    }
    return values.get(key);
  };
  const prepare = (ids: ReplayIds): PreparedReplay => prepareReplay({ ...plan, ids, sharedMemory });
  const sample = prepare(freshIds());
  const size = sample.bytes?.length ?? 0;
  if (size > MAX_REPLAYED_BYTES) {
    throw new InspectorError("not-replayable", `The message would take ${Math.ceil(size / 2 ** 20)} MiB`, {
      hint: "With the values that were in shared memory it is larger than the 64 MiB that are sent again.",
    });
  }
  let keptBytes = bytes.length + size;
  for (const value of values.values()) {
    keptBytes += value?.length ?? 0;
  }
  const base = { functionName, target, bytes: size, keptBytes };
  if (!sample.needsHttpRequest) {
    return { ...base, prepare };
  }
  const http = readReplayHttp(live, recorded, order, sample.bytes);
  if ("uri" in http) {
    return { ...base, keptBytes: keptBytes + (http.request.body?.length ?? 0), http, prepare };
  }
  return {
    ...base,
    prepare(ids) {
      const { bytes: _, ...rest } = prepare(ids);
      return { ...rest, concerns: [...rest.concerns, http.concern] };
    },
  };
}

function targetOf(live: OpenSession, stream: number): ReplayTarget {
  const worker = live.workers().find((one) => one.stream.id === stream);
  const runtime = worker?.stream.runtime;
  return {
    ...(runtime !== undefined && { runtime }),
    functions: live.functions().filter((one) => one.stream === stream),
    capabilities: worker?.workerCapabilities ?? [],
  };
}

export function freshIds(): ReplayIds {
  return {
    invocationId: randomUUID(),
    traceId: randomBytes(16).toString("hex"),
    spanId: randomBytes(8).toString("hex"),
  };
}
