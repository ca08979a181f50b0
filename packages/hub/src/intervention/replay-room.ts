import type { ReplayRoomUse } from "@inspector/contract/intervention";

/** Bytes of replays that relays have been given and have not begun to send, over all runs. */
const MAX_QUEUED_BYTES = 128 * 1024 * 1024;
/** Replays without an answer, over all runs: each has a timer here and is looked up as rows come. */
const MAX_UNANSWERED = 10_000;
/** Requests over HTTP at once: each takes a descriptor. */
const MAX_HTTP_LEGS = 200;

/** What a run wants to send next. */
export type NextReplay = { readonly bytes: number; readonly hasHttpLeg: boolean };

type Sent = { readonly journal: string; queuedBytes: number };

/**
 * The room that replays of all runs share. A run that finds none waits, and falls behind its rate.
 *
 * A replay is *queued* from when its relay is given it until that has begun to send it, or will not; it is *unanswered* until
 * its run has done with it. Whatever its size, one replay has room where nothing else is queued.
 */
export class ReplayRoom {
  readonly #sent = new Map<string, Sent>();
  #queuedBytes = 0;
  #unanswered = 0;
  #legs = 0;

  get use(): ReplayRoomUse {
    return {
      queuedBytes: this.#queuedBytes,
      maxQueuedBytes: MAX_QUEUED_BYTES,
      unanswered: this.#unanswered,
      maxUnanswered: MAX_UNANSWERED,
    };
  }

  hasFor({ bytes, hasHttpLeg }: NextReplay): boolean {
    if (this.#unanswered >= MAX_UNANSWERED || (hasHttpLeg && this.#legs >= MAX_HTTP_LEGS)) {
      return false;
    }
    return this.#queuedBytes === 0 || this.#queuedBytes + bytes <= MAX_QUEUED_BYTES;
  }

  queued(journal: string, invocationId: string, bytes: number): void {
    this.#sent.set(invocationId, { journal, queuedBytes: bytes });
    this.#queuedBytes += bytes;
  }

  /** Its relay has begun to send it, or will not. */
  left(invocationId: string): void {
    const sent = this.#sent.get(invocationId);
    if (sent !== undefined) {
      this.#queuedBytes -= sent.queuedBytes;
      this.#sent.delete(invocationId);
    }
  }

  relayDown(journal: string): void {
    for (const [invocationId, sent] of this.#sent) {
      if (sent.journal === journal) {
        this.left(invocationId);
      }
    }
  }

  countUnanswered(change: 1 | -1): void {
    this.#unanswered += change;
  }

  countLegs(change: 1 | -1): void {
    this.#legs += change;
  }
}
