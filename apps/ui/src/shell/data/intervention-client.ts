import type {
  HoldRule,
  HoldRuleOrder,
  Holds,
  ReleaseOrder,
  ReplayCheck,
  ReplayOrder,
  ReplayRun,
} from "@inspector/contract/intervention";
import { addressOf, getJson, sendJson, sendTo } from "./hub-requests.ts";

/** Replaying and holding in the live session. Every method rejects with RequestError; 409 where no session is live. */
export type InterventionClient = {
  readonly checkReplay: (order: ReplayOrder) => Promise<ReplayCheck>;
  readonly startReplay: (order: ReplayOrder) => Promise<ReplayRun>;
  readonly getReplays: (signal?: AbortSignal) => Promise<readonly ReplayRun[]>;
  readonly cancelReplay: (run: number) => Promise<ReplayRun>;
  readonly getHolds: (signal?: AbortSignal) => Promise<Holds>;
  readonly addHoldRule: (order: HoldRuleOrder) => Promise<HoldRule>;
  readonly removeHoldRule: (rule: number) => Promise<void>;
  readonly release: (held: number, order: ReleaseOrder) => Promise<void>;
};

export function createInterventionClient(page: URL): InterventionClient {
  const at = (path: string) => addressOf(page, path);
  return {
    checkReplay: (order) => sendJson(at("replays/check"), "POST", order),
    startReplay: (order) => sendJson(at("replays"), "POST", order),
    getReplays: (signal) => getJson(at("replays"), signal),
    cancelReplay: (run) => sendJson(at(`replays/${run}/cancel`), "POST"),
    getHolds: (signal) => getJson(at("holds"), signal),
    addHoldRule: (order) => sendJson(at("holds/rules"), "POST", order),
    removeHoldRule: async (rule) => void (await sendTo(at(`holds/rules/${rule}`), "DELETE")),
    release: async (held, order) => void (await sendTo(at(`holds/${held}/release`), "POST", order)),
  };
}
