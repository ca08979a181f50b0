import type { HttpAnswer } from "@inspector/analysis/replay/answer";
import type { Request } from "@inspector/analysis/replay/request";
import type { HttpLeg, InvocationRow, MessageDetail, MessageRow, Seq, StepRow } from "@inspector/contract/page";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { SessionClient } from "../../shell/data/session-client.ts";
import type { SessionStore } from "../../shell/data/session-store.ts";
import { isBeingCopied } from "../../shell/data/shared-memory.ts";
import { useStoreState } from "../../shell/data/useStoreState.ts";

/** Logs of one invocation that are compared with those of another; each is a request. */
const COMPARED_LOGS = 60;

/** Bytes of a body that are compared: of a longer one, its beginning. */
const COMPARED_BYTES = 4 * 1024 * 1024;

/** Pause before asking again: the hub may report the end of a replay before it has stored the response. */
const RETRY_MS = 300;

/** How an invocation was answered. */
export type InvocationAnswer = {
  readonly row: InvocationRow | StepRow;
  /** Id of the worker that answered; its logs may contain it. */
  readonly workerId?: string;
  /** Logs and response as proto3 JSON, as far as they are decoded. */
  readonly messages: readonly unknown[];
  readonly logs: readonly MessageRow[];
  /** Number of all logs, including those that were not loaded. */
  readonly logCount: number;
  /** The request that the worker got, where that was wanted and is decoded. */
  readonly request?: Request;
  /** What came over HTTP beside the stream. */
  readonly http?: HttpAnswer;
  /** The part that crosses over HTTP or in shared memory is not complete yet. */
  readonly isPartial?: true;
  /** Why the response cannot be compared. */
  readonly reason?: string;
};

/** The answer of an invocation in the store's session. Once the replay is over, asks again until the answer is complete. */
export function useAnswer(store: SessionStore, id: Seq | undefined, isOver: boolean): UseQueryResult<InvocationAnswer> {
  const { session } = useStoreState(store);
  return useQuery({
    queryKey: ["answer", session?.id, id, isOver],
    queryFn: ({ signal }) => loadAnswer(store, id ?? 0, { logs: COMPARED_LOGS, hasRequest: true, signal }),
    enabled: session !== undefined && id !== undefined,
    refetchInterval: ({ state }) => (isOver && isIncomplete(state.data) ? RETRY_MS : false),
  });
}

function isIncomplete(answer: InvocationAnswer | undefined): boolean {
  return answer?.row.state === "in-flight" || answer?.isPartial === true;
}

type LoadOptions = { readonly logs: number; readonly hasRequest?: boolean; readonly signal: AbortSignal };

/** Loads an answer with at most so many of its logs. */
export async function loadAnswer(store: SessionStore, id: Seq, options: LoadOptions): Promise<InvocationAnswer> {
  const { client } = store;
  const { signal } = options;
  const { row, request, heard, response, logs, http: leg } = await client.getInvocation(id, signal);
  const wanted = [...logs.slice(0, options.logs), ...(response === undefined ? [] : [response])];
  const details = await Promise.all(wanted.map((seq) => client.getInlined(seq, signal)));
  const http = await loadHttp(client, leg, signal);
  const asked = options.hasRequest ? await loadRequest(client, heard ?? request, leg, signal) : undefined;
  const answer = details.find((detail) => detail.row.seq === response);
  const isHttpOpen = leg !== undefined && leg.response?.endedAt === undefined && leg.lost === undefined;
  const { session } = store.getState();
  const workerId = session?.streams.find((stream) => stream.id === row.stream)?.workerId;
  return {
    row,
    ...(workerId !== undefined && { workerId }),
    messages: details.flatMap(({ message }) => (message === undefined ? [] : [message])),
    logs: details.map((detail: MessageDetail) => detail.row).filter(({ seq }) => seq !== response),
    logCount: logs.length,
    ...(http && { http }),
    ...(asked && { request: asked }),
    ...(((session?.source === "live" && isHttpOpen) || details.some((detail) => isBeingCopied(detail, session))) && {
      isPartial: true as const,
    }),
    ...(answer?.reason !== undefined && { reason: answer.reason }),
  };
}

async function loadRequest(
  client: SessionClient,
  seq: Seq | undefined,
  leg: HttpLeg | undefined,
  signal: AbortSignal,
): Promise<Request | undefined> {
  const detail = seq === undefined ? undefined : await client.getInlined(seq, signal);
  if (detail?.message === undefined) {
    return undefined;
  }
  if (leg === undefined) {
    return { message: detail.message };
  }
  const { method, target, headers, size, isBodyDropped } = leg.request;
  const length = isBodyDropped ? 0 : Math.min(size, COMPARED_BYTES);
  const body = await loadBody(client, leg.id, "request", length, signal);
  return { message: detail.message, http: { method, target, headers, body } };
}

async function loadBody(
  client: SessionClient,
  leg: number,
  part: "request" | "response",
  length: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  return length === 0 ? new Uint8Array() : (await client.getHttpBody(leg, part, 0, length, signal)).bytes;
}

async function loadHttp(
  client: SessionClient,
  leg: HttpLeg | undefined,
  signal: AbortSignal,
): Promise<HttpAnswer | undefined> {
  if (leg?.response === undefined) {
    return undefined;
  }
  const { status, headers, size, isBodyDropped } = leg.response;
  const length = isBodyDropped ? 0 : Math.min(size, COMPARED_BYTES);
  const body = await loadBody(client, leg.id, "response", length, signal);
  return { status, headers, body };
}
