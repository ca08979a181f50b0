/** Takes the hub's orders, line by line, to the connections they are about. */
import type { InterventionOrder, InterventionReport } from "@inspector/contract/intervention-lines";
import type { InterveningConnection } from "./connection.ts";
import type { HoldRule } from "./rules.ts";

/** A message in several lines is given up beyond this: more than gRPC peers take. */
const MAX_MESSAGE_CHARS = 256 * 1024 * 1024;

/** Orders of one hub. */
export type Orders = {
  take(order: InterventionOrder): void;
  /** The hub is gone: what it held goes on. */
  end(): void;
};

export type OrderTargets = {
  find(connection: number): InterveningConnection | undefined;
  all(): Iterable<InterveningConnection>;
  report(report: InterventionReport): void;
};

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
      case "inject":
        inject(order);
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

  function inject({ at, direction, message, maps }: InterventionOrder & { readonly order: "inject" }): void {
    targets.find(at.connection)?.inject(at.stream, direction, Buffer.from(message, "base64"), maps);
  }

  function release(order: InterventionOrder & { readonly order: "release" }): void {
    const message = order.message === undefined ? undefined : assemble(order.message, order.more === true);
    if (order.more === true) {
      return;
    }
    const { held, action, rule } = order;
    for (const connection of targets.all()) {
      if (connection.release(held, action, message, rule)) {
        return;
      }
    }
  }

  return {
    take,
    end() {
      parts = [];
      chars = 0;
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
  };
}
