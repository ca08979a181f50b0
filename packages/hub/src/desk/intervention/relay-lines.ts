/** The lines to the relays of a session over which orders go out and reports come back; see relay/intervention-lines.ts. */
import { connect, type Socket } from "node:net";
import type { InterventionOrder, InterventionReport } from "@inspector/contract/intervention-lines";
import { journalsOf } from "../../ingest/journals.ts";

/** How often relays are looked for, and one that hung up is called again. */
const LOOK_MS = 300;
/** A held message is shown up to 8 MiB, in base64. */
const MAX_LINE_CHARS = 16 * 1024 * 1024;

export type RelayLineEvents = {
  onReport(journal: string, report: InterventionReport): void;
  /** From now on the relay takes orders; it remembers none from before. */
  onUp(journal: string): void;
  /** The relay has let everything go. */
  onDown(journal: string): void;
};

/** Relays go by the names of their journals. */
export type RelayLines = {
  /** @returns false where no relay takes it */
  send(journal: string, order: InterventionOrder): boolean;
  isUp(journal: string): boolean;
  close(): void;
};

export function createRelayLines(journals: string, session: string, events: RelayLineEvents): RelayLines {
  const up = new Map<string, Socket>();
  const dialled = new Map<string, Socket>();

  function look(): void {
    for (const { name, control } of journalsOf(journals, session)) {
      if (!dialled.has(name)) {
        dial(name, control);
      }
    }
  }

  function dial(name: string, control: string): void {
    const socket = connect(control);
    dialled.set(name, socket);
    socket.on("error", () => {});
    socket.on("connect", () => {
      up.set(name, socket);
      events.onUp(name);
    });
    socket.on("close", () => {
      dialled.delete(name);
      if (up.delete(name)) {
        events.onDown(name);
      }
    });
    onLongLine(socket, (line) => {
      const report = parseReport(line);
      if (report !== undefined) {
        events.onReport(name, report);
      }
    });
  }

  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  look();

  return {
    send(journal, order) {
      const socket = up.get(journal);
      socket?.write(`${JSON.stringify(order)}\n`);
      return socket !== undefined;
    },
    isUp: (journal) => up.has(journal),
    close() {
      clearInterval(timer);
      for (const socket of dialled.values()) {
        socket.destroy();
      }
    },
  };
}

/** Lines of any length, put together once. */
function onLongLine(socket: Socket, callback: (line: string) => void): void {
  let pieces: string[] = [];
  let length = 0;
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    const [first = "", ...others] = text.split("\n");
    pieces.push(first);
    length += first.length;
    for (const next of others) {
      callback(pieces.join(""));
      pieces = [next];
      length = next.length;
    }
    if (length > MAX_LINE_CHARS) {
      socket.destroy();
    }
  });
}

/** The relay speaks our own version of the contract; it also says how far its journal is, which is another's business. */
function parseReport(line: string): InterventionReport | undefined {
  const value: unknown = JSON.parse(line);
  return typeof value === "object" && value !== null && "report" in value ? (value as InterventionReport) : undefined;
}
