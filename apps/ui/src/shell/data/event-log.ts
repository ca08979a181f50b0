import type { SessionEvent } from "@inspector/contract/page";
import type { SessionClient } from "./session-client.ts";

/** The newest events are enough for what the page says about them. */
const KEPT_EVENTS = 500;

/** Least time from one question to the next: what happened changed the session, or only messages came in since. */
const PAUSE_MS = { soon: 1000, seldom: 10_000 };

/** The session's events, read on from the last one whenever there may be more. */
export class EventLog {
  readonly #client: Pick<SessionClient, "getEvents">;
  readonly #onChange: (events: readonly SessionEvent[]) => void;
  #events: readonly SessionEvent[] = [];
  #last = 0;
  #generation = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** When the next question is due, by the same clock. */
  #dueAt = Number.POSITIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Pick<SessionClient, "getEvents">, onChange: (events: readonly SessionEvent[]) => void) {
    this.#client = client;
    this.#onChange = onChange;
  }

  /** There may be more: asked at most once a second, or every ten where nothing says that there are. */
  refresh(how: keyof typeof PAUSE_MS = "soon"): void {
    const dueAt = Math.max(performance.now(), this.#askedAt + PAUSE_MS[how]);
    if (dueAt >= this.#dueAt) {
      return;
    }
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => void this.#read(), dueAt - performance.now());
  }

  clear(): void {
    this.#generation++;
    this.#events = [];
    this.#last = 0;
  }

  async #read(): Promise<void> {
    this.#askedAt = performance.now();
    this.#dueAt = Number.POSITIVE_INFINITY;
    const generation = this.#generation;
    const page = await this.#client.getEvents(this.#last).catch(() => undefined);
    if (page && generation === this.#generation) {
      this.#add(page.events);
    }
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
    this.refresh();
  }
}
