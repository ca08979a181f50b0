import type { Direction } from "@inspector/contract/intervention-lines";
import { PREFIX_BYTES } from "@inspector/wire/grpc-prefix";
import type { ConnectionNotes } from "./connection-notes.ts";
import type { ConnectionPort } from "./connection-port.ts";
import type { HeldMessages, KeptMessage } from "./held-messages.ts";
import type { Lane, OwnMessage } from "./lane.ts";
import type { Rewriting } from "./rewriting.ts";
import { isKeeping, type Rules, type Verdict } from "./rules.ts";
import type { Ways } from "./ways.ts";

/** What is done with the messages of one connection that do not pass as they come, and the room that they and our own take. */
export class KeptMessages {
  readonly #port: Pick<ConnectionPort, "holding" | "orders" | "nanos">;
  readonly #ways: Ways;
  readonly #rules: Rules;
  readonly #held: HeldMessages;
  readonly #rewriting: Rewriting | undefined;
  readonly #notes: ConnectionNotes;

  constructor(
    port: Pick<ConnectionPort, "holding" | "orders" | "nanos">,
    ways: Ways,
    rules: Rules,
    held: HeldMessages,
    rewriting: Rewriting | undefined,
    notes: ConnectionNotes,
  ) {
    this.#port = port;
    this.#ways = ways;
    this.#rules = rules;
    this.#held = held;
    this.#rewriting = rewriting;
    this.#notes = notes;
  }

  /** Takes room for a message of the hub's. Returns why it cannot. */
  reserve(message: Uint8Array): string | undefined {
    const { orders } = this.#port;
    if (orders.take(message.length)) {
      return undefined;
    }
    return `${Math.ceil(orders.bytes / (1024 * 1024))} MiB of messages wait to be sent already`;
  }

  /** A message for which room was taken; it is given back when the message has left, or never will. */
  ordered(message: Uint8Array): Pick<OwnMessage, "bytes" | "onGone"> {
    return { bytes: prefixed(message), onGone: () => this.#port.orders.give(message.length) };
  }

  /** A message that is kept from its first byte on needs room. Where there is none, it passes. */
  begin(lane: Lane, direction: Direction, verdict: Verdict, size: number): Verdict {
    const bytes = PREFIX_BYTES + size;
    if (!isKeeping(verdict) || verdict.why === "rewrite") {
      return verdict;
    }
    const { holding } = this.#port;
    const isKept = verdict.why === "hold" ? holding.hold(verdict.rule.rule, bytes) : holding.holdBehind(bytes);
    if (isKept) {
      lane.reserved = bytes;
      return verdict;
    }
    // It must not overtake what is held of its invocation.
    if (verdict.why === "queue") {
      this.#held.releaseInvocation(lane, direction, verdict.invocationId);
    }
    return "pass";
  }

  complete(lane: Lane, direction: Direction, verdict: Verdict, number: number, bytes: Uint8Array): void {
    if (verdict === "pass") {
      return;
    }
    if (verdict.why === "swallow") {
      this.#notes.record("swallowed", lane, direction, number);
      if (verdict.isAnswer) {
        this.#rules.replays.answered(lane.stream, verdict.invocationId, this.#port.nanos());
      }
      return;
    }
    if (verdict.why === "rewrite") {
      this.#rewriting?.start(this.#ways.toHost.outbox, lane, verdict.kind, { number, bytes });
      return;
    }
    const message: KeptMessage = { number, bytes, reserved: lane.reserved };
    lane.reserved = 0;
    // Its rule, or what it was to wait behind, may be gone since it began.
    if (verdict.why === "hold" && this.#rules.holds.has(verdict.rule.rule)) {
      this.#held.hold(lane, direction, verdict, message);
    } else if (verdict.why === "hold" || !this.#held.queue(lane, direction, verdict.invocationId, message)) {
      this.#sendOn(lane, direction, message);
    }
  }

  rewritten(lane: Lane, { number, bytes }: { number: number; bytes: Uint8Array }, instead?: Uint8Array): OwnMessage {
    if (instead === undefined) {
      return { bytes };
    }
    this.#notes.record("replaced", lane, "to-host", number);
    const onBegun = (): void => this.#notes.recordInjected("to-host", lane.stream, instead, { replaces: number });
    return { bytes: prefixed(instead), onBegun };
  }

  /** A kept message that goes on; what is reserved for it is given back when it has left. */
  kept({ bytes, reserved }: Pick<KeptMessage, "bytes" | "reserved">): OwnMessage {
    return { bytes, onGone: () => this.#port.holding.give(reserved) };
  }

  #sendOn(lane: Lane, direction: Direction, message: KeptMessage): void {
    this.#ways.of(direction).outbox.release(lane, this.kept(message));
  }

  forward(lane: Lane, direction: Direction, message: KeptMessage, instead?: Uint8Array): void {
    this.#notes.record(instead === undefined ? "released" : "replaced", lane, direction, message.number);
    if (instead === undefined) {
      this.#sendOn(lane, direction, message);
      return;
    }
    const onBegun = (): void =>
      this.#notes.recordInjected(direction, lane.stream, instead, { replaces: message.number });
    this.#ways.of(direction).outbox.release(lane, { ...this.kept(message), bytes: prefixed(instead), onBegun });
  }

  answer(lane: Lane, direction: Direction, message: KeptMessage, answer: Uint8Array): boolean {
    const way = this.#ways.against(direction);
    const back = way.outbox.lanes.get(lane.stream);
    if (back === undefined || back.isEnded) {
      return true;
    }
    if (this.reserve(answer) !== undefined) {
      return false;
    }
    const onBegun = (): void =>
      this.#notes.recordInjected(way.direction, lane.stream, answer, { answers: message.number });
    way.outbox.own.add(back, { ...this.ordered(answer), onBegun });
    return true;
  }
}

function prefixed(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(PREFIX_BYTES + message.length);
  new DataView(bytes.buffer).setUint32(1, message.length);
  bytes.set(message, PREFIX_BYTES);
  return bytes;
}
