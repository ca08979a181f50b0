/** Serves the page and the contract, to whoever has the link. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { InspectorError } from "@inspector/contract/inspector-error";
import { failureAnswer, jsonAnswer } from "@inspector/reader/page-answer";
import type { WebSocketServer } from "ws";
import type { InterventionClient } from "../../intervention/client.ts";
import type { Exports } from "../exports/exports.ts";
import type { Pages } from "../live/pages.ts";
import type { Readers } from "../reader/readers.ts";
import { Access, type AccessOptions } from "./access.ts";
import { createApi } from "./api.ts";
import { onDemand } from "./on-demand.ts";
import { createPageFiles } from "./page-files.ts";
import { formFor, refuse, refuseUpgrade } from "./refusal.ts";
import { sendAnswer } from "./send-answer.ts";
import { Strangers } from "./strangers.ts";

const SECURITY_HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
} as const;

/** What pages say is short: numbers, and a filter. */
const MAX_PAGE_MESSAGE_BYTES = 64 * 1024;

/** Where a prepared export is taken, by its ticket. */
const DOWNLOADS = "/api/exports/download/";

/** What a request's path is relative to; never looked at. */
const BASE = "http://localhost";

/** The page's WebSocket: which subprotocol it speaks, beside which it offers its token. */
const LIVE_PROTOCOL = "inspector";

export type ServerOptions = {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly allowedOrigins: AccessOptions["allowedOrigins"];
  /** Folder of the built page. */
  readonly page: string;
  readonly readers: Readers;
  readonly pages: Pages;
  readonly exports: Exports;
  /** Of the current session, while it is being recorded. */
  readonly interventions?: InterventionClient | undefined;
};

export type PageServer = {
  readonly address: { readonly host: string; readonly port: number };
  close(): Promise<void>;
};

/** @throws the listener's error: EADDRINUSE, EACCES, EADDRNOTAVAIL. */
export async function createPageServer(options: ServerOptions): Promise<PageServer> {
  const server = createServer();
  const strangers = new Strangers();
  server.on("connection", (socket) => strangers.add(socket));
  const address = await listen(server, options.host, options.port);
  // Descriptors that ran out, for example: whoever wants in tries again.
  server.on("error", () => {});
  const access = new Access({ ...options, port: address.port });
  const { readers, pages, exports, interventions } = options;
  const api = createApi({
    readers,
    exports,
    interventions,
    foreignOriginOf: (request) => access.foreignOriginOf(request),
    counts: () => pages.counts,
  });
  const files = createPageFiles(options.page);
  let live: WebSocketServer | undefined;
  const sockets = onDemand(async () => {
    live = await createSockets();
    return live;
  });

  function handle(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
      response.setHeader(name, value);
    }
    const url = urlOf(request);
    const isApi = url.pathname.startsWith("/api/");
    if (url.pathname.startsWith(DOWNLOADS) && request.method === "GET") {
      return download(request, response, url.pathname.slice(DOWNLOADS.length));
    }
    const refusal = access.refusalOf(request, url, !isApi);
    if (refusal !== undefined) {
      return refuse(response, refusal, isApi ? "json" : formFor(request, "text"));
    }
    strangers.admit(request.socket);
    if (url.pathname === "/api/live" && request.method === "POST") {
      return answerLive(request, response);
    }
    if (isApi) {
      return api(request, response, url);
    }
    // What the page asks for first, once it is there.
    readers.wake();
    sockets().catch(() => {}); // Whoever upgrades is told.
    if (url.searchParams.has("token")) {
      response.setHeader("set-cookie", access.cookie);
    }
    files(request, response, (error = nothingAt(url)) => refuse(response, error, formFor(request, "json")));
  }

  /** A browser adds no headers to what it downloads, so a ticket stands for the token: it is good once, for a minute. */
  function download(request: IncomingMessage, response: ServerResponse, ticket: string): void {
    const refusal = access.hostRefusalOf(request);
    if (refusal !== undefined) {
      return refuse(response, refusal, "json");
    }
    exports.download(ticket, response).catch((error: unknown) => sendAnswer(response, failureAnswer(error)));
  }

  /** A browser does not tell its page why a WebSocket was refused, but it does tell it this. */
  function answerLive(request: IncomingMessage, response: ServerResponse): void {
    const refusal = access.foreignOriginOf(request);
    if (refusal !== undefined) {
      return refuse(response, refusal, "json");
    }
    request.resume();
    sendAnswer(response, jsonAnswer({}));
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = urlOf(request);
    const refusal = access.refusalOf(request, url, false) ?? access.foreignOriginOf(request);
    const wrong = refusal ?? (url.pathname === "/api/live" ? undefined : nothingAt(url));
    if (wrong !== undefined) {
      return refuseUpgrade(socket, wrong);
    }
    strangers.admit(request.socket);
    const onReset = (): void => void socket.destroy();
    socket.on("error", onReset);
    Promise.all([sockets(), readers.ask("session", [url.searchParams.get("session")])]).then(
      ([ready, session]) => {
        socket.off("error", onReset);
        interventions?.wake();
        ready.handleUpgrade(request, socket, head, (accepted) => pages.add(accepted, session));
      },
      (error: unknown) => refuseUpgrade(socket, error instanceof InspectorError ? error : nothingAt(url)),
    );
  }

  server.on("request", handle);
  server.on("upgrade", upgrade);
  return {
    address,
    async close() {
      pages.close();
      live?.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Loaded when a page comes: half of what the hub's main thread would load otherwise. */
async function createSockets(): Promise<WebSocketServer> {
  const { WebSocketServer } = await import("ws");
  return new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAGE_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => offered.has(LIVE_PROTOCOL) && LIVE_PROTOCOL,
  });
}

function nothingAt({ pathname }: URL): InspectorError {
  return new InspectorError("not-found", `There is nothing at ${pathname}`, {
    hint: "The inspector's page is at the address that it printed when it started, without anything behind the port.",
  });
}

/** Of an address that cannot be read it is one where nothing is. */
function urlOf({ url = "/" }: IncomingMessage): URL {
  return new URL(URL.canParse(url, BASE) ? url : "/unreadable", BASE);
}

async function listen(server: Server, host: string, port: number): Promise<{ host: string; port: number }> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, resolve);
  });
  const address = server.address() as AddressInfo;
  return { host: address.address, port: address.port };
}
