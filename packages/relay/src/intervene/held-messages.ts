import type { Direction, InterventionReport, LetGoReason, StreamName } from "@inspector/contract/intervention-lines";
import { PREFIX_BYTES } from "@inspector/wire/grpc-prefix";
import { KIND } from "../content-kinds.ts";
import type { Holding } from "./holding.ts";
import type { Lane } from "./lane.ts";
import type { Keeping } from "./rules.ts";

/** Held messages up to this size are shown to the hub. */
const MAX_SHOWN_BYTES = 8 * 1024 * 1024;
/** How long the hub may take to look at a message that it asked to look at. */
const VERDICT_NANOS = 3e9;

/** What the hub may order about a held message; see {@link InterventionOrder}. `keep` only lets it wait longer. */
export type ReleaseAction = "release" | "replace" | "drop" | "answer" | "keep";

/** A message as it came, with its prefix, and how many bytes are reserved for it. */
export type KeptMessage = { readonly number: number; readonly bytes: Uint8Array; readonly reserved: number };

type Held = KeptMessage & {
  readonly id: number;
  rule: number;
  readonly kind: number;
  readonly lane: Lane;
  readonly direction: Direction;
  readonly invocationId: string | undefined;
  readonly queue: KeptMessage[];
  readonly heldAt: number;
  /** When the rule's limit is over, on the relay's clock. */
  limit: number;
  /** When the hub must have said whether it stays; undefined once it has, or where it was not asked. */
  verdictDue: number | undefined;
};

export type HeldEvents = {
  nextId(): number;
  nanos(): number;
  report(report: InterventionReport): void;
  record(type: "held" | "released" | "replaced" | "dropped", lane: Lane, direction: Direction, message: number): void;
  /** Sends a message of `lane` on, as it came or as `instead`. What is reserved for it is given back when it has left. */
  forward(lane: Lane, direction: Direction, message: KeptMessage, instead?: Uint8Array): void;
  /** Sends an answer to who sent the message. Returns false where there is no room for it. */
  answer(lane: Lane, direction: Direction, message: KeptMessage, answer: Uint8Array): boolean;
};

/**
 * The messages of one connection that are held, and those of the same invocations behind them.
 *
 * A held message is *asked about* (the hub has to say within three seconds whether it stays) or *held* from the beginning.
 * It leaves by an order of the hub, with its rule, its stream or the hub itself, when its time is over, or when a message of
 * its invocation comes that has no room behind it. Those behind it leave with it, in order.
 */
export class HeldMessages {
  readonly #held = new Map<number, Held>();
  /** The held ones of an invocation, oldest first. */
  readonly #byInvocation = new Map<string, Held[]>();
  readonly #connection: number;
  readonly #holding: Holding;
  readonly #events: HeldEvents;

  constructor(connection: number, holding: Holding, events: HeldEvents) {
    this.#connection = connection;
    this.#holding = holding;
    this.#events = events;
  }

  has(id: number): boolean {
    return this.#held.has(id);
  }

  /** Whether anything is held because of a rule. */
  hasOf(rule: number): boolean {
    for (const held of this.#held.values()) {
      if (held.rule === rule) {
        return true;
      }
    }
    return false;
  }

  /** Whether messages of an invocation are held, behind which others of it wait. */
  hasOfInvocation(stream: number, direction: Direction, invocationId: string): boolean {
    return this.#byInvocation.has(keyOf(stream, direction, invocationId));
  }

  hold(lane: Lane, direction: Direction, verdict: Keeping & { why: "hold" }, message: KeptMessage): void {
    const { rule, kind, invocationId } = verdict;
    const id = this.#events.nextId();
    const heldAt = this.#events.nanos();
    const limit = heldAt + rule.limitNanos;
    const verdictDue = rule.ask ? heldAt + VERDICT_NANOS : undefined;
    const about = { lane, direction, invocationId, rule: rule.rule, kind };
    const held: Held = { ...message, ...about, id, queue: [], heldAt, limit, verdictDue };
    this.#held.set(id, held);
    if (invocationId !== undefined) {
      const key = keyOf(lane.stream, direction, invocationId);
      this.#byInvocation.set(key, [...(this.#byInvocation.get(key) ?? []), held]);
    }
    this.#events.record("held", lane, direction, message.number);
    const size = message.bytes.length - PREFIX_BYTES;
    const at: StreamName = { connection: this.#connection, stream: lane.stream };
    this.#events.report({
      report: "held",
      held: id,
      rule: rule.rule,
      at,
      direction,
      kind,
      ...(invocationId === undefined ? {} : { invocationId }),
      size,
      heldAt,
      ...(size > MAX_SHOWN_BYTES ? {} : { message: base64(message.bytes.subarray(PREFIX_BYTES)) }),
      ...(rule.ask ? { ask: true } : {}),
    });
  }

  /** Puts a message behind the one of its invocation that is held. Returns false where none is any more. */
  queue(lane: Lane, direction: Direction, invocationId: string, message: KeptMessage): boolean {
    const held = this.#byInvocation.get(keyOf(lane.stream, direction, invocationId))?.[0];
    if (held === undefined) {
      return false;
    }
    held.queue.push(message);
    this.#events.record("held", lane, direction, message.number);
    this.#events.report({ report: "queued", held: held.id, queued: held.queue.length });
    return true;
  }

  /** The hub wants it to stay, as the message of another rule where one is named, which has a limit of its own. */
  keep(id: number, rule?: { readonly rule: number; readonly limitNanos: number }): void {
    const held = this.#held.get(id);
    if (held === undefined) {
      return;
    }
    held.verdictDue = undefined;
    if (rule === undefined) {
      return;
    }
    held.rule = rule.rule;
    held.limit = held.heldAt + rule.limitNanos;
  }

  release(id: number, action: Exclude<ReleaseAction, "keep">, message?: Uint8Array): void {
    const held = this.#held.get(id);
    if (held !== undefined) {
      this.#release(held, action, message);
    }
  }

  /** Whether anything was held for longer than it may be. */
  get hasOverdue(): boolean {
    const now = this.#events.nanos();
    for (const held of this.#held.values()) {
      if (overdue(held, now) !== undefined) {
        return true;
      }
    }
    return false;
  }

  releaseOverdue(): void {
    const now = this.#events.nanos();
    for (const held of [...this.#held.values()]) {
      const reason = overdue(held, now);
      if (reason !== undefined) {
        this.#letGo(held, reason);
      }
    }
  }

  /** Releases all of an invocation: a message of it comes that cannot wait behind them. */
  releaseInvocation(lane: Lane, direction: Direction, invocationId: string): void {
    const of = this.#byInvocation.get(keyOf(lane.stream, direction, invocationId)) ?? [];
    for (const held of [...of]) {
      this.#letGo(held, "no-room");
    }
  }

  /** Releases, in order, what a rule holds. */
  releaseRule(rule: number): void {
    for (const held of [...this.#held.values()]) {
      if (held.rule === rule) {
        this.#letGo(held, "rule-ended");
      }
    }
  }

  releaseAll(): void {
    for (const held of [...this.#held.values()]) {
      this.#letGo(held, "hub-gone");
    }
  }

  /** Its sender has ended the stream. */
  releaseLane(lane: Lane): void {
    for (const held of [...this.#held.values()]) {
      if (held.lane === lane) {
        this.#letGo(held, "stream-ended");
      }
    }
  }

  /** The stream was reset: nobody would take them. */
  dropLane(lane: Lane): void {
    for (const held of [...this.#held.values()]) {
      if (held.lane !== lane) {
        continue;
      }
      this.#forget(held);
      for (const message of [held, ...held.queue]) {
        this.#drop(held, message);
      }
      this.#report(held, "drop", "stream-ended");
    }
  }

  #letGo(held: Held, reason: LetGoReason): void {
    this.#release(held, "release", undefined, reason);
  }

  #release(
    held: Held,
    action: Exclude<ReleaseAction, "keep">,
    message: Uint8Array | undefined,
    reason?: LetGoReason,
  ): void {
    const { lane, direction } = held;
    this.#forget(held);
    const done = this.#decide(held, action, message);
    // A worker that never heard of an invocation is not told of its end either.
    const isUnheard = held.kind === KIND.invocationRequest && (done === "drop" || done === "answer");
    for (const queued of held.queue) {
      if (isUnheard) {
        this.#drop(held, queued);
      } else {
        this.#events.forward(lane, direction, queued);
      }
    }
    const why = done === action ? reason : "no-room";
    this.#report(held, done, why);
  }

  /** Returns what was done: an answer for which there is no room leaves the message as it was. */
  #decide(
    held: Held,
    action: Exclude<ReleaseAction, "keep">,
    message: Uint8Array | undefined,
  ): Exclude<ReleaseAction, "keep"> {
    const { lane, direction } = held;
    if (action === "answer" && message !== undefined && this.#events.answer(lane, direction, held, message)) {
      this.#drop(held, held);
      return action;
    }
    if (action === "drop") {
      this.#drop(held, held);
      return action;
    }
    const instead = action === "replace" ? message : undefined;
    this.#events.forward(lane, direction, held, instead);
    return instead === undefined ? "release" : action;
  }

  #report({ id, rule }: Held, action: string, reason?: LetGoReason): void {
    this.#events.report({ report: "released", held: id, rule, action, ...(reason && { reason }) });
  }

  #drop({ lane, direction }: Held, { number, reserved }: KeptMessage): void {
    this.#events.record("dropped", lane, direction, number);
    this.#holding.give(reserved);
  }

  #forget(held: Held): void {
    const { id, lane, direction, invocationId } = held;
    this.#held.delete(id);
    if (invocationId === undefined) {
      return;
    }
    const key = keyOf(lane.stream, direction, invocationId);
    const left = this.#byInvocation.get(key)?.filter((one) => one !== held) ?? [];
    if (left.length > 0) {
      this.#byInvocation.set(key, left);
    } else {
      this.#byInvocation.delete(key);
    }
  }
}

function overdue({ limit, verdictDue }: Held, now: number): LetGoReason | undefined {
  if (verdictDue !== undefined && now >= verdictDue) {
    return "no-verdict";
  }
  return now >= limit ? "time-limit" : undefined;
}

function keyOf(stream: number, direction: Direction, invocationId: string): string {
  return `${stream} ${direction} ${invocationId}`;
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}
