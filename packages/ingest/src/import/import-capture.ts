/** Captures of packets: the gRPC calls of the HTTP/2 connections in them. */
import { FrameWalker } from "@inspector/wire/frame-walker";
import type { Side } from "@inspector/wire/frames";
import type { CapturedPacket } from "./capture-reader.ts";
import { type CapturedConnection, CapturedConnections } from "./captured-connections.ts";
import type { ImportedSession } from "./imported-session.ts";
import type { RecordImport } from "./record-import.ts";
import { tcpSegmentOf } from "./tcp-segment.ts";

/** What is to be read of a capture. */
export type CaptureSelection = {
  /** Port of the host; undefined for all HTTP/2 connections. */
  readonly port: number | undefined;
};

export class CaptureImport implements RecordImport<CapturedPacket> {
  readonly #session: ImportedSession;
  readonly #connections: CapturedConnections;
  #accepted = 0;
  #lastAt = 0;

  constructor(session: ImportedSession, { port }: CaptureSelection) {
    this.#session = session;
    this.#connections = new CapturedConnections(
      (server, at) => this.#open(server, at),
      (server) => port === undefined || server.endsWith(`:${port}`),
    );
  }

  add(packet: CapturedPacket): void {
    const segment = tcpSegmentOf(packet);
    if (segment === undefined) {
      return;
    }
    this.#lastAt = this.#session.time(packet.at);
    this.#session.countPush(segment.payload.length);
    this.#connections.add(segment, this.#lastAt);
  }

  finish(): void {
    this.#connections.finish(this.#lastAt);
  }

  /** Why there is no message, where there is none. */
  get explanation(): string {
    if (this.#accepted > 0) {
      return "its HTTP/2 connections hold no gRPC message";
    }
    const { headless } = this.#connections;
    return headless > 0
      ? `it has no HTTP/2 connection from its beginning; ${headless} connections began before the capture did`
      : "it has no HTTP/2 connection without TLS";
  }

  get remark(): string | undefined {
    const { headless } = this.#connections;
    return headless > 0 && this.#accepted > 0
      ? `${headless} other connections began before the capture did, and are left out`
      : undefined;
  }

  #open(server: string, openedAt: number): CapturedConnection {
    this.#accepted += 1;
    const connection = this.#session.connection(server, openedAt);
    const walkers: Record<Side, FrameWalker> = { worker: new FrameWalker("worker"), host: new FrameWalker("host") };
    return {
      push(side, bytes, at) {
        walkers[side].walk(bytes, 0, bytes.length);
        connection.push(side, bytes, at);
      },
      lost: (side, count, at) => {
        const reason = "the capture lacks packets";
        this.#session.event(server, at, "gap", { reason, bytes: count });
        const walker = walkers[side];
        if (walker.payloadLeft < count) {
          connection.fail(`${reason}, and where frames begin behind them is not known`);
          return;
        }
        walker.payloadLeft -= count;
        const position = { payloadLeft: walker.payloadLeft, header: [] };
        connection.skip({ worker: undefined, host: undefined, [side]: position }, at);
      },
      leaving(side, isReset) {
        connection.leaving(side, isReset ? "ECONNRESET" : undefined);
      },
      closed: (at, resetBy) => {
        this.#session.close(connection, at, resetBy && { by: resetBy, how: "reset", code: "ECONNRESET" });
      },
    };
  }
}
