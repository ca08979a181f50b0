import { type IncomingMessage, type OutgoingHttpHeaders, request as sendRequest } from "node:http";
import { connect, type Socket } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { formatCause } from "./host-error.ts";
import type { HttpLeg } from "./invocation-request.ts";
import { createDeferred } from "./time-limit.ts";

/** The real host's attempts to connect to a worker's HTTP server, 50 ms apart at first and 250 ms at last. */
const CONNECT_TRIES = 10;
const FIRST_DELAY_MS = 50;
const LAST_DELAY_MS = 250;
/** ms without a byte in either direction after which the real host gives up. */
const ACTIVITY_LIMIT_MS = 240_000;

/** Headers that concern one connection and are not passed on. */
const HOP_BY_HOP = new Set(
  "connection keep-alive proxy-authenticate proxy-authorization te trailer transfer-encoding upgrade host".split(" "),
);

export type ForwardedRequest = {
  readonly method: string;
  /** Path and query, as the client wrote them. */
  readonly path: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Readable | Buffer | undefined;
};

/**
 * Sends a request of an http trigger to the worker's own HTTP server (capability HttpUri), marked with the invocation
 * it belongs to, and hands its answer to `onResponse`, whose promise ends the leg.
 *
 * A client's own x-ms-invocation-id is left as it is, as in the real host.
 */
export function forwardRequest(
  request: ForwardedRequest,
  target: { readonly uri: string; readonly invocationId: string; readonly clientAddress: string },
  onResponse: (response: IncomingMessage) => Promise<void>,
): HttpLeg {
  const abortion = new AbortController();
  const { promise: aborted, reject } = createDeferred<never>();
  const done = Promise.race([run(request, target, onResponse, abortion.signal), aborted]);
  done.catch(() => {});
  return {
    done,
    abort: (reason) => {
      reject(reason);
      abortion.abort(reason);
    },
  };
}

async function run(
  request: ForwardedRequest,
  target: { readonly uri: string; readonly invocationId: string; readonly clientAddress: string },
  onResponse: (response: IncomingMessage) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const url = new URL(target.uri);
  const socket = await connectPatiently(url, signal);
  try {
    socket.setTimeout(ACTIVITY_LIMIT_MS, () => socket.destroy(new Error(`no byte for ${ACTIVITY_LIMIT_MS} ms`)));
    const outgoing = sendRequest({
      createConnection: () => socket,
      method: request.method,
      path: request.path,
      headers: forwardedHeaders(request.headers, target),
      host: url.hostname,
      port: url.port,
      signal,
    });
    const response = new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once("response", resolve);
      outgoing.once("error", reject);
    });
    // The answer may come, and end, before the body was taken: what counts is the answer.
    void pipeline(
      request.body instanceof Readable ? request.body : Readable.from(request.body ? [request.body] : []),
      outgoing,
    ).catch((cause: unknown) => outgoing.destroy(cause instanceof Error ? cause : new Error(String(cause))));
    await onResponse(await response);
  } finally {
    socket.destroy();
  }
}

async function connectPatiently(url: URL, signal: AbortSignal): Promise<Socket> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await connectOnce(url);
    } catch (cause) {
      if (attempt >= CONNECT_TRIES || signal.aborted) {
        throw new Error(`the worker's HTTP server at ${url.href} cannot be reached: ${formatCause(cause)}`, { cause });
      }
      await sleep(Math.min(FIRST_DELAY_MS * attempt, LAST_DELAY_MS));
    }
  }
}

function connectOnce(url: URL): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port || 80) });
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
    socket.once("error", reject);
  });
}

function forwardedHeaders(
  headers: ReadonlyMap<string, string>,
  target: { readonly uri: string; readonly invocationId: string; readonly clientAddress: string },
): OutgoingHttpHeaders {
  const lower = new Map([...headers].map(([name, value]) => [name.toLowerCase(), value]));
  const forwardedFor = lower.get("x-forwarded-for");
  return {
    "x-ms-invocation-id": target.invocationId,
    "x-forwarded-host": lower.get("host") ?? new URL(target.uri).host,
    "x-forwarded-proto": "http",
    ...Object.fromEntries([...lower].filter(([name]) => !HOP_BY_HOP.has(name))),
    "x-forwarded-for": forwardedFor ? `${forwardedFor}, ${target.clientAddress}` : target.clientAddress,
    host: new URL(target.uri).host,
  };
}

/** Headers of an answer that may be passed on to the client. */
export function passableHeaders(response: IncomingMessage): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(response.headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}
