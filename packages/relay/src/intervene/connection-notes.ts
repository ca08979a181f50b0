import type { Direction, InterventionReport } from "@inspector/contract/intervention-lines";
import type { Side } from "@inspector/wire/frames";
import type { ConnectionPort } from "./connection-port.ts";
import { base64 } from "./held-messages.ts";
import type { Lane } from "./lane.ts";

/** Bytes of a message in one event of the journal. */
const EVENT_MESSAGE_BYTES = 512 * 1024;

/** Which run of a replay a message belongs to. */
export type ReplayMark = { readonly run: number; readonly n: number; readonly isEdited: boolean };

type InjectedDetail = { readonly replay?: ReplayMark; readonly replaces?: number; readonly answers?: number };

/** What is recorded and reported of the interventions in one connection: at once, or behind the work that is under way. */
export class ConnectionNotes {
  readonly #port: Pick<ConnectionPort, "record" | "report">;
  /** What is to be recorded and reported of the work that is under way. */
  readonly #said: (() => void)[] = [];
  isWorking = false;

  constructor(port: Pick<ConnectionPort, "record" | "report">) {
    this.#port = port;
  }

  report(report: InterventionReport): void {
    this.say(() => this.#port.report(report));
  }

  /**
   * Within a chunk nothing is said: a segment of the journal that begins with it would tell where the directions stand there,
   * though all of the chunk is in the segment before.
   */
  say(act: () => void): void {
    if (this.isWorking) {
      this.#said.push(act);
    } else {
      act();
    }
  }

  speak(): void {
    for (const act of this.#said.splice(0)) {
      act();
    }
  }

  record(
    type: "swallowed" | "held" | "released" | "replaced" | "dropped",
    { stream }: Lane,
    direction: Direction,
    message: number,
  ): void {
    this.say(() => this.#port.record({ type, stream, direction, message }, sideOf(direction)));
  }

  recordInjected(direction: Direction, stream: number, message: Uint8Array, detail: InjectedDetail): void {
    this.say(() => {
      let at = 0;
      do {
        const part = message.subarray(at, at + EVENT_MESSAGE_BYTES);
        at += part.length;
        const event = { type: "injected", stream, direction, ...detail, bytes: base64(part) } as const;
        this.#port.record(at < message.length ? { ...event, more: true } : event, sideOf(direction));
      } while (at < message.length);
    });
  }
}

function sideOf(direction: Direction): Side {
  return direction === "to-host" ? "worker" : "host";
}
