/** What one side of one stream sent and received: counts, order, content and delay. Its facts go between processes. */
import { createHash } from "node:crypto";
import { ANSWER, type Lane, type Mark, now } from "./said.ts";

/** A point in what was sent: so many messages, and the hash of all of them in order. */
export type Checkpoint = { readonly messages: number; readonly sha256: string };

export type Late = { readonly lane: Lane; readonly number: number; readonly part: number; sentAt: number; us: number };

export type LedgerFacts = {
  readonly sent: number;
  readonly sentBytes: number;
  /** In order; the last one is of everything. */
  readonly checkpoints: readonly Checkpoint[];
  readonly received: number;
  /** What is wrong with what came; the first of it. */
  readonly faults: readonly string[];
  /** The latest of each lane. */
  readonly latest: readonly Late[];
};

const CHECKPOINT_MESSAGES = 2_000;
const MAX_FAULTS = 20;
const MAX_LATEST = 20;

/** Hashes of messages in order, with points at which two of them can be compared. */
export class MessageHash {
  readonly checkpoints: Checkpoint[] = [];
  messages = 0;
  bytes = 0;
  #hash = createHash("sha256");

  add(message: Uint8Array): void {
    this.messages += 1;
    this.bytes += message.length;
    this.#hash.update(`${message.length} `).update(message);
    if (this.messages % CHECKPOINT_MESSAGES === 0) {
      this.#mark();
    }
  }

  end(): readonly Checkpoint[] {
    this.#mark();
    return this.checkpoints;
  }

  #mark(): void {
    if (this.checkpoints.at(-1)?.messages === this.messages) {
      return;
    }
    this.checkpoints.push({ messages: this.messages, sha256: this.#hash.copy().digest("hex") });
  }
}

/**
 * Messages that came. Of the lane "p" none may be missing, doubled or out of order. Of "h" none may be doubled, and
 * within an invocation they are in order.
 */
export class Arrivals {
  readonly faults: string[] = [];
  received = 0;
  readonly #name: string;
  readonly #firstPart: number;
  readonly #lastPart: number;
  readonly #next: Record<"number" | "part", number>;
  /** The part that an invocation of the lane "h" expects, until its last has come. */
  readonly #held = new Map<number, number>();
  #heldEnded = 0;
  readonly #heldSeen = new Set<number>();
  readonly #latest: Record<Lane, Late[]> = { p: [], h: [] };
  #isFinished = false;

  /** @param parts of an invocation that come on this side, the first and the last */
  constructor(name: string, parts: readonly [first: number, last: number]) {
    this.#name = name;
    [this.#firstPart, this.#lastPart] = parts;
    this.#next = { number: 0, part: this.#firstPart };
  }

  add(mark: Mark): void {
    this.received += 1;
    this.#noteDelay(mark);
    if (mark.lane === "h") {
      this.#addHeld(mark);
    } else {
      this.#addPassing(mark);
    }
  }

  /** To be called when nothing more will come. @param invocations that were begun in each lane */
  finish(invocations: Readonly<Record<Lane, number>>): void {
    if (this.#isFinished) {
      return;
    }
    this.#isFinished = true;
    if (this.#next.number !== invocations.p || this.#next.part !== this.#firstPart) {
      this.#fault(`ended at ${this.#next.number} part ${this.#next.part} of ${invocations.p} passing invocations`);
    }
    if (this.#heldEnded !== invocations.h || this.#held.size > 0) {
      const open = [...this.#held.keys()].slice(0, 5).join(", ");
      this.#fault(`${this.#heldEnded} of ${invocations.h} held invocations are complete; open: ${open}`);
    }
  }

  get latest(): readonly Late[] {
    return [...this.#latest.p, ...this.#latest.h];
  }

  #addPassing({ number, part }: Mark): void {
    const next = this.#next;
    if (number !== next.number || part !== next.part) {
      this.#fault(`${number} part ${part} came where ${next.number} part ${next.part} was due`);
    }
    const isLast = part === this.#lastPart;
    this.#next.number = isLast ? number + 1 : number;
    this.#next.part = isLast ? this.#firstPart : part + 1;
  }

  #addHeld({ number, part }: Mark): void {
    if (part === this.#firstPart) {
      if (this.#heldSeen.has(number)) {
        this.#fault(`held ${number} came twice`);
      }
      this.#heldSeen.add(number);
      this.#held.set(number, part);
    }
    const due = this.#held.get(number);
    if (due !== part) {
      this.#fault(`held ${number}: part ${part} came where ${due ?? "none"} was due`);
    }
    if (part === this.#lastPart) {
      this.#held.delete(number);
      this.#heldEnded += 1;
    } else {
      this.#held.set(number, part + 1);
    }
  }

  #noteDelay({ lane, number, part, sentAt }: Mark): void {
    const us = now() - sentAt;
    const latest = this.#latest[lane];
    if (latest.length === MAX_LATEST && us <= (latest.at(-1)?.us ?? 0)) {
      return;
    }
    latest.push({ lane, number, part, sentAt, us });
    latest.sort((a, b) => b.us - a.us);
    latest.length = Math.min(latest.length, MAX_LATEST);
  }

  #fault(text: string): void {
    if (this.faults.length < MAX_FAULTS) {
      this.faults.push(`${this.#name}: ${text}`);
    }
  }
}

export const HOST_PARTS = [0, 0] as const;
export const WORKER_PARTS = [1, ANSWER] as const;
