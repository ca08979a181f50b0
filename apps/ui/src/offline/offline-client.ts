/** A {@link SessionClient} whose questions are answered in the page itself, by the code that the hub's readers run. */
import { answerPage } from "@inspector/reader/routes";
import { HubRequests } from "../shell/data/hub-requests.ts";
import { createLiveClient } from "../shell/data/live-client.ts";
import type { OfflinePage, SessionClient } from "../shell/data/session-client.ts";
import { OfflineLink } from "./offline-link.ts";
import type { OfflineSessions } from "./offline-sessions.ts";

const API = "/api/";

/** There is nobody to whom a token would have to be shown. */
const NO_SECRET = { token: "", forget: () => {} };

export type OfflineClientOptions = {
  readonly sessions: OfflineSessions;
  /** The session that is asked about. */
  readonly name: string;
  readonly page: OfflinePage;
};

export function createOfflineClient({ sessions, name, page }: OfflineClientOptions): SessionClient {
  const address = new URL(`http://page/?${new URLSearchParams({ session: name })}`);
  const requests = new HubRequests(address, NO_SECRET, async (url, init) => answer(sessions, url, init));
  // Whoever has the file has what an export would be made of.
  const { exports: _, ...client } = createLiveClient(requests, () => {
    throw new Error("a page without a server has no socket");
  });
  return {
    ...client,
    offline: page,
    about: (other) => createOfflineClient({ sessions, name: other ?? name, page }),
    connect: (handlers) => new OfflineLink(sessions, name, handlers),
  };
}

function answer(sessions: OfflineSessions, url: URL, init: RequestInit): Response {
  const headers = new Headers(init.headers);
  const {
    status,
    headers: said,
    body,
  } = answerPage(sessions, {
    method: init.method ?? "GET",
    path: url.pathname.slice(API.length),
    query: url.search.slice(1),
    range: headers.get("range") ?? undefined,
    body: typeof init.body === "string" ? JSON.parse(init.body) : undefined,
  });
  const named = Object.entries(said).map(([key, value]) => [key, String(value)] as [string, string]);
  return new Response(typeof body === "string" ? body : body?.slice(), { status, headers: named });
}
