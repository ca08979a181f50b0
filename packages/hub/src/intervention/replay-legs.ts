import type { ReplaySource } from "./replay-source.ts";
import { HANDLER_INVOCATION_ID, sendHttpLeg } from "./send-leg.ts";

type HttpHalf = NonNullable<ReplaySource["http"]>;

export type LegEvents = {
  /** One more is under way, or one less. */
  onCount(change: 1 | -1): void;
  /** @param index of the replay in its run */
  onAnswered(index: number, status: number): void;
  /** The connection failed, and nobody had ended it here. */
  onFailed(invocationId: string, text: string): void;
};

/**
 * The requests over HTTP of one run: the half of an invocation that a worker with HttpUri waits for beside the message, and all that a
 * custom handler gets. The answers are recorded on their way.
 */
export class ReplayLegs {
  readonly #isCustomHandler: boolean;
  readonly #events: LegEvents;
  readonly #underWay = new Map<string, AbortController>();
  /** What posts a request to a custom handler, once its relay has written down that it is a replay. */
  readonly #announced = new Map<string, () => void>();

  constructor(isCustomHandler: boolean, events: LegEvents) {
    this.#isCustomHandler = isCustomHandler;
    this.#events = events;
  }

  /** Posts it now, or to a custom handler once its relay knows of it. */
  send(http: HttpHalf, invocationId: string, index: number): void {
    if (this.#isCustomHandler) {
      this.#announced.set(invocationId, () => this.#post(http, invocationId, index));
    } else {
      this.#post(http, invocationId, index);
    }
  }

  /** The relay knows of the replay. */
  announced(invocationId: string): void {
    this.#announced.get(invocationId)?.();
    this.#announced.delete(invocationId);
  }

  /** The replay is over: what was not posted is not posted any more. */
  forget(invocationId: string): void {
    this.#announced.delete(invocationId);
  }

  abort(invocationId: string): void {
    this.#underWay.get(invocationId)?.abort();
  }

  abortAll(): void {
    for (const leg of this.#underWay.values()) {
      leg.abort();
    }
  }

  #post({ uri, request }: HttpHalf, invocationId: string, index: number): void {
    const abortion = new AbortController();
    this.#underWay.set(invocationId, abortion);
    this.#events.onCount(1);
    sendHttpLeg({
      uri,
      invocationId,
      ...(this.#isCustomHandler && { idHeader: HANDLER_INVOCATION_ID }),
      request,
      signal: abortion.signal,
      keep: 0,
    })
      .then(
        ({ status }) => this.#events.onAnswered(index, status),
        (error: Error) => {
          if (!abortion.signal.aborted) {
            const who = this.#isCustomHandler ? "The custom handler" : "The worker's HTTP server";
            this.#events.onFailed(invocationId, `${who}: ${error.message}`);
          }
        },
      )
      .finally(() => {
        this.#underWay.delete(invocationId);
        this.#events.onCount(-1);
      });
  }
}
