import type {
  HeldMessage,
  HoldRule,
  HoldRuleOrder,
  Holds,
  ReleaseOrder,
  ReplayCheck,
  ReplayOrder,
  ReplayRoomUse,
  ReplayRun,
} from "@inspector/contract/intervention";
import type { HubRequests } from "./hub-requests.ts";

/** Replaying and holding in the live session. Every method rejects with RequestError; 409 where no session is live. */
export type InterventionClient = {
  readonly checkReplay: (order: ReplayOrder) => Promise<ReplayCheck>;
  readonly startReplay: (order: ReplayOrder) => Promise<ReplayRun>;
  readonly getReplays: (signal?: AbortSignal) => Promise<readonly ReplayRun[]>;
  readonly getReplayRoom: (signal?: AbortSignal) => Promise<ReplayRoomUse>;
  readonly cancelReplay: (run: number) => Promise<ReplayRun>;
  readonly getHolds: (signal?: AbortSignal) => Promise<Holds>;
  /** With what it says. */
  readonly getHeld: (held: number, signal?: AbortSignal) => Promise<HeldMessage>;
  readonly addHoldRule: (order: HoldRuleOrder) => Promise<HoldRule>;
  readonly removeHoldRule: (rule: number) => Promise<void>;
  readonly release: (held: number, order: ReleaseOrder) => Promise<void>;
};

export function createInterventionClient(hub: HubRequests): InterventionClient {
  return {
    checkReplay: (order) => hub.sendJson("replays/check", "POST", order),
    startReplay: (order) => hub.sendJson("replays", "POST", order),
    getReplays: (signal) => hub.get("replays", signal),
    getReplayRoom: (signal) => hub.get("replays/room", signal),
    cancelReplay: (run) => hub.sendJson(`replays/${run}/cancel`, "POST"),
    getHolds: (signal) => hub.get("holds", signal),
    getHeld: (held, signal) => hub.get(`holds/${held}`, signal),
    addHoldRule: (order) => hub.sendJson("holds/rules", "POST", order),
    removeHoldRule: async (rule) => void (await hub.send(`holds/rules/${rule}`, "DELETE")),
    release: async (held, order) => void (await hub.send(`holds/${held}/release`, "POST", order)),
  };
}
