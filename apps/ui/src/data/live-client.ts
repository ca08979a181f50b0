import type { ErrorBody, EventPage, MessageDetail, MessagePage, SessionInfo } from "@inspector/session";
import { LiveLink, type OpenSocket } from "./live-link.ts";
import { type ByteRange, RequestError, type SessionClient } from "./session-client.ts";

/** A {@link SessionClient} that speaks to a hub: HTTP for what is stored, a WebSocket for what is new. */
export function createLiveClient(base: URL, openSocket: OpenSocket): SessionClient {
  const getSession = (signal?: AbortSignal): Promise<SessionInfo> => getJson(new URL("/api/session", base), signal);
  return {
    getSession,
    getRows: (seqs, signal) => getJson<MessagePage>(new URL(`/api/messages?seqs=${seqs.join(",")}`, base), signal),
    getDetail: (seq, signal) => getJson<MessageDetail>(new URL(`/api/messages/${seq}`, base), signal),
    getBytes: (seq, from, to, signal) => getRange(new URL(`/api/messages/${seq}/bytes`, base), from, to, signal),
    getEvents: (after, signal) => getJson<EventPage>(new URL(`/api/events?after=${after}`, base), signal),
    connect: (handlers) => new LiveLink({ url: liveUrl(base), getSession, openSocket, handlers }),
  };
}

function liveUrl(base: URL): string {
  const url = new URL("/api/live", base);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** The hub is of our own contract version (the link checks it), so its answers are trusted to have their shape. */
async function getJson<T>(url: URL, signal?: AbortSignal): Promise<T> {
  const response = await request(url, signal === undefined ? {} : { signal });
  const body: T = await response.json();
  return body;
}

async function getRange(url: URL, from: number, to: number, signal?: AbortSignal): Promise<ByteRange> {
  const headers = { range: `bytes=${from}-${to - 1}` };
  const response = await request(url, signal === undefined ? { headers } : { headers, signal });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const total = Number(response.headers.get("content-range")?.split("/")[1]);
  // Without a range in the answer it is the whole message.
  if (response.status !== 206) return { bytes: bytes.subarray(from, to), total: bytes.length };
  return { bytes, total: Number.isFinite(total) ? total : from + bytes.length };
}

async function request(url: URL, init: RequestInit): Promise<Response> {
  const response = await fetch(url, { credentials: "same-origin", ...init }).catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new RequestError("The inspector does not answer.", 0, "Is its command still running?");
  });
  if (response.ok) return response;
  const body: ErrorBody | undefined = await response.json().catch(() => undefined);
  const message = body?.error?.message ?? `The inspector answered ${response.status} ${response.statusText}`.trim();
  throw new RequestError(message, response.status, body?.error?.hint);
}
