import type { InterventionOrder } from "@inspector/contract/intervention-lines";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ReplayRoom } from "./replay-room.ts";
import { RunningReplay } from "./replay-run.ts";

const MIB = 1024 * 1024;
const stream = {
  id: 1,
  journal: "j",
  at: { connection: 1, stream: 1 },
  isEnded: false,
  isHostDialled: false,
  isCustomHandler: false,
  handlerAddress: undefined,
  runtime: "node",
  workerId: "w1",
  clock: 0,
};

let room: ReplayRoom;
let runs: RunningReplay[];
/** What a relay was given, whole messages only. */
let orders: InterventionOrder[];
let hasLineRoom: boolean;
/** Orders that find the line cut. */
let cuts: number;

beforeEach(() => {
  room = new ReplayRoom();
  runs = [];
  orders = [];
  hasLineRoom = true;
  cuts = 0;
});

afterEach(() => {
  for (const run of runs) {
    run.close();
  }
});

/** A run that replays a message of so many bytes, as fast as it may. */
function start(bytes: number, times: number): RunningReplay {
  const message = new Uint8Array(bytes);
  const prepare = () => ({ bytes: message, message: {}, concerns: [], isEdited: false, needsHttpRequest: false });
  const target = { functions: [], capabilities: [] };
  const run = new RunningReplay(
    {
      id: runs.length + 1,
      order: { stream: 1, source: { seq: 1 }, times, perSecond: 1000 },
      stream,
      source: { functionName: "hello", target, bytes, keptBytes: bytes, prepare },
      isEdited: false,
      startedAt: 0,
    },
    {
      room,
      send(order) {
        if (cuts > 0) {
          cuts -= 1;
          return false;
        }
        if (order.order !== "replay" || order.more === undefined) {
          orders.push(order);
        }
        return true;
      },
      hasLineRoom: () => hasLineRoom,
      recorded: () => undefined,
      free() {},
      late() {},
      isStreamEnded: () => false,
      onChange() {},
    },
  );
  runs.push(run);
  return run;
}

test("replays that no relay has begun to send have so much room together; a run that finds none waits", async () => {
  const first = start(50 * MIB, 3);
  await expect.poll(() => first.run.isWaiting).toBe(true);
  expect(orders).toHaveLength(2);
  const second = start(50 * MIB, 1);
  await expect.poll(() => second.run.isWaiting).toBe(true);
  expect(orders).toHaveLength(2);
  room.left(first.run.results[0]?.invocationId ?? "");
  await expect.poll(() => orders.length).toBe(3);
  room.relayDown("j");
  await expect.poll(() => orders.length).toBe(4);
  expect([first, second].map(({ run }) => run.isWaiting)).toEqual([undefined, undefined]);
});

test("replays without an answer have a limit together; a run that finds it reached waits", async () => {
  for (let n = room.use.unanswered; n < room.use.maxUnanswered - 2; n += 1) {
    room.countUnanswered(1);
  }
  const run = start(10, 100);
  await expect.poll(() => run.run.isWaiting).toBe(true);
  expect(orders).toHaveLength(2);
  expect(room.use.unanswered).toBe(room.use.maxUnanswered);
  // One that is over makes room for one.
  run.failed(run.run.results[0]?.invocationId ?? "", "it was given up");
  await expect.poll(() => orders.length).toBe(3);
  expect(run.run.isWaiting).toBe(true);
});

test("requests over HTTP have a limit together, which messages alone are not kept from", () => {
  for (let n = 0; n < 200; n += 1) {
    expect(room.hasFor({ bytes: 0, hasHttpLeg: true })).toBe(true);
    room.countLegs(1);
  }
  expect(room.hasFor({ bytes: 0, hasHttpLeg: true })).toBe(false);
  expect(room.hasFor({ bytes: 0, hasHttpLeg: false })).toBe(true);
  room.countLegs(-1);
  expect(room.hasFor({ bytes: 0, hasHttpLeg: true })).toBe(true);
});

test("a run waits for a relay that does not keep up", async () => {
  hasLineRoom = false;
  const run = start(10, 100);
  await expect.poll(() => run.run.isWaiting).toBe(true);
  expect(orders).toEqual([]);
  hasLineRoom = true;
  await expect.poll(() => orders.length).toBe(100);
});

test("a replay whose line is cut while it is given to the relay is sent anew, a few times", async () => {
  cuts = 2;
  const run = start(10, 1);
  await expect.poll(() => orders.length).toBe(1);
  expect(run.run.results).toMatchObject([{ n: 1, state: "sending" }]);
  cuts = 1000;
  const vain = start(10, 1);
  await expect.poll(() => vain.run.results[0]?.state).toBe("not-sent");
  expect(vain.run.results).toHaveLength(1);
  // One that is given up takes no tries from the next.
  cuts = 4 + 2;
  const both = start(10, 2);
  await expect.poll(() => both.run.results.map(({ state }) => state)).toEqual(["not-sent", "sending"]);
});

test("what a run keeps in order to send more is let go once it has sent the last one", async () => {
  const run = start(MIB, 2);
  expect(run.keptBytes).toBe(MIB);
  await expect.poll(() => orders.length).toBe(2);
  expect(run.keptBytes).toBe(0);
});

test("a run that is cancelled takes back what the relay has not begun to send", async () => {
  const run = start(10, 2);
  await expect.poll(() => orders.length).toBe(2);
  const [sent, queued] = run.run.results;
  run.sent(sent?.invocationId ?? "");
  run.cancel();
  expect(orders.slice(2)).toEqual([{ order: "give-up", at: stream.at, invocationId: queued?.invocationId }]);
});
