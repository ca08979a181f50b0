/** The desk's lines to the relays of a session: orders go out, reports come back; see relay/relay-line.ts. */
import { connect } from "node:net";
import type { InterventionOrder, InterventionReport } from "@inspector/contract/intervention-lines";
import { type FromHub, parseFromRelay } from "@inspector/contract/relay-line";
import { Line } from "@inspector/relay/line";
import { journalsOf } from "../ingest/journals.ts";

/** How often relays are looked for, and one that hung up is called again. */
const LOOK_MS = 300;
/** What waits for a relay before nothing more is to be sent to it that can wait. */
const ROOM_BYTES = 16 * 1024 * 1024;
/** A message of the largest size, in base64, behind a line that is full. */
const MAX_WAITING = 384 * 1024 * 1024;

export type RelayLineEvents = {
  onReport(journal: string, report: InterventionReport): void;
  /** From now on the relay takes orders; it remembers none from before. */
  onUp(journal: string): void;
  /** The relay has let everything go. */
  onDown(journal: string): void;
  /** The relay asks whether the hub is awake. @param pong says so */
  onPing(pong: () => void): void;
};

/** Relays go by the names of their journals. */
export type RelayLines = {
  /** @returns false where no relay takes it */
  send(journal: string, order: InterventionOrder): boolean;
  isUp(journal: string): boolean;
  /** Whether the relay keeps up: where it does not, what can wait should, and be tried again. */
  hasRoom(journal: string): boolean;
  close(): void;
};

export function createRelayLines(journals: string, session: string, events: RelayLineEvents): RelayLines {
  const up = new Map<string, Line<FromHub>>();
  const dialled = new Map<string, Line<FromHub>>();

  function look(): void {
    for (const { name, control } of journalsOf(journals, session)) {
      if (!dialled.has(name)) {
        dial(name, control);
      }
    }
  }

  function dial(name: string, control: string): void {
    const socket = connect(control);
    const line = new Line<FromHub>(socket, {
      maxWaiting: MAX_WAITING,
      onMessage(message) {
        const said = parseFromRelay(message);
        if (said === undefined) {
          return;
        }
        if ("ping" in said) {
          events.onPing(() => line.send({ pong: said.ping }));
        } else if ("report" in said) {
          events.onReport(name, said);
        }
      },
    });
    dialled.set(name, line);
    socket.on("connect", () => {
      line.send({ hello: "desk", pid: process.pid });
      up.set(name, line);
      events.onUp(name);
    });
    socket.on("close", () => {
      dialled.delete(name);
      if (up.delete(name)) {
        events.onDown(name);
      }
    });
  }

  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  look();

  return {
    send: (journal, order) => up.get(journal)?.send(order) === true,
    isUp: (journal) => up.has(journal),
    hasRoom: (journal) => (up.get(journal)?.waiting ?? ROOM_BYTES) < ROOM_BYTES,
    close() {
      clearInterval(timer);
      for (const line of dialled.values()) {
        line.close();
      }
    },
  };
}
