import type { InterventionEvent, InterventionReport } from "@inspector/contract/intervention-lines";
import type { Side } from "@inspector/wire/frames";
import type { ByteBudget } from "./byte-budget.ts";
import type { Holding } from "./holding.ts";
import type { IsRewritable, Rewrite } from "./rewrite.ts";

/** What a connection that is intervened in is given. */
export type ConnectionPort = {
  readonly id: number;
  readonly rewrite: Rewrite | undefined;
  /** Absent: each message of the kinds that are rewritten may be. */
  readonly isRewritable?: IsRewritable | undefined;
  /** The room for held messages, and for those that the hub has sent and that have not left; of all connections. */
  readonly holding: Holding;
  readonly orders: ByteBudget;
  /** Sends to the host or the worker. Pieces are good until the call returns, or are views into the chunk given to `push`. */
  write(to: Side, pieces: readonly Uint8Array[]): void;
  /** Whether the socket takes bytes without piling them up. Where not, `drained` of the connection is called later. */
  mayWrite(to: Side): boolean;
  /** Puts an event into the journal; `side` is who sent, or would have sent, the message. */
  record(event: InterventionEvent, side: Side): void;
  report(report: InterventionReport): void;
  /** Intervening has failed in the middle of something: what goes on is not to be trusted. */
  broken(): void;
  nextHeldId(): number;
  nanos(): number;
};
