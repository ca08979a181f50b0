import type { HostEvent } from "../src/events.ts";
import { createDeferred } from "../src/time-limit.ts";

type Kind = HostEvent["kind"];
export type EventOf<K extends Kind> = Extract<HostEvent, { kind: K }>;

export type EventRecorder = {
  readonly events: readonly HostEvent[];
  record(event: HostEvent): void;
  all<K extends Kind>(kind: K): ReadonlyArray<EventOf<K>>;
  /** The first event of this kind that fits, now or later. */
  until<K extends Kind>(kind: K, fits?: (event: EventOf<K>) => boolean): Promise<EventOf<K>>;
  /** What `find` finds, looked for again with each event until it finds something. */
  search<T>(find: () => T | undefined): Promise<T>;
};

/** Keeps the events of a host, and lets a test wait for one. */
export function createEventRecorder(): EventRecorder {
  const events: HostEvent[] = [];
  let more = createDeferred<void>();
  const all = <K extends Kind>(kind: K): ReadonlyArray<EventOf<K>> =>
    events.filter((event): event is EventOf<K> => event.kind === kind);
  const search = async <T>(find: () => T | undefined): Promise<T> => {
    for (;;) {
      const found = find();
      if (found !== undefined) {
        return found;
      }
      await more.promise;
    }
  };
  return {
    events,
    all,
    search,
    record: (event) => {
      events.push(event);
      const { resolve } = more;
      more = createDeferred();
      resolve();
    },
    until: (kind, fits = () => true) => search(() => all(kind).find(fits)),
  };
}
