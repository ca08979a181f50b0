/** The hub's API, as far as replays need it; see packages/contract/src/page.ts and intervention.ts. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ReplayOrder, ReplayRun } from "@inspector/contract/intervention";
import type { MessagePage, MessageRow } from "@inspector/contract/page";
import type { Recorder } from "../targets/target.ts";

const LOOK_MS = 50;
/** As long as lag.ts waits: where others use the machine, the hub has little of it. */
const GIVE_UP_MS = 300_000;
/** A replay waits for its turn in a recording that is behind, which is no failure here. */
const TIMEOUT_MS = 600_000;

export type ReplayRate = {
  readonly perSecond: number;
  /** So many at most. */
  readonly times: number;
};

export type Hub = {
  /** The first invocation that was recorded. */
  firstInvocation(): Promise<MessageRow>;
  start(invocation: MessageRow, rate: ReplayRate): Promise<number>;
  /** Ends a run. @returns how many of it succeeded. @throws where one did not */
  end(id: number): Promise<number>;
  /** Everything that crossed is in the session. */
  caughtUp(): Promise<void>;
};

export function createHub({ link, state }: Recorder): Hub {
  const { origin, searchParams } = new URL(link);
  const headers = {
    authorization: `Bearer ${searchParams.get("token") ?? ""}`,
    origin,
    "content-type": "application/json",
  };

  async function ask<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${origin}${path}`, { headers, ...init });
    if (!response.ok) {
      throw new Error(`${path}: the hub answers ${response.status}: ${await response.text()}`);
    }
    return (await response.json()) as Answer;
  }

  async function until<Value>(what: string, look: () => Promise<Value | undefined>): Promise<Value> {
    const end = performance.now() + GIVE_UP_MS;
    while (performance.now() < end) {
      const value = await look();
      if (value !== undefined) {
        return value;
      }
      await sleep(LOOK_MS);
    }
    throw new Error(`${what}; ${(await state()).behind} bytes are still to be recorded`);
  }

  return {
    firstInvocation: () =>
      until("the invocation is not in the session", async () => {
        const { rows } = await ask<MessagePage>("/api/messages?after=0&limit=100");
        return rows.find(({ kind }) => kind === "invocation_request");
      }),
    async start({ stream, seq }, rate) {
      const order: ReplayOrder = { stream, source: { seq }, ...rate, timeoutMs: TIMEOUT_MS };
      const { id } = await ask<ReplayRun>("/api/replays", { method: "POST", body: JSON.stringify(order) });
      return id;
    },
    async end(id) {
      await ask(`/api/replays/${id}/cancel`, { method: "POST", body: "{}" });
      const run = await until("replays are not answered", async () => {
        const now = await ask<ReplayRun>(`/api/replays/${id}`);
        return now.results.every(({ state }) => state !== "sending" && state !== "in-flight") ? now : undefined;
      });
      const failed = run.results.find((one) => one.state !== "success");
      if (failed !== undefined) {
        throw new Error(`a replay: ${failed.state}, ${failed.text ?? ""}`);
      }
      return run.results.length;
    },
    async caughtUp() {
      await until("the hub does not catch up", async () => ((await state()).behind === 0 ? true : undefined));
    },
  };
}
