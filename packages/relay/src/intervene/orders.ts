/** Takes the hub's orders, line by line, to the connections they are about. */
import type { InterventionOrder, InterventionReport, ReplayAnnounced } from "@inspector/contract/intervention-lines";
import type { InterveningConnection } from "./connection.ts";
import type { Holding } from "./holding.ts";
import type { HoldRule } from "./rules.ts";

/** A message in several lines is given up beyond this: more than gRPC peers take. */
const MAX_MESSAGE_CHARS = 256 * 1024 * 1024;

/** How often held messages are looked through for those whose time is over, and the hub is told what they take. */
const LOOK_MS = 100;

/** Orders of one hub. */
export type Orders = {
  take(order: InterventionOrder): void;
  /** The hub is gone: what it held goes on. */
  end(): void;
};

/** What orders are carried out on. */
export type OrderTargets = {
  find(connection: number): InterveningConnection | undefined;
  all(): Iterable<InterveningConnection>;
  readonly holding: Holding;
  /** Puts an event of a connection into the journal. */
  record(connection: number, event: ReplayAnnounced): void;
  report(report: InterventionReport): void;
};

/**
 * Carries out what one hub orders: parts of a long message are put together here. Orders for what is not there any more are reported
 * as failed, or passed over.
 */
export function createOrders(targets: OrderTargets): Orders {
  /** Parts of a message that goes on in the next line. */
  let parts: string[] = [];
  let chars = 0;

  /** The message, once its last line is in. */
  function assemble(part: string, isMore: boolean): Uint8Array | undefined {
    chars += part.length;
    if (chars <= MAX_MESSAGE_CHARS) {
      parts.push(part);
    }
    if (isMore) {
      return undefined;
    }
    const whole =
      chars <= MAX_MESSAGE_CHARS ? Buffer.concat(parts.map((text) => Buffer.from(text, "base64"))) : undefined;
    parts = [];
    chars = 0;
    return whole;
  }

  function take(order: InterventionOrder): void {
    switch (order.order) {
      case "replay":
        replay(order);
        break;
      case "announce-replay":
        announce(order);
        break;
      case "inject":
        inject(order);
        break;
      case "give-up":
        targets.find(order.at.connection)?.giveUp(order.at.stream, order.invocationId);
        break;
      case "hold":
        targets.find(order.at.connection)?.hold(ruleOf(order));
        break;
      case "unhold":
        for (const connection of targets.all()) {
          connection.unhold(order.rule, order.spent === true);
        }
        break;
      case "release":
        release(order);
    }
  }

  function replay(order: InterventionOrder & { readonly order: "replay" }): void {
    const message = assemble(order.message, order.more === true);
    if (order.more === true) {
      return;
    }
    const { invocationId, mark, at } = order;
    const connection = targets.find(at.connection);
    if (message === undefined || connection === undefined) {
      const reason = message === undefined ? "the message is too large" : "there is no such connection any more";
      targets.report({ report: "replay-failed", invocationId, reason });
      return;
    }
    connection.replay({ stream: at.stream, invocationId, mark, message });
  }

  function announce({ at, invocationId, mark }: InterventionOrder & { readonly order: "announce-replay" }): void {
    targets.record(at.connection, { type: "replay-announced", invocationId, replay: mark });
    targets.report({ report: "replay-sent", invocationId });
  }

  function inject({ at, direction, message, maps }: InterventionOrder & { readonly order: "inject" }): void {
    targets.find(at.connection)?.inject(at.stream, direction, Buffer.from(message, "base64"), maps);
  }

  function release(order: InterventionOrder & { readonly order: "release" }): void {
    const message = order.message === undefined ? undefined : assemble(order.message, order.more === true);
    if (order.more === true) {
      return;
    }
    const { held, action, rule, limitMs = 0 } = order;
    for (const connection of targets.all()) {
      if (action === "keep") {
        connection.keep(held, rule === undefined ? undefined : { rule, limitNanos: limitMs * 1e6 });
      } else if (connection.release(held, action, message)) {
        return;
      }
    }
  }

  let told = "";
  function tellHolding(): void {
    const { holding, report } = targets;
    const passed = holding.takePassed();
    const state = JSON.stringify(holding.state);
    if (state === told && passed.length === 0) {
      return;
    }
    told = state;
    report({ report: "holding", ...holding.state, passed });
  }

  const timer = setInterval(() => {
    for (const connection of targets.all()) {
      connection.releaseOverdue();
    }
    tellHolding();
  }, LOOK_MS);
  timer.unref();

  return {
    take,
    end() {
      clearInterval(timer);
      parts = [];
      chars = 0;
      targets.holding.reset();
      for (const connection of targets.all()) {
        connection.hubGone();
      }
    },
  };
}

function ruleOf(order: InterventionOrder & { readonly order: "hold" }): HoldRule {
  return {
    rule: order.rule,
    stream: order.at.stream,
    direction: order.direction,
    kinds: new Set(order.kinds),
    functionIds: order.functionIds === undefined ? undefined : new Set(order.functionIds),
    ask: order.ask === true,
    limitNanos: order.limitMs * 1e6,
  };
}
