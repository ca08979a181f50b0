/** What the soak and its two peers say to each other, over the channel of their processes. */
import type { LedgerFacts } from "./ledger.ts";

export type PeerOrder =
  /** Of the workers' process: opens so many streams to this address. */
  | { readonly do: "connect"; readonly address: string; readonly workers: number }
  /** Of the host's process: invocations a second over all streams; 0 pauses. */
  | { readonly do: "pace"; readonly perSecond: number }
  /** Of the workers' process: ends its streams, as a worker does that was told to. */
  | { readonly do: "end" }
  | { readonly do: "facts" };

/** A time in which the process itself did not run, by the clock of `now`. */
export type Stall = { readonly at: number; readonly us: number };

export type StreamFacts = LedgerFacts & {
  readonly worker: string;
  readonly isOpen: boolean;
  /** Invocations that the host began, and those that are complete, by lane. */
  readonly begun: Readonly<Record<"p" | "h", number>>;
  readonly isComplete: boolean;
  /** Requests under ids that are not the host's. */
  readonly replays: number;
  /** gRPC status of the call, once it has one. */
  readonly status?: number;
};

export type PeerFacts = { readonly streams: readonly StreamFacts[]; readonly stalls: readonly Stall[] };

export type PeerAnswer =
  | { readonly ok: true; readonly facts?: PeerFacts }
  | { readonly ok: false; readonly reason: string };
