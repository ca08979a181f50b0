/** The HTTP half of the contract in packages/session: what is asked of a session. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { InspectorError } from "@inspector/contract/inspector-error";
import { MAX_ROWS } from "@inspector/contract/page";
import { MAX_BUCKETS } from "@inspector/session/overview";
import type { OpenSession } from "../../open-session.ts";
import type { Interventions } from "../intervention/interventions.ts";
import { sendError, sendInspectorError, sendJson } from "./answers.ts";
import { sendBody, sendBytes } from "./body.ts";
import { detailOf } from "./detail.ts";
import { answerIntervention, isIntervention, MAX_ORDER_BYTES } from "./intervention-routes.ts";
import { type ForeignOriginOf, readOwnJson } from "./read-json.ts";
import { changeSession } from "./session-changes.ts";
import type { Sessions } from "./sessions.ts";

export type Api = (request: IncomingMessage, response: ServerResponse, url: URL) => void;

type Route = (asked: {
  readonly session: OpenSession;
  readonly url: URL;
  /** What the parentheses of the path hold. */
  readonly part: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}) => void;

/** @param foreignOriginOf asked of requests that change something: why it is not one of the hub's own page */
export function createApi(sessions: Sessions, foreignOriginOf: ForeignOriginOf, interventions?: Interventions): Api {
  return (request, response, url) => {
    try {
      const path = url.pathname.slice("/api/".length);
      if (isIntervention(path)) {
        intervene(request, response, url, path).catch((error: unknown) => fail(response, error));
        return;
      }
      if (request.method === "GET" || request.method === "HEAD") {
        return read(request, response, url);
      }
      changeSession(sessions, foreignOriginOf, request, response, url).catch((error: unknown) => fail(response, error));
    } catch (error) {
      fail(response, error);
    }
  };

  async function intervene(request: IncomingMessage, response: ServerResponse, url: URL, path: string): Promise<void> {
    const isRead = request.method === "GET" || request.method === "HEAD";
    const body = isRead ? undefined : await readOwnJson(request, foreignOriginOf, MAX_ORDER_BYTES);
    const isLive = sessions.named(url.searchParams.get("session")) === sessions.current;
    answerIntervention(isLive ? interventions : undefined, request, response, path, body);
  }

  function read(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const path = url.pathname.slice("/api/".length);
    if (path === "sessions") {
      return sendJson(response, sessions.list());
    }
    const compared = /^sessions\/([^/]+)\/functions$/u.exec(path)?.[1];
    if (compared !== undefined) {
      return sendJson(response, sessions.named(decodeURIComponent(compared)).functions());
    }
    for (const [pattern, route] of ROUTES) {
      const match = pattern.exec(path);
      if (match === null) {
        continue;
      }
      const session = sessions.named(url.searchParams.get("session"));
      return route({ session, url, part: match[1] ?? "", request, response });
    }
    sendError(response, 404, "not-found", `There is nothing at ${url.pathname}`);
  }
}

const ROUTES: readonly (readonly [RegExp, Route])[] = [
  [/^session$/u, ({ session, response }) => sendJson(response, session.info())],
  [
    /^events$/u,
    ({ session, url, response }) => sendJson(response, session.queries.eventsAfter(count(url, "after", 0))),
  ],
  [/^messages$/u, ({ session, url, response }) => sendJson(response, messages(session, url))],
  [
    /^messages\/([^/]+)$/u,
    ({ session, part, url, response }) => {
      const seq = idIn(part);
      const detail = detailOf(session.queries, seq, url.searchParams.get("memory") === "inline");
      if (detail === undefined) {
        throw noMessage(seq);
      }
      sendJson(response, detail);
    },
  ],
  [
    /^messages\/([^/]+)\/bytes$/u,
    ({ session, part, request, response }) => {
      const seq = idIn(part);
      if (!sendBytes(session.queries, request, response, seq)) {
        throw noMessage(seq);
      }
    },
  ],
  [
    /^messages\/([^/]+\/memory\/[^/]+)$/u,
    ({ session, part, request, response }) => {
      const [number = "", , name = ""] = part.split("/");
      const map = session.queries.sharedMemory.find(idIn(number), decodeURIComponent(name));
      if (map === undefined) {
        throw new InspectorError("no-such-map", `Message ${number} names no shared memory of that name`);
      }
      sendBody(session.queries, request, response, map.body, `memory-${number}.bin`);
    },
  ],
  [/^invocations$/u, ({ session, url, response }) => sendJson(response, session.invocations.rows(numbers(url, "ids")))],
  [
    /^invocations\/([^/]+)$/u,
    ({ session, part, response }) => {
      const id = idIn(part);
      const detail = session.invocations.detail(id);
      if (detail === undefined) {
        throw new InspectorError("no-such-invocation", `There is no invocation or step ${id} in this session`);
      }
      sendJson(response, detail);
    },
  ],
  [
    /^http\/([^/]+\/(?:request|response))$/u,
    ({ session, part, request, response }) => {
      const [number = "", of] = part.split("/");
      const id = idIn(number);
      const { httpLegs } = session.invocations;
      if (!httpLegs.has(id)) {
        throw new InspectorError("no-such-leg", `There is no HTTP request ${id} in this session`);
      }
      const body = httpLegs.body(id, of === "request" ? of : "response");
      sendBody(session.queries, request, response, body, `http-${id}-${of}.bin`);
    },
  ],
  [/^functions$/u, ({ session, response }) => sendJson(response, session.functions())],
  [/^workers$/u, ({ session, response }) => sendJson(response, session.workers())],
  [/^problems$/u, ({ session, response }) => sendJson(response, session.problems())],
  [/^seen$/u, ({ session, response }) => sendJson(response, session.seen())],
  [
    /^overview$/u,
    ({ session, url, response }) => {
      const buckets = Math.min(count(url, "buckets", 600), MAX_BUCKETS);
      const from = url.searchParams.has("from") ? { from: count(url, "from", 0) } : {};
      const to = url.searchParams.has("to") ? { to: count(url, "to", 0) } : {};
      sendJson(response, session.overview({ buckets, ...from, ...to }));
    },
  ],
];

function messages(session: OpenSession, url: URL): unknown {
  if (url.searchParams.has("seqs")) {
    return session.queries.messages(numbers(url, "seqs"));
  }
  return session.queries.messagesAfter(count(url, "after", 0), count(url, "limit", MAX_ROWS));
}

/** The number in a path. */
function idIn(text: string): number {
  if (/^\d{1,15}$/u.test(text)) {
    return Number(text);
  }
  throw new InspectorError("bad-id", `"${text.slice(0, 50)}" is not a number of this session`);
}

function numbers(url: URL, name: string): number[] {
  const list = (url.searchParams.get(name) ?? "").split(",");
  return list.filter((text) => /^\d{1,15}$/u.test(text)).map(Number);
}

function count(url: URL, name: string, otherwise: number): number {
  const text = url.searchParams.get(name);
  if (text === null) {
    return otherwise;
  }
  if (/^\d{1,15}$/u.test(text)) {
    return Number(text);
  }
  throw new InspectorError("bad-parameter", `${name} takes a number, not "${text.slice(0, 50)}"`);
}

function noMessage(seq: number): InspectorError {
  return new InspectorError("no-such-message", `There is no message ${seq} in this session`);
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (error instanceof InspectorError) {
    return sendInspectorError(response, error);
  }
  if (error instanceof URIError) {
    return sendError(response, 400, "bad-name", "The name is not written as in an address");
  }
  sendError(response, 500, "internal", error instanceof Error ? error.message : String(error));
}
