/** What is compared of an invocation, and how it is loaded. */
import type { HttpAnswer } from "@inspector/analysis/replay/answer";
import type { Request } from "@inspector/analysis/replay/request";
import type {
  HttpLeg,
  InvocationRow,
  MessageDetail,
  MessageRow,
  Seq,
  SessionInfo,
  StepRow,
} from "@inspector/contract/page";
import type { SessionClient } from "../../shell/data/session-client.ts";
import { isBeingCopied } from "../../shell/data/shared-memory.ts";

/** Bytes of a body that are compared: of a longer one, its beginning. */
const COMPARED_BYTES = 4 * 1024 * 1024;

/** Where an invocation is: one of two that are compared may be of another session than the page shows. */
export type CallPlace = { readonly client: SessionClient; readonly session: SessionInfo | undefined };

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
  /** What came over HTTP beside the stream. */
  readonly http?: HttpAnswer;
  /** The part that crosses over HTTP or in shared memory is not complete yet. */
  readonly isPartial?: true;
  /** Why the response cannot be compared. */
  readonly reason?: string;
};

type LoadOptions = { readonly logs: number; readonly signal: AbortSignal };

/** Loads an answer with at most so many of its logs. */
export async function loadAnswer(
  { client, session }: CallPlace,
  id: Seq,
  options: LoadOptions,
): Promise<InvocationAnswer> {
  const { signal } = options;
  const { row, response, logs, http: leg } = await client.getInvocation(id, signal);
  const wanted = [...logs.slice(0, options.logs), ...(response === undefined ? [] : [response])];
  const details = await Promise.all(wanted.map((seq) => client.getInlined(seq, signal)));
  const http = await loadHttp(client, leg, signal);
  const answer = details.find((detail) => detail.row.seq === response);
  const isHttpOpen = leg !== undefined && leg.response?.endedAt === undefined && leg.lost === undefined;
  const workerId = session?.streams.find((stream) => stream.id === row.stream)?.workerId;
  return {
    row,
    ...(workerId !== undefined && { workerId }),
    messages: details.flatMap(({ message }) => (message === undefined ? [] : [message])),
    logs: details.map((detail: MessageDetail) => detail.row).filter(({ seq }) => seq !== response),
    logCount: logs.length,
    ...(http && { http }),
    ...(((session?.source === "live" && isHttpOpen) || details.some((detail) => isBeingCopied(detail, session))) && {
      isPartial: true as const,
    }),
    ...(answer?.reason !== undefined && { reason: answer.reason }),
  };
}

/** What the worker was asked. */
export type CallRequest = {
  /** Absent where it was not recorded, or is not decoded. */
  readonly request?: Request;
  /** Why it is not decoded. */
  readonly reason?: string;
};

export async function loadRequest({ client }: CallPlace, id: Seq, signal: AbortSignal): Promise<CallRequest> {
  const { request, heard = request, http: leg } = await client.getInvocation(id, signal);
  const detail = heard === undefined ? undefined : await client.getInlined(heard, signal);
  if (detail?.message === undefined) {
    return detail?.reason === undefined ? {} : { reason: detail.reason };
  }
  if (leg === undefined) {
    return { request: { message: detail.message } };
  }
  const { method, target, headers, size, isBodyDropped } = leg.request;
  const length = isBodyDropped ? 0 : Math.min(size, COMPARED_BYTES);
  const body = await loadBody(client, leg.id, "request", length, signal);
  return { request: { message: detail.message, http: { method, target, headers, body } } };
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
