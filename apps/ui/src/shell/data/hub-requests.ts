import type { ErrorBody } from "@inspector/contract/page";
import { RequestError } from "./session-client.ts";

/** Every request names the session that the page shows, where that is not the hub's own. */
export function addressOf(page: URL, path: string): URL {
  const url = new URL(`/api/${path}`, page);
  const session = page.searchParams.get("session");
  if (session !== null) {
    url.searchParams.set("session", session);
  }
  return url;
}

/** The hub takes only JSON from a page, also where there is nothing to say: no form of another site can send that. */
export function sendTo(url: URL, method: string, body: unknown = {}): Promise<Response> {
  return request(url, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

export async function sendJson<T>(url: URL, method: string, body?: unknown): Promise<T> {
  const response = await sendTo(url, method, body);
  const answer: T = await response.json();
  return answer;
}

/** The hub is of our own contract version (the link checks it), so its answers are trusted to have their shape. */
export async function getJson<T>(url: URL, signal?: AbortSignal): Promise<T> {
  const response = await request(url, signal === undefined ? {} : { signal });
  const body: T = await response.json();
  return body;
}

/** Rejects with {@link RequestError} where there is no answer, or it is not a good one. */
export async function request(url: URL, init: RequestInit): Promise<Response> {
  const response = await fetch(url, { credentials: "same-origin", ...init }).catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === "AbortError") {
      throw cause;
    }
    throw new RequestError("The inspector does not answer.", 0, "Is its command still running?");
  });
  if (response.ok) {
    return response;
  }
  const body: ErrorBody | undefined = await response.json().catch(() => undefined);
  const message = body?.error?.message ?? `The inspector answered ${response.status} ${response.statusText}`.trim();
  throw new RequestError(message, response.status, body?.error?.hint);
}
