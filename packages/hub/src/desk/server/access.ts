/**
 * Who may talk to the hub: whoever has the token, under a name that this server goes by.
 *
 * The page keeps the token and sends it with every request (`Authorization: Bearer`) and with its WebSocket (as a
 * subprotocol). A cookie alone opens the page's own files, in which nothing is recorded: browsers send it to every port of
 * this machine, so other servers see it.
 *
 * Host and Origin are compared as text with short lists, never parsed: parsing them is how DNS rebinding got into others.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { InspectorError } from "@inspector/contract/inspector-error";
import { wrongHost, wrongOrigin, wrongToken } from "./refusal.ts";

const COOKIE = "inspector";

/** Comes before the token among the subprotocols that the page offers with its WebSocket. */
const TOKEN_PROTOCOL = "inspector.token.";

export type AccessOptions = {
  readonly token: string;
  /** Where the server was told to listen: a name or an address, also "0.0.0.0" and "::". */
  readonly host: string;
  readonly port: number;
  /** Origins under which others show the page, such as a tunnel: "https://name" or "http://name:8080". */
  readonly allowedOrigins: readonly string[];
};

export class Access {
  /** Set-Cookie value that opens the page's files from now on. */
  readonly cookie: string;
  readonly #token: string;
  readonly #cookiePair: string;
  readonly #port: number;
  readonly #ownHosts: ReadonlySet<string>;
  readonly #allowedHosts: ReadonlySet<string>;
  readonly #allowedOrigins: ReadonlySet<string>;

  constructor({ token, host, port, allowedOrigins }: AccessOptions) {
    this.#token = token;
    this.#port = port;
    // The port is part of the name: cookies do not know ports, and two inspectors must not log each other out.
    this.#cookiePair = `${COOKIE}-${port}=${createHash("sha256").update(`cookie ${token}`).digest("hex")}`;
    this.cookie = `${this.#cookiePair}; Path=/; HttpOnly; SameSite=Strict`;
    const names = ["localhost", "127.0.0.1", "[::1]", host.includes(":") ? `[${host}]` : host.toLowerCase()];
    this.#ownHosts = new Set(names.flatMap((name) => hostsOf("http:", name, port)));
    const allowed = allowedOrigins.map((origin) => new URL(origin));
    this.#allowedOrigins = new Set(allowed.map(({ origin }) => origin));
    this.#allowedHosts = new Set(allowed.flatMap((url) => hostsOf(url.protocol, url.hostname, portOf(url))));
  }

  /**
   * Why a request is not let in; undefined where it is: by the token, by the link, or to the page's files by their cookie.
   * @param isFile whether it asks for no more than a file of the page
   */
  refusalOf(request: IncomingMessage, url: URL, isFile: boolean): InspectorError | undefined {
    if (!this.#isKnownHost(request)) {
      return wrongHost(request, this.#port);
    }
    const linked = url.pathname === "/" ? url.searchParams.get("token") : null;
    if (linked !== null) {
      return this.#isToken(linked) ? undefined : wrongToken();
    }
    return this.#hasToken(request) || (isFile && this.#hasCookie(request)) ? undefined : wrongToken();
  }

  /** The same of a request that brings a ticket in the token's place: whether the ticket is good, is for others to say. */
  hostRefusalOf(request: IncomingMessage): InspectorError | undefined {
    return this.#isKnownHost(request) ? undefined : wrongHost(request, this.#port);
  }

  /** Whether the Host header names this server. */
  #isKnownHost({ headers: { host = "" }, socket }: IncomingMessage): boolean {
    return this.#isOwnHost(host, socket.localAddress) || this.#allowedHosts.has(host);
  }

  /** Why a request is not taken as one of the page; undefined where it is. A missing Origin is not a pass. */
  foreignOriginOf(request: IncomingMessage): InspectorError | undefined {
    const { origin = "" } = request.headers;
    const isOwn =
      origin.startsWith("http://") && this.#isOwnHost(origin.slice("http://".length), request.socket.localAddress);
    return isOwn || this.#allowedOrigins.has(origin) ? undefined : wrongOrigin(request);
  }

  #hasToken({ headers }: IncomingMessage): boolean {
    const bearer = /^Bearer (.+)$/u.exec(headers.authorization ?? "")?.[1];
    if (bearer !== undefined) {
      return this.#isToken(bearer);
    }
    // A browser lets a page add no headers to a WebSocket, but subprotocols.
    const offered = (headers["sec-websocket-protocol"] ?? "").split(/,\s*/u);
    const token = offered.find((protocol) => protocol.startsWith(TOKEN_PROTOCOL));
    return token !== undefined && this.#isToken(token.slice(TOKEN_PROTOCOL.length));
  }

  #isToken(value: string): boolean {
    return isEqual(value, this.#token);
  }

  /** Whether the browser was here with the link before. It is enough for the page's files, and for nothing else. */
  #hasCookie({ headers: { cookie = "" } }: IncomingMessage): boolean {
    return cookie.split(/;\s*/u).some((pair) => isEqual(pair, this.#cookiePair));
  }

  /**
   * @param dialled the address of this machine that the connection came in at: where the server listens on all of them, it is
   * known by each
   */
  #isOwnHost(host: string, dialled = ""): boolean {
    if (this.#ownHosts.has(host)) {
      return true;
    }
    const address = dialled.replace(/^::ffff:(?=\d+\.)/u, "");
    return hostsOf("http:", address.includes(":") ? `[${address}]` : address, this.#port).includes(host);
  }
}

/** How a Host header may write it: the port that belongs to the scheme is left away. */
function hostsOf(protocol: string, name: string, port: number): string[] {
  const isUsual = port === (protocol === "https:" ? 443 : 80);
  return isUsual ? [name, `${name}:${port}`] : [`${name}:${port}`];
}

function portOf({ port, protocol }: URL): number {
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}

function isEqual(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
