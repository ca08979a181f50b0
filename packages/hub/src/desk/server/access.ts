/**
 * Who may talk to the hub: whoever has the token, from a page that the hub itself served.
 *
 * Host names are compared as text with a short list, never parsed: parsing them is how DNS rebinding got into others.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

export const COOKIE = "inspector";

export type Access = {
  /** Whether the Host header names this server. */
  isOwnHost(request: IncomingMessage): boolean;
  /** Whether the request comes from this server's own page. A missing Origin is not a pass. */
  isOwnOrigin(request: IncomingMessage): boolean;
  hasToken(request: IncomingMessage): boolean;
  isToken(value: string | null): boolean;
  /** Set-Cookie value that stands for the token from now on. */
  readonly cookie: string;
};

/** @param hosts names under which the page is served, without port */
export function createAccess(token: string, hosts: readonly string[], port: number): Access {
  const authorities = new Set(hosts.map((host) => `${host}:${port}`));
  const secret = createHash("sha256").update(`cookie ${token}`).digest("hex");
  // The port is part of the name: cookies do not know ports, and two inspectors must not log each other out.
  const name = `${COOKIE}-${port}`;

  return {
    isOwnHost: (request) => authorities.has(request.headers.host ?? ""),
    isOwnOrigin: (request) => {
      const { origin } = request.headers;
      return origin?.startsWith("http://") === true && authorities.has(origin.slice("http://".length));
    },
    hasToken(request) {
      const bearer = /^Bearer (.+)$/u.exec(request.headers.authorization ?? "")?.[1];
      if (bearer !== undefined) {
        return isEqual(bearer, token);
      }
      const cookies = (request.headers.cookie ?? "").split(/;\s*/u);
      return cookies.some((cookie) => cookie.startsWith(`${name}=`) && isEqual(cookie.slice(name.length + 1), secret));
    },
    isToken: (value) => value !== null && isEqual(value, token),
    cookie: `${name}=${secret}; Path=/; HttpOnly; SameSite=Strict`,
  };
}

function isEqual(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
