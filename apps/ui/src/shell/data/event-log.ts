import type { SessionEvent } from "@inspector/contract/page";
import type { SessionClient } from "./session-client.ts";

/** The newest events are enough for what the page says about them. */
const KEPT_EVENTS = 500;

const PAUSE_MS = 1000;

/** The session's events, read on from the last one whenever there may be more, at most once a second. */
export class EventLog {
  readonly #client: Pick<SessionClient, "getEvents">;
  readonly #onChange: (events: readonly SessionEvent[]) => void;
  #events: readonly SessionEvent[] = [];
  #last = 0;
  #isBusy = false;
  #isStale = false;
  #generation = 0;

  constructor(client: Pick<SessionClient, "getEvents">, onChange: (events: readonly SessionEvent[]) => void) {
    this.#client = client;
    this.#onChange = onChange;
  }

  refresh(): void {
    this.#isStale = true;
    if (!this.#isBusy) {
      void this.#read();
    }
  }

  clear(): void {
    this.#generation++;
    this.#events = [];
    this.#last = 0;
  }

  async #read(): Promise<void> {
    this.#isBusy = true;
    while (this.#isStale) {
      this.#isStale = false;
      const generation = this.#generation;
      const page = await this.#client.getEvents(this.#last).catch(() => undefined);
      if (page && generation === this.#generation) {
        this.#add(page.events);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    this.#isBusy = false;
  }

  #add(events: readonly SessionEvent[]): void {
    const fresh = events.filter((event) => event.id > this.#last);
    if (fresh.length === 0) {
      return;
    }
    this.#last = Math.max(...fresh.map((event) => event.id));
    this.#events = [...this.#events, ...fresh].slice(-KEPT_EVENTS);
    this.#onChange(this.#events);
    // A page may be cut short by the hub's limit: there may be more behind it.
    this.#isStale = true;
  }
}
