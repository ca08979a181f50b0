/** The messages of one connection that are held, and those of the same invocations behind them. */
import type { Direction, InterventionReport, StreamName } from "@inspector/contract/intervention-lines";
import { type Lane, PREFIX_BYTES } from "./lane.ts";
import type { Keeping, Rules } from "./rules.ts";

/** Held messages up to this size are shown to the hub. */
const MAX_SHOWN_BYTES = 8 * 1024 * 1024;

const KIND_INVOCATION_REQUEST = 4;

export type ReleaseAction = "release" | "replace" | "drop" | "answer" | "keep";

/** A message as it came, with its prefix. */
export type KeptMessage = { readonly number: number; readonly bytes: Uint8Array };

type Held = KeptMessage & {
  readonly id: number;
  rule: number;
  readonly kind: number;
  readonly lane: Lane;
  readonly direction: Direction;
  readonly invocationId: string | undefined;
  readonly queue: KeptMessage[];
};

export type HeldEvents = {
  nextId(): number;
  nanos(): number;
  report(report: InterventionReport): void;
  record(type: "held" | "released" | "replaced" | "dropped", lane: Lane, direction: Direction, message: number): void;
  /** Sends a message of `lane` on, as it came or as `instead`. */
  forward(lane: Lane, direction: Direction, message: KeptMessage, instead?: Uint8Array): void;
  /** Sends an answer to who sent the message. */
  answer(lane: Lane, direction: Direction, message: KeptMessage, answer: Uint8Array): void;
};

export class HeldMessages {
  readonly #held = new Map<number, Held>();
  readonly #connection: number;
  readonly #rules: Rules;
  readonly #events: HeldEvents;

  constructor(connection: number, rules: Rules, events: HeldEvents) {
    this.#connection = connection;
    this.#rules = rules;
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

  hold(
    lane: Lane,
    direction: Direction,
    { rule, kind, invocationId }: Keeping & { why: "hold" },
    message: KeptMessage,
  ) {
    const id = this.#events.nextId();
    this.#held.set(id, { ...message, id, rule: rule.rule, kind, lane, direction, invocationId, queue: [] });
    if (invocationId !== undefined) {
      this.#rules.invocationHeld(lane.stream, direction, invocationId, 1);
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
      heldAt: this.#events.nanos(),
      ...(size > MAX_SHOWN_BYTES ? {} : { message: base64(message.bytes.subarray(PREFIX_BYTES)) }),
      ...(rule.ask ? { ask: true } : {}),
    });
  }

  /** Puts a message behind the one of its invocation that is held. Returns false where none is any more. */
  queue(lane: Lane, direction: Direction, invocationId: string, message: KeptMessage): boolean {
    for (const held of this.#held.values()) {
      if (held.lane !== lane || held.direction !== direction || held.invocationId !== invocationId) {
        continue;
      }
      held.queue.push(message);
      this.#events.record("held", lane, direction, message.number);
      this.#events.report({ report: "queued", held: held.id, queued: held.queue.length });
      return true;
    }
    return false;
  }

  /** Makes it another rule's: it goes on when that one is taken away. */
  handOver(id: number, rule: number): void {
    const held = this.#held.get(id);
    if (held !== undefined) {
      held.rule = rule;
    }
  }

  release(id: number, action: ReleaseAction, message?: Uint8Array): void {
    const held = this.#held.get(id);
    if (held === undefined || action === "keep") {
      return;
    }
    const { lane, direction, number } = held;
    this.#forget(held);
    if (action === "drop" || action === "answer") {
      this.#events.record("dropped", lane, direction, number);
    }
    if (action === "release") {
      this.#events.forward(lane, direction, held);
    } else if (action === "replace" && message !== undefined) {
      this.#events.forward(lane, direction, held, message);
    } else if (action === "answer" && message !== undefined) {
      this.#events.answer(lane, direction, held, message);
    }
    // A worker that never heard of an invocation is not told of its end either.
    const isUnheard = held.kind === KIND_INVOCATION_REQUEST && (action === "drop" || action === "answer");
    for (const queued of held.queue) {
      if (isUnheard) {
        this.#events.record("dropped", lane, direction, queued.number);
      } else {
        this.#events.forward(lane, direction, queued);
      }
    }
    this.#events.report({ report: "released", held: id, action });
  }

  /** Releases, in order, what a rule holds. */
  releaseRule(rule: number): void {
    for (const held of [...this.#held.values()]) {
      if (held.rule === rule) {
        this.release(held.id, "release");
      }
    }
  }

  releaseAll(): void {
    for (const id of [...this.#held.keys()]) {
      this.release(id, "release");
    }
  }

  releaseLane(lane: Lane): void {
    for (const held of [...this.#held.values()]) {
      if (held.lane === lane) {
        this.release(held.id, "release");
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
      for (const { number } of [held, ...held.queue]) {
        this.#events.record("dropped", lane, held.direction, number);
      }
      this.#events.report({ report: "released", held: held.id, action: "drop" });
    }
  }

  #forget({ id, lane, direction, invocationId }: Held): void {
    this.#held.delete(id);
    if (invocationId !== undefined) {
      this.#rules.invocationHeld(lane.stream, direction, invocationId, -1);
    }
  }
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}
