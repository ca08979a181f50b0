import { randomUUID } from "node:crypto";

/** Asks a worker for its status again and again; the round trip is what the host takes for the worker's latency. */
export class StatusPinger {
  readonly #sentAt = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  readonly #onAnswer: (latency: number) => void;

  /** @param interval ms; latencies are in ms too */
  constructor(interval: number, port: { send(requestId: string): void; onAnswer(latency: number): void }) {
    this.#onAnswer = port.onAnswer;
    this.#timer = setInterval(() => {
      const requestId = randomUUID();
      this.#sentAt.set(requestId, performance.now());
      port.send(requestId);
    }, interval);
  }

  /** Status responses are the only ones that echo a request id of the host's. */
  answered(requestId: string): void {
    const sentAt = this.#sentAt.get(requestId);
    if (sentAt !== undefined) {
      this.#sentAt.delete(requestId);
      this.#onAnswer(performance.now() - sentAt);
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
