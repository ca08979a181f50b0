/** A worker and a host that keep to HTTP/2's rules, and an intervening connection between them: no sockets, no clock but its own. */

import type { InterventionEvent, InterventionReport } from "@inspector/contract/intervention-lines";
import { http2Writer } from "@inspector/testkit";
import { FrameWalker } from "@inspector/wire/frame-walker";
import type { Side } from "@inspector/wire/frames";
import { expect } from "vitest";
import { ByteBudget } from "../src/intervene/byte-budget.ts";
import { InterveningConnection } from "../src/intervene/connection.ts";
import { Holding } from "../src/intervene/holding.ts";
import { type Dice, ModelPeer } from "./model-peer.ts";
import { INIT_RESPONSE, LOG, message, REQUEST, RESPONSE, readMessage } from "./short-messages.ts";

const KIND_NAMES = new Map([
  [REQUEST, "request"],
  [RESPONSE, "response"],
  [LOG, "log"],
  [INIT_RESPONSE, "init"],
]);

/** What a message says: its kind by name, and its id. */
export function textOf(bytes: Buffer): string {
  const { kind, id } = readMessage(bytes);
  return `${KIND_NAMES.get(kind)} ${id}`;
}

export function createDice(seed: number): Dice {
  let state = seed | 0;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

export type Scene = ReturnType<typeof createScene>;

/**
 * A worker that answers each request with a log and a response, a host, and our connection between them.
 * @param maxHeldBytes room for held messages
 */
export function createScene(dice: Dice, windows: readonly number[], largest: number, maxHeldBytes?: number) {
  const window = (): number => windows[dice(windows.length)] ?? 65_535;
  const maxFrame = (): number => 16_384 + dice(3) * 1000;
  const events: InterventionEvent[] = [];
  const reports: InterventionReport[] = [];
  const atHost = new Map<number, string[]>();
  const atWorker = new Map<number, string[]>();
  const ends: string[] = [];
  let lastHeld = 0;
  let passed = false;
  let isWritable = true;
  const worker = new ModelPeer({
    side: "worker",
    dice,
    initialWindow: window(),
    maxFrame: maxFrame(),
    onMessage(stream, bytes) {
      const { id } = readMessage(bytes);
      push(atWorker, stream, textOf(bytes));
      worker.write(stream, grpc(message(LOG, id, dice(50))));
      worker.write(stream, grpc(message(RESPONSE, id, dice(largest))));
    },
    onEnd: (stream) => ends.push(`worker ${stream}`),
  });
  const host = new ModelPeer({
    side: "host",
    dice,
    initialWindow: window(),
    maxFrame: maxFrame(),
    onMessage: (stream, bytes) => push(atHost, stream, textOf(bytes)),
    onEnd: (stream) => ends.push(`host ${stream}`),
  });
  const written: Record<Side, Buffer[]> = { host: [], worker: [] };
  /** Follow the chunks as a journal has them, one after the other. */
  const journaled = { worker: new FrameWalker("worker"), host: new FrameWalker("host") };
  const holding = new Holding(maxHeldBytes);
  const clock = { nanos: 1 };
  const connection = new InterveningConnection({
    id: 1,
    rewrite: undefined,
    holding,
    orders: new ByteBudget(2 ** 30),
    mayWrite: () => isWritable,
    write: (to, pieces) => written[to].push(...pieces.map((piece) => Buffer.from(piece))),
    record(event) {
      // Where a segment that begins with it would tell its reader to go on.
      for (const side of ["worker", "host"] as const) {
        expect(connection.position(side)).toEqual(journaled[side].position());
      }
      events.push(event);
    },
    report: (report) => reports.push(report),
    broken: () => {},
    nextHeldId: () => ++lastHeld,
    nanos: () => clock.nanos,
  });

  /** Carries up to so many bytes of one side, in a buffer that is written over afterwards. */
  function carry(side: Side, most: number): boolean {
    const from = side === "worker" ? worker : host;
    const chunk = Buffer.from(from.output.subarray(0, most));
    from.output = from.output.subarray(chunk.length);
    journaled[side].walk(chunk, 0, chunk.length);
    if (chunk.length > 0) {
      passed = connection.push(side, chunk, chunk.length);
      if (passed) {
        written[side === "worker" ? "host" : "worker"].push(Buffer.from(chunk));
      }
    }
    chunk.fill(0xff);
    deliver();
    return chunk.length > 0;
  }

  function deliver(): void {
    for (const bytes of written.host.splice(0)) {
      host.receive(bytes);
    }
    for (const bytes of written.worker.splice(0)) {
      worker.receive(bytes);
    }
  }

  /** Whether a chunk of so many bytes of one side goes on as it came. */
  function passes(side: Side, most = Number.MAX_SAFE_INTEGER): boolean {
    passed = false;
    carry(side, most);
    return passed;
  }

  /** Until nobody has anything to do any more. */
  function settle(): void {
    for (let isBusy = true; isBusy; ) {
      isBusy = false;
      for (const peer of [worker, host]) {
        isBusy = peer.act() || isBusy;
      }
      for (const side of ["worker", "host"] as const) {
        isBusy = carry(side, 100_000) || isBusy;
      }
      for (const peer of [worker, host]) {
        isBusy = peer.read(1) || isBusy;
      }
    }
  }

  return {
    worker,
    host,
    connection,
    holding,
    clock,
    /** Whether the sockets take what no sender's flow control has paced. */
    allowWrites(allowed: boolean): void {
      isWritable = allowed;
    },
    passes,
    events,
    reports,
    atHost,
    atWorker,
    ends,
    carry,
    deliver,
    settle,
    window,
    dice,
  };
}

export function push<K, V>(to: Map<K, V[]>, key: K, value: V): void {
  const values = to.get(key) ?? [];
  values.push(value);
  to.set(key, values);
}

export function grpc(bytes: Uint8Array): Buffer {
  return Buffer.from(http2Writer.grpcMessage(bytes));
}

/** Both peers do one of the things that they may do. */
export function step({ worker, host, carry, window, dice }: Scene): void {
  const most = [1, 7, 61, 1000, 70_000][dice(5)] ?? 1;
  switch (dice(8)) {
    case 0:
      worker.act();
      break;
    case 1:
      host.act();
      break;
    case 2:
      worker.read(1 + dice(40_000));
      break;
    case 3:
      host.read(1 + dice(40_000));
      break;
    case 4:
      if (dice(10) === 0) {
        (dice(2) === 0 ? worker : host).announce(window());
      }
      break;
    default:
      carry(dice(2) === 0 ? "worker" : "host", most);
  }
}

export function openStreams(scene: Scene, streams: readonly number[]): void {
  for (const stream of streams) {
    scene.worker.open(stream);
    scene.host.open(stream);
    scene.worker.act();
    scene.carry("worker", 1_000_000);
    scene.carry("host", 1_000_000);
  }
}
