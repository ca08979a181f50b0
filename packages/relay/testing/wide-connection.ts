/** An intervening connection whose peers allow as much as there can be and say nothing by themselves, for what is large. */
import type { Direction, InterventionReport } from "@inspector/contract/intervention-lines";
import { http2Writer } from "@inspector/testkit";
import { FRAME_HEADER_BYTES, type Side, streamIdAt, uint32At } from "@inspector/wire/frames";
import { ByteBudget } from "../src/intervene/byte-budget.ts";
import { InterveningConnection } from "../src/intervene/connection.ts";
import { Holding } from "../src/intervene/holding.ts";
import type { HoldRule } from "../src/intervene/rules.ts";

const { data, frame, grpcMessage, headers, preface, settings, settingsAck } = http2Writer;
const MAX_WINDOW = 2 ** 31 - 1;
const FRAME_BYTES = 16_384;
const STREAM = 1;

export type WideConnection = {
  readonly connection: InterveningConnection;
  readonly holding: Holding;
  readonly reports: InterventionReport[];
  /** Messages that a side got. */
  readonly got: Readonly<Record<Side, Buffer[]>>;
  /** Whether sockets take bytes that no sender's flow control has paced. */
  isWritable: boolean;
  /** Sends a gRPC message in frames of 16 KiB, one a chunk. */
  say(from: Side, message: Uint8Array): void;
  rule(direction: Direction, kind: number, more?: Partial<HoldRule>): HoldRule;
};

export function createWideConnection({ heldBytes = 2 ** 28, orderBytes = 2 ** 28 } = {}): WideConnection {
  const holding = new Holding(heldBytes);
  const reports: InterventionReport[] = [];
  const readers = { host: createReader(), worker: createReader() };
  let lastHeld = 0;
  const connection = new InterveningConnection({
    id: 1,
    rewrite: undefined,
    holding,
    orders: new ByteBudget(orderBytes),
    mayWrite: () => wide.isWritable,
    write(to, pieces) {
      for (const piece of pieces) {
        readers[to].read(piece);
      }
    },
    record() {},
    report: (report) => reports.push(report),
    broken() {},
    nextHeldId: () => ++lastHeld,
    nanos: () => 1,
  });
  const send = (from: Side, ...frames: readonly Uint8Array[]): void => {
    for (const bytes of frames) {
      if (connection.push(from, bytes, bytes.length)) {
        readers[from === "host" ? "worker" : "host"].read(bytes);
      }
    }
  };
  const wide: WideConnection = {
    connection,
    holding,
    reports,
    got: { host: readers.host.messages, worker: readers.worker.messages },
    isWritable: true,
    say(from, message) {
      const content = grpcMessage(message);
      for (let at = 0; at < content.length; at += FRAME_BYTES) {
        send(from, data(STREAM, content.subarray(at, at + FRAME_BYTES)));
      }
    },
    rule: (direction, kind, more = {}) => {
      const about = { rule: 1, stream: STREAM, direction, kinds: new Set([kind]), functionIds: undefined };
      return { ...about, ask: false, limitNanos: 1e15, ...more };
    },
  };
  const credit = Buffer.alloc(4);
  credit.writeUInt32BE(MAX_WINDOW - 65_535);
  const opening = [headers(STREAM, [["x", "y"]]), frame(8, 0, 0, credit)];
  send("worker", Buffer.concat([preface, settings([4, MAX_WINDOW])]));
  send("host", Buffer.concat([settings([4, MAX_WINDOW]), settingsAck()]));
  send("worker", Buffer.concat([settingsAck(), ...opening]));
  send("host", Buffer.concat(opening));
  return wide;
}

/** Reads frames, which come whole or in pieces, and cuts their content into messages. */
function createReader(): { readonly messages: Buffer[]; read(bytes: Uint8Array): void } {
  const messages: Buffer[] = [];
  let rest = Buffer.alloc(0);
  let contents: Buffer[] = [];
  let length = 0;

  function content(bytes: Buffer): void {
    contents.push(Buffer.from(bytes));
    length += bytes.length;
    const first = contents[0];
    if (first === undefined || first.length < 5 || length < 5 + uint32At(first, 1)) {
      return;
    }
    messages.push(Buffer.concat(contents).subarray(5));
    contents = [];
    length = 0;
  }

  return {
    messages,
    read(bytes) {
      const isPreface = Buffer.from(bytes.subarray(0, preface.length)).equals(preface);
      rest = Buffer.concat([rest, isPreface ? bytes.subarray(preface.length) : bytes]);
      while (rest.length >= FRAME_HEADER_BYTES && rest.length >= FRAME_HEADER_BYTES + rest.readUIntBE(0, 3)) {
        const end = FRAME_HEADER_BYTES + rest.readUIntBE(0, 3);
        if (rest[3] === 0 && streamIdAt(rest, 5) === STREAM) {
          content(rest.subarray(FRAME_HEADER_BYTES, end));
        }
        rest = rest.subarray(end);
      }
    },
  };
}
