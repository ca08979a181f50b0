import type { ErrorBody } from "@inspector/contract/page";
import type { PageSecret } from "./page-secret.ts";
import { RequestError } from "./session-client.ts";

/** As the browser's own `fetch`, of one address. */
export type Ask = (url: URL, init: RequestInit) => Promise<Response>;

/**
 * Requests to the hub about one of its sessions. All of them reject with {@link RequestError} where there is no answer, or it
 * is not a good one. The hub is of our own contract version (the link checks it), so its answers are trusted to have their
 * shape.
 */
export class HubRequests {
  readonly #page: URL;
  readonly #secret: PageSecret;

  readonly #ask: Ask;

  /**
   * @param page its address says where the hub is, and which session is meant where that is not the hub's own
   * @param ask how it is asked: over HTTP, unless somebody else answers in its place
   */
  constructor(page: URL, secret: PageSecret, ask: Ask = (url, init) => fetch(url, init)) {
    this.#page = page;
    this.#secret = secret;
    this.#ask = ask;
  }

  addressOf(path: string): URL {
    const url = new URL(`/api/${path}`, this.#page);
    const session = this.#page.searchParams.get("session");
    if (session !== null) {
      url.searchParams.set("session", session);
    }
    return url;
  }

  /** Requests about another session of the hub; undefined stands for the one that it was started with. */
  about(session: string | undefined): HubRequests {
    const page = new URL(this.#page);
    page.searchParams.delete("session");
    if (session !== undefined) {
      page.searchParams.set("session", session);
    }
    return new HubRequests(page, this.#secret, this.#ask);
  }

  /** Subprotocols of a WebSocket to the hub: a page can add no headers to it, and the token has to go along. */
  get protocols(): string[] {
    return ["inspector", `inspector.token.${this.#secret.token}`];
  }

  async get<T>(path: string, signal?: AbortSignal): Promise<T> {
    const response = await this.request(path, signal === undefined ? {} : { signal });
    const body: T = await response.json();
    return body;
  }

  /** The hub takes only JSON from a page, also where there is nothing to say: no form of another site can send that. */
  send(path: string, method: string, body: unknown = {}): Promise<Response> {
    return this.request(path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  }

  async sendJson<T>(path: string, method: string, body?: unknown): Promise<T> {
    const response = await this.send(path, method, body);
    const answer: T = await response.json();
    return answer;
  }

  async request(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${this.#secret.token}`);
    const url = this.addressOf(path);
    const response = await this.#ask(url, { ...init, headers, credentials: "same-origin" }).catch((cause: unknown) => {
      if (cause instanceof DOMException && cause.name === "AbortError") {
        throw cause;
      }
      throw new RequestError("The inspector does not answer.", 0, "Is its command still running?");
    });
    if (response.ok) {
      return response;
    }
    const body: ErrorBody | undefined = await response.json().catch(() => undefined);
    const { code, message, hint } = body?.error ?? {};
    if (code === "wrong-token") {
      this.#secret.forget();
    }
    const status = `The inspector answered ${response.status} ${response.statusText}`.trim();
    throw new RequestError(message ?? status, response.status, hint);
  }
}
