import type { SessionInfo } from "@inspector/contract/page";
import { createExportClient } from "./export-client.ts";
import type { HubRequests } from "./hub-requests.ts";
import { createInterventionClient } from "./intervention-client.ts";
import { LiveLink, type OpenSocket } from "./live-link.ts";
import type { ByteRange, OverviewRange, SessionClient } from "./session-client.ts";

/** A {@link SessionClient} that speaks to a hub: HTTP for what is stored, a WebSocket for what is new. */
export function createLiveClient(hub: HubRequests, openSocket: OpenSocket): SessionClient {
  const get = <T>(path: string, signal?: AbortSignal) => hub.get<T>(path, signal);
  const kept = (name: string, what = "") => `sessions/${encodeURIComponent(name)}${what}`;
  const getSession = (signal?: AbortSignal) => get<SessionInfo>("session", signal);
  return {
    getSession,
    getRows: (seqs, signal) => get(`messages?seqs=${seqs.join(",")}`, signal),
    getLines: (numbers, signal) => get(`lines?numbers=${numbers.join(",")}`, signal),
    getDetail: (seq, signal) => get(`messages/${seq}`, signal),
    getInlined: (seq, signal) => get(`messages/${seq}?memory=inline`, signal),
    getSharedMemory: (seq, name, from, to, signal) =>
      getRange(hub, `messages/${seq}/memory/${encodeURIComponent(name)}`, from, to, signal),
    getBytes: (seq, from, to, signal) => getRange(hub, `messages/${seq}/bytes`, from, to, signal),
    findInMessage: (seq, text, where, from, signal) =>
      get(`messages/${seq}/find?${new URLSearchParams({ text, where, from: String(from) })}`, signal),
    getHttpBody: (leg, part, from, to, signal) => getRange(hub, `http/${leg}/${part}`, from, to, signal),
    getInvocations: (ids, signal) => get(`invocations?ids=${ids.join(",")}`, signal),
    getSorted: ({ by, isDescending }, filter, signal) =>
      get(`invocations/sorted?${new URLSearchParams({ by, descending: isDescending ? "1" : "0", filter })}`, signal),
    getFacets: (list, filter, after, signal) =>
      get(`facets?${new URLSearchParams({ list, filter, after: String(after) })}`, signal),
    getInvocation: (id, signal) => get(`invocations/${id}`, signal),
    getNeighbours: (id, signal) => get(`invocations/${id}/neighbours`, signal),
    getFailure: (id, signal) => get(`invocations/${id}/failure`, signal),
    getFunctions: (signal) => get("functions", signal),
    getFunctionTotals: (signal) => get("functions/totals", signal),
    getFunctionErrors: (name, signal) => get(`functions/errors?name=${encodeURIComponent(name)}`, signal),
    getWorkers: (signal) => get("workers", signal),
    getStrayHttp: (signal) => get("http", signal),
    getProblems: (signal) => get("problems", signal),
    getOverview: (range, signal) => get(`overview?${overviewQuery(range)}`, signal),
    getPartlySearched: (filter, signal) => get(`partly-searched?${new URLSearchParams({ filter })}`, signal),
    getSeen: (signal) => get("seen", signal),
    getSessions: (signal) => get("sessions", signal),
    getSessionFunctions: (name, signal) => get(kept(name, "/functions"), signal),
    openSession: (name) => hub.sendJson(kept(name, "/open"), "POST"),
    renameSession: (name, next) => hub.sendJson(kept(name, "/rename"), "POST", { name: next }),
    labelSession: (name, labels) => hub.sendJson(kept(name, "/label"), "POST", labels),
    deleteSession: async (name) => void (await hub.send(kept(name), "DELETE")),
    getPages: (signal) => get("pages", signal),
    getEvents: (after, signal) => get(`events?after=${after}`, signal),
    interventions: createInterventionClient(hub),
    exports: createExportClient(hub),
    about: (session) => createLiveClient(hub.about(session), openSocket),
    connect: (handlers) =>
      new LiveLink({
        url: liveUrl(hub.addressOf("live")),
        getSession,
        askToListen: async () => void (await hub.send("live", "POST")),
        openSocket,
        protocols: hub.protocols,
        handlers,
      }),
  };
}

function overviewQuery({ from, to, buckets }: OverviewRange): URLSearchParams {
  const given = Object.entries({ from, to, buckets }).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
}

function liveUrl(url: URL): string {
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

async function getRange(
  hub: HubRequests,
  path: string,
  from: number,
  to: number,
  signal?: AbortSignal,
): Promise<ByteRange> {
  const headers = { range: `bytes=${from}-${to - 1}` };
  const response = await hub.request(path, signal === undefined ? { headers } : { headers, signal });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const total = Number(response.headers.get("content-range")?.split("/")[1]);
  // Without a range in the answer it is the whole message.
  if (response.status !== 206) {
    return { bytes: bytes.subarray(from, to), total: bytes.length };
  }
  return { bytes, total: Number.isFinite(total) ? total : from + bytes.length };
}
