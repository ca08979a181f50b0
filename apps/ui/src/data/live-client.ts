import type { ErrorBody, SessionInfo } from "@inspector/session";
import { LiveLink, type OpenSocket } from "./live-link.ts";
import { type ByteRange, type OverviewRange, RequestError, type SessionClient } from "./session-client.ts";

/**
 * A {@link SessionClient} that speaks to a hub: HTTP for what is stored, a WebSocket for what is new.
 * @param page the page's own address: it says where the hub is, and which of its sessions is meant
 */
export function createLiveClient(page: URL, openSocket: OpenSocket): SessionClient {
  const at = (path: string) => addressOf(page, path);
  const get = <T>(path: string, signal?: AbortSignal) => getJson<T>(at(path), signal);
  const kept = (name: string, what = "") => `sessions/${encodeURIComponent(name)}${what}`;
  const getSession = (signal?: AbortSignal) => get<SessionInfo>("session", signal);
  return {
    getSession,
    getRows: (seqs, signal) => get(`messages?seqs=${seqs.join(",")}`, signal),
    getDetail: (seq, signal) => get(`messages/${seq}`, signal),
    getBytes: (seq, from, to, signal) => getRange(at(`messages/${seq}/bytes`), from, to, signal),
    getInvocations: (ids, signal) => get(`invocations?ids=${ids.join(",")}`, signal),
    getInvocation: (id, signal) => get(`invocations/${id}`, signal),
    getFunctions: (signal) => get("functions", signal),
    getWorkers: (signal) => get("workers", signal),
    getProblems: (signal) => get("problems", signal),
    getOverview: (range, signal) => get(`overview?${overviewQuery(range)}`, signal),
    getSeen: (signal) => get("seen", signal),
    getSessions: (signal) => get("sessions", signal),
    getSessionFunctions: (name, signal) => get(kept(name, "/functions"), signal),
    openSession: (name) => sendJson(at(kept(name, "/open")), "POST"),
    renameSession: (name, next) => sendJson(at(kept(name, "/rename")), "POST", { name: next }),
    deleteSession: async (name) => void (await sendTo(at(kept(name)), "DELETE")),
    getEvents: (after, signal) => get(`events?after=${after}`, signal),
    connect: (handlers) => new LiveLink({ url: liveUrl(at("live")), getSession, openSocket, handlers }),
  };
}

/** Every request names the session that the page shows, where that is not the hub's own. */
function addressOf(page: URL, path: string): URL {
  const url = new URL(`/api/${path}`, page);
  const session = page.searchParams.get("session");
  if (session !== null) url.searchParams.set("session", session);
  return url;
}

function overviewQuery({ from, to, buckets }: OverviewRange): URLSearchParams {
  const given = Object.entries({ from, to, buckets }).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
}

function liveUrl(url: URL): string {
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** The hub takes only JSON from a page, also where there is nothing to say: no form of another site can send that. */
function sendTo(url: URL, method: string, body: unknown = {}): Promise<Response> {
  return request(url, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

async function sendJson<T>(url: URL, method: string, body?: unknown): Promise<T> {
  const response = await sendTo(url, method, body);
  const answer: T = await response.json();
  return answer;
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
