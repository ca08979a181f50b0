import type { Direction } from "@inspector/contract/intervention-lines";
import type { Side } from "@inspector/wire/frames";
import type { Inbox } from "./inbox.ts";
import type { Outbox } from "./outbox.ts";

/** One direction of a connection: what comes from one side, and what goes to the other. */
export type Way = {
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly direction: Direction;
  readonly to: Side;
};

/** Both directions of one connection. */
export class Ways {
  readonly toHost: Way;
  readonly toWorker: Way;
  readonly all: readonly [Way, Way];

  constructor(toHost: Way, toWorker: Way) {
    this.toHost = toHost;
    this.toWorker = toWorker;
    this.all = [toHost, toWorker];
  }

  from(side: Side): Way {
    return side === "worker" ? this.toHost : this.toWorker;
  }

  of(direction: Direction): Way {
    return direction === "to-host" ? this.toHost : this.toWorker;
  }

  against(direction: Direction): Way {
    return direction === "to-host" ? this.toWorker : this.toHost;
  }
}
