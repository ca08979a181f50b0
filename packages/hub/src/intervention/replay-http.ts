/** The HTTP request that goes with a replay, where the worker takes requests on a server of its own (HttpUri). */

import type { ReplayConcern, ReplayHttpRequest, ReplayOrder } from "@inspector/contract/intervention";
import type { Seq } from "@inspector/contract/page";
import { decodeMessage, type RpcHttp } from "@inspector/proto";
import { textOf } from "@inspector/session/database";
import type { OpenSession } from "../reader/open-session.ts";
import type { LegRequest } from "./send-leg.ts";

/** Bodies larger than this are not sent again. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

export type ReplayHttp =
  | {
      readonly uri: string;
      readonly request: LegRequest;
      /** Without its body. */
      readonly shown: ReplayHttpRequest;
      readonly isEdited: boolean;
    }
  | { readonly concern: ReplayConcern };

/**
 * The request to send: as ordered, else as it was recorded beside the stream, else what the recorded message itself says.
 * @param message the StreamingMessage that is sent
 */
export function readReplayHttp(
  live: OpenSession,
  recorded: OpenSession,
  order: ReplayOrder,
  message: Uint8Array | undefined,
): ReplayHttp {
  const uri = addressOf(live, order.stream);
  if (uri === undefined) {
    return refused("The address of the worker's own HTTP server is not known.");
  }
  const found = requestFor(recorded, order);
  if ("concern" in found) {
    return found;
  }
  const request = found.request ?? (message === undefined ? undefined : fromMessage(message));
  return request === undefined
    ? refused(
        "The request went to a worker's own HTTP server and was not recorded, so there is none to send. Give one.",
      )
    : { uri, ...shownAs(request, found.isEdited) };
}

/** The request of a custom handler's invocation, which is all there is of it: as ordered, else as it was recorded. */
export function readHandlerRequest(recorded: OpenSession, order: ReplayOrder, address: string | undefined): ReplayHttp {
  if (address === undefined) {
    return refused("The recording does not say where this custom handler is asked: an earlier version made it.");
  }
  const found = requestFor(recorded, order);
  if ("concern" in found) {
    return found;
  }
  return found.request === undefined
    ? refused("This invocation was recorded of a worker with a stream: a custom handler takes a request over HTTP.")
    : { uri: `http://${address}/`, ...shownAs(found.request, found.isEdited) };
}

type Chosen = { readonly request: LegRequest | undefined; readonly isEdited: boolean };

/** The request as ordered, else as it was recorded, if it was. */
function requestFor(recorded: OpenSession, order: ReplayOrder): Chosen | { readonly concern: ReplayConcern } {
  const before = recordedLeg(recorded, order.source.seq);
  if ("concern" in before) {
    return before;
  }
  const given = order.http === undefined ? undefined : edited(order.http, before.request?.body);
  return { request: given ?? before.request, isEdited: given !== undefined && !isSame(given, before.request) };
}

function shownAs(request: LegRequest, isEdited: boolean): Omit<Extract<ReplayHttp, { uri: string }>, "uri"> {
  const { body: _, ...shown } = request;
  return { request, shown, isEdited };
}

function refused(message: string): { readonly concern: ReplayConcern } {
  return { concern: { severity: "error", rule: "http-request", message } };
}

/** Where the worker's server is: by way of the recorder where there is one, so that the answer is recorded too. */
function addressOf(live: OpenSession, stream: number): string | undefined {
  const worker = live.workers().find((one) => one.stream.id === stream);
  const declared = worker?.workerCapabilities.find(({ name }) => name === "HttpUri")?.value;
  if (declared === undefined || !URL.canParse(declared)) {
    return undefined;
  }
  const { host } = new URL(declared);
  const captures = live.database
    .prepare(
      `SELECT detail ->> 'worker' AS worker, detail ->> 'address' AS address FROM event WHERE type = 'http-capture' AND connection = (SELECT connection FROM stream WHERE id = ?)
       ORDER BY id DESC LIMIT 20`,
    )
    .all(stream);
  const recorder = captures.find((one) => {
    const of = textOf(one["worker"]) ?? "";
    return URL.canParse(of) && new URL(of).host === host;
  });
  return recorder === undefined ? declared : `http://${textOf(recorder["address"])}/`;
}

/** What was recorded of the invocation that a request belongs to. */
function recordedLeg(
  session: OpenSession,
  seq: Seq,
): { readonly request: LegRequest | undefined } | { readonly concern: ReplayConcern } {
  const invocation = session.queries.message(seq)?.invocation;
  const leg = invocation === undefined ? undefined : session.invocations.detail(invocation)?.http;
  if (leg === undefined) {
    return { request: undefined };
  }
  const { method, target, headers, size, endedAt, isBodyDropped } = leg.request;
  if (endedAt === undefined || isBodyDropped || size > MAX_BODY_BYTES) {
    return refused(
      isBodyDropped
        ? "The body of the recorded HTTP request was given up to keep the session small."
        : "The recorded HTTP request is not complete, or too large to be sent again.",
    );
  }
  const number = session.invocations.httpLegs.body(leg.id, "request");
  const body = number === undefined ? undefined : session.queries.bodyBytes(number, 0, size);
  return { request: { method, target, headers, body } };
}

function edited({ method, target, headers, body }: ReplayHttpRequest, before: Uint8Array | undefined): LegRequest {
  if (body === undefined) {
    return { method, target, headers, body: before };
  }
  return { method, target, headers, body: body === "" ? undefined : Buffer.from(body, "base64") };
}

function isSame(one: LegRequest, other: LegRequest | undefined): boolean {
  const { body, ...head } = one;
  const { body: otherBody, ...otherHead } = other ?? { body: undefined };
  const isHeadSame = JSON.stringify(head) === JSON.stringify(otherHead);
  return isHeadSame && Buffer.compare(body ?? Buffer.of(), otherBody ?? Buffer.of()) === 0;
}

/** The request that a message carries itself, as it does towards workers without an HTTP server. */
function fromMessage(message: Uint8Array): LegRequest | undefined {
  const decoded = decodeMessage(message);
  if (!decoded.ok || decoded.message.content.case !== "invocationRequest") {
    return undefined;
  }
  for (const { rpcData } of decoded.message.content.value.inputData) {
    if (rpcData.case !== "data" || rpcData.value.data.case !== "http") {
      continue;
    }
    const http = rpcData.value.data.value;
    if (http.method !== "" && URL.canParse(http.url)) {
      return fromHttp(http);
    }
  }
  return undefined;
}

function fromHttp(http: RpcHttp): LegRequest {
  const { pathname, search } = new URL(http.url);
  const nullable = Object.entries(http.nullableHeaders).map(
    ([name, { string }]) => [name, string.value ?? ""] as const,
  );
  const headers = nullable.length > 0 ? nullable : Object.entries(http.headers);
  return {
    method: http.method,
    target: `${pathname}${search}`,
    // On the wire a header is bytes.
    headers: headers.map(([name, value]) => [name, Buffer.from(value, "utf8").toString("latin1")] as const),
    body: bodyOf(http),
  };
}

function bodyOf({ body }: RpcHttp): Uint8Array | undefined {
  switch (body?.data.case) {
    case "bytes":
    case "stream":
      return body.data.value;
    case "string":
    case "json":
      return Buffer.from(body.data.value, "utf8");
    default:
      return undefined;
  }
}
