/** Serves the page and the contract, to whoever has the link. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import sirv from "sirv";
import { WebSocketServer } from "ws";
import type { OpenSession } from "../../open-session.ts";
import type { Interventions } from "../intervention/interventions.ts";
import { type Access, createAccess } from "./access.ts";
import { sendError } from "./answers.ts";
import { createApi } from "./api.ts";
import type { Sessions } from "./sessions.ts";

const SECURITY_HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
} as const;

const FORBIDDEN_HINT = "Open the link that the inspector printed when it started: it carries the token.";

export type ServerOptions = {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  /** Folder of the built page. */
  readonly page: string;
  readonly sessions: Sessions;
  /** Of the current session, while it is being recorded. */
  readonly interventions?: Interventions | undefined;
};

export type PageServer = {
  readonly address: { readonly host: string; readonly port: number };
  close(): Promise<void>;
};

/** @throws the listener's error: EADDRINUSE, EACCES, EADDRNOTAVAIL. */
export async function createPageServer(options: ServerOptions): Promise<PageServer> {
  const { sessions } = options;
  const api = createApi(sessions, (request) => access?.isOwnOrigin(request) === true, options.interventions);
  const assets = sirv(options.page, { etag: true, dev: false });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024, perMessageDeflate: false });
  let access: Access | undefined;

  function handle(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
      response.setHeader(name, value);
    }
    const url = urlOf(request);
    if (url === undefined || access?.isOwnHost(request) !== true) {
      return sendError(
        response,
        403,
        "wrong-host",
        "This server does not go by that name",
        "Open it as localhost or 127.0.0.1.",
      );
    }
    if (url.pathname === "/" && url.searchParams.has("token")) {
      return admit(access, response, url);
    }
    if (!access.hasToken(request)) {
      return refuse(response, url);
    }
    if (url.pathname.startsWith("/api/")) {
      return api(request, response, url);
    }
    assets(request, response, () => sendError(response, 404, "not-found", `There is nothing at ${url.pathname}`));
  }

  /** Exchanges the token in the link for a cookie, and takes it out of the address bar. */
  function admit(to: Access, response: ServerResponse, url: URL): void {
    if (!to.isToken(url.searchParams.get("token"))) {
      return refuse(response, url);
    }
    url.searchParams.delete("token");
    response.writeHead(303, { location: `/${url.search}`, "set-cookie": to.cookie, "cache-control": "no-store" });
    response.end();
  }

  function refuse(response: ServerResponse, url: URL): void {
    if (url.pathname.startsWith("/api/")) {
      return sendError(response, 403, "wrong-token", "The token is missing or is not this recording's", FORBIDDEN_HINT);
    }
    response.writeHead(403, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" });
    response.end(`The token is missing or is not this recording's.\n${FORBIDDEN_HINT}\n`);
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const isAllowed =
      urlOf(request)?.pathname === "/api/live" &&
      access?.isOwnHost(request) === true &&
      access.isOwnOrigin(request) &&
      access.hasToken(request);
    if (!isAllowed) {
      socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const session = sessionOf(request);
    if (session === undefined) {
      socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (accepted) => session.live.add(accepted));
  }

  function sessionOf(request: IncomingMessage): OpenSession | undefined {
    try {
      return sessions.named(urlOf(request)?.searchParams.get("session") ?? null);
    } catch {
      return undefined;
    }
  }

  const server = createServer(handle);
  server.on("upgrade", upgrade);
  const address = await listen(server, options.host, options.port);
  access = createAccess(options.token, namesOf(options.host), address.port);
  return {
    address,
    async close() {
      sessions.close();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The names of this machine's loopback, and the one it was told to listen under. */
function namesOf(host: string): string[] {
  return ["localhost", "127.0.0.1", "[::1]", host.includes(":") ? `[${host}]` : host];
}

function urlOf(request: IncomingMessage): URL | undefined {
  try {
    return new URL(request.url ?? "/", "http://localhost");
  } catch {
    return undefined;
  }
}

async function listen(server: Server, host: string, port: number): Promise<{ host: string; port: number }> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, resolve);
  });
  const address = server.address() as AddressInfo;
  return { host: address.address, port: address.port };
}
