/** The API of a running inspector, see packages/contract/src/page.ts. */
import { setTimeout as sleep } from "node:timers/promises";
import { InspectorError } from "@inspector/contract/inspector-error";
import type { ErrorBody } from "@inspector/contract/page";

/** A hub that has died is back sooner than this. */
const AWAY_MS = 15_000;
const RETRY_MS = 100;
/** A hub answers sooner, or says that it took too long: this one hangs, and is ended for it soon. */
const ANSWER_MS = 60_000;

export type HubClient = {
  /** @throws {InspectorError} what the hub says, and "hub-away": it does not come back */
  get<Answer>(path: string): Promise<Answer>;
  post<Answer>(path: string, body: unknown): Promise<Answer>;
  bytes(path: string): Promise<Uint8Array>;
};

/** @param url the page's address, with its token @param answerMs how long a hub that hangs is waited for */
export function createHubClient(url: string, answerMs = ANSWER_MS): HubClient {
  const { origin, searchParams } = new URL(url);
  const headers = { authorization: `Bearer ${searchParams.get("token") ?? ""}`, origin };

  async function ask(path: string, init: RequestInit): Promise<Response> {
    const response = await attempt(`${origin}${path}`, init, answerMs);
    if (response.ok) {
      return response;
    }
    const { error } = (await response.json()) as ErrorBody;
    throw new InspectorError(error.code, error.message, error.hint === undefined ? {} : { hint: error.hint });
  }

  return {
    async get<Answer>(path: string) {
      return (await (await ask(path, { headers })).json()) as Answer;
    },
    async post<Answer>(path: string, body: unknown) {
      const json = { ...headers, "content-type": "application/json" };
      return (await (await ask(path, { method: "POST", headers: json, body: JSON.stringify(body) })).json()) as Answer;
    },
    async bytes(path) {
      const parts: Uint8Array[] = [];
      let length = 0;
      // The hub gives so much at a time.
      for (let total = Number.POSITIVE_INFINITY; length < total; ) {
        const range = length === 0 ? {} : { range: `bytes=${length}-` };
        const response = await ask(path, { headers: { ...headers, ...range } });
        const part = new Uint8Array(await response.arrayBuffer());
        parts.push(part);
        length += part.length;
        total = part.length === 0 ? length : Number(response.headers.get("content-range")?.split("/")[1] ?? length);
      }
      return Buffer.concat(parts);
    },
  };
}

/** What changes something is not sent twice: it is tried again only where nobody took the connection. */
async function attempt(url: string, init: RequestInit, answerMs: number): Promise<Response> {
  const patience = performance.now() + AWAY_MS;
  for (;;) {
    try {
      return await fetch(url, { ...init, signal: AbortSignal.timeout(answerMs) });
    } catch (cause) {
      const mayRepeat = init.method === undefined || isRefusal(cause);
      if (!mayRepeat || performance.now() > patience) {
        throw new InspectorError("hub-away", "The inspector's page does not answer", {
          hint: "It comes back by itself after a fault; try again.",
          cause,
        });
      }
      await sleep(RETRY_MS);
    }
  }
}

function isRefusal(error: unknown): boolean {
  const { cause } = error instanceof Error ? error : {};
  return cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED";
}
