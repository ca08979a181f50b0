import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import type { InterventionEvent, InterventionOrder, InterventionReport } from "@inspector/contract/intervention-lines";
import { type FromHub, parseFromRelay } from "@inspector/contract/relay-line";
import { BEGINNING, createTail } from "@inspector/hub/ingest/journal-tail";
import { RECORD_EVENT, SIDE_HOST, SIDE_WORKER } from "@inspector/wire/journal";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createControl } from "../control.ts";
import { createJournal, type Journal } from "../journal.ts";
import { Line } from "../line.ts";
import { thisProcess } from "../process-identity.ts";
import { createRelay, type Relay } from "../relay.ts";
import type { Rewrite } from "./rewrite.ts";

const REQUEST = 4;
const RESPONSE = 5;
const LOG = 2;
const INIT_RESPONSE = 16;
const CANCEL = 21;
const MAPS_CLOSE = 27;
const MAPS_CLOSED = 28;
const METHOD = {
  path: "/AzureFunctionsRpcMessages.FunctionRpc/EventStream",
  requestStream: true,
  responseStream: true,
  requestSerialize: (bytes: Buffer) => bytes,
  requestDeserialize: (bytes: Buffer) => bytes,
  responseSerialize: (bytes: Buffer) => bytes,
  responseDeserialize: (bytes: Buffer) => bytes,
};
const UNLIMITED = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
/** Of the one call that a worker of grpc-js makes on a connection of its own. */
const AT = { connection: 1, stream: 1 };

type Call = grpc.ServerDuplexStream<Buffer, Buffer>;

let directory: string;
let relay: Relay;
let journal: Journal;
let server: grpc.Server;
let client: grpc.Client;
let control: string;
let closeControl: () => void;
let hub: Socket | undefined;
/** What each of them got: "kind id". */
let atHost: string[];
let atWorker: string[];
let host: Promise<Call>;
let worker: grpc.ClientDuplexStream<Buffer, Buffer>;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "intervene-"));
  atHost = [];
  atWorker = [];
});

afterEach(async () => {
  hub?.destroy();
  hub = undefined;
  worker.cancel();
  client.close();
  server.forceShutdown();
  closeControl();
  await relay.close();
  journal.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A worker that answers each request with a log and a response, a host that makes none by itself, and a relay between. */
async function start(rewrite?: Rewrite): Promise<void> {
  server = new grpc.Server(UNLIMITED);
  host = new Promise((resolve) => {
    server.addService(
      { EventStream: METHOD },
      {
        EventStream: (call: Call) => {
          call.on("error", () => {});
          call.on("data", (bytes: Buffer) => atHost.push(describeMessage(bytes)));
          call.on("end", () => call.end());
          resolve(call);
        },
      },
    );
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) {
        reject(error);
      } else {
        resolve(bound);
      }
    });
  });
  relay = await createRelay({
    listen: { host: "127.0.0.1", port: 0 },
    upstream: { host: "127.0.0.1", port },
    ...(rewrite === undefined ? {} : { rewrite }),
    openJournal: (_, positions) => {
      journal = createJournal({ directory, positions });
      return journal;
    },
  });
  control = join(directory, "control");
  ({ close: closeControl } = await createControl({
    directory,
    description: { session: "", control, process: thisProcess(), startedAt: 0 },
    relay,
  }));
  client = new grpc.Client(`127.0.0.1:${relay.address.port}`, grpc.credentials.createInsecure(), {
    ...UNLIMITED,
    "grpc.use_local_subchannel_pool": 1,
  });
  const { path, requestSerialize, responseDeserialize } = METHOD;
  worker = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  worker.on("error", () => {});
  worker.on("data", (bytes: Buffer) => {
    atWorker.push(describeMessage(bytes));
    const { kind, id } = read(bytes);
    if (kind !== REQUEST) {
      return;
    }
    worker.write(message(LOG, id));
    worker.write(message(RESPONSE, id, bytes.length));
  });
  worker.write(message(20, "start"));
  (await host).write(message(30, "hello"));
  await expect.poll(() => [...atHost, ...atWorker]).toEqual(["20 start", "30 hello"]);
}

/** A hub's line to the relay, and what it is told. */
async function connectHub(): Promise<InterventionReport[]> {
  const reports: InterventionReport[] = [];
  const dialled = connect(control);
  hub = dialled;
  const line = new Line<FromHub>(dialled, {
    maxWaiting: Number.POSITIVE_INFINITY,
    onMessage(message) {
      const said = parseFromRelay(message);
      if (said !== undefined && "report" in said) {
        reports.push(said);
      } else if (said !== undefined && "ping" in said) {
        line.send({ pong: said.ping });
      }
    },
  });
  await new Promise((resolve) => dialled.once("connect", resolve));
  line.send({ hello: "desk", pid: process.pid });
  return reports;
}

function order(...orders: readonly InterventionOrder[]): void {
  for (const one of orders) {
    hub?.write(`${JSON.stringify(one)}\n`);
  }
}

function replay(id: string, size: number): void {
  const bytes = message(REQUEST, id, size).toString("base64");
  const mark = { run: 1, n: 1, isEdited: false };
  const part = 4_000_000;
  for (let at = 0; at < bytes.length; at += part) {
    const isMore = at + part < bytes.length;
    const text = bytes.slice(at, at + part);
    order({ order: "replay", at: AT, invocationId: id, mark, message: text, ...(isMore ? { more: true } : {}) });
  }
}

function holdRule(kinds: readonly number[], direction: "to-host" | "to-worker", ask = false): InterventionOrder {
  return { order: "hold", rule: 1, at: AT, direction, kinds, limitMs: 60_000, ...(ask ? { ask: true } : {}) };
}

function message(kind: number, id: string, size = 0): Buffer {
  const content = Buffer.concat([field(1, Buffer.from(id)), field(3, Buffer.alloc(size, 7))]);
  return Buffer.concat([field(1, Buffer.from("a request")), field(kind, content)]);
}

function cancel(id: string): Buffer {
  return Buffer.concat([field(1, Buffer.from("a request")), field(CANCEL, field(2, Buffer.from(id)))]);
}

function field(number: number, value: Uint8Array): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(value.length), value]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) | 0x80);
  }
  return Buffer.from([...bytes, rest]);
}

function readVarint(bytes: Buffer, start: number): { value: number; at: number } {
  let value = 0;
  let at = start;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 128) {
      return { value, at };
    }
  }
}

function read(bytes: Buffer): { kind: number; id: string } {
  const tag = readVarint(bytes, 2 + (bytes[1] ?? 0));
  const { at } = readVarint(bytes, tag.at);
  return { kind: tag.value >>> 3, id: bytes.toString("utf8", at + 2, at + 2 + (bytes[at + 1] ?? 0)) };
}

function describeMessage(bytes: Buffer): string {
  const { kind, id } = read(bytes);
  return `${kind} ${id}`;
}

function recorded(): InterventionEvent[] {
  const events: InterventionEvent[] = [];
  const tail = createTail(directory, BEGINNING);
  tail.read(Number.MAX_SAFE_INTEGER, ({ kind, side, payload }) => {
    if (kind !== RECORD_EVENT || (side !== SIDE_HOST && side !== SIDE_WORKER)) {
      return;
    }
    const event = JSON.parse(Buffer.from(payload).toString());
    if ("direction" in event) {
      events.push(event);
    }
  });
  tail.close();
  return events;
}

function answers(ids: readonly string[]): string[] {
  return ids.flatMap((id) => [`2 ${id}`, `5 ${id}`]);
}

describe("into a stream that is busy both ways", () => {
  test.each([
    { count: 1500, size: 3_000, own: 4_000 },
    { count: 100, size: 300_000, own: 2_500 },
    { count: 3, size: 30_000_000, own: 2_500 },
  ])(
    "$count replays of $size bytes are answered to us alone, and $own requests of the host all by themselves",
    async ({ count, size, own }) => {
      await start();
      const reports = await connectHub();
      const call = await host;
      const ids = Array.from({ length: own }, (_, n) => `h${n}`);
      let next = 0;
      let replayed = 0;
      while (next < own) {
        for (let n = 0; n < 50 && next < own; n++) {
          call.write(message(REQUEST, ids[next++] ?? "", 200));
        }
        const due = Math.ceil((count * next) / own);
        while (replayed < due) {
          replay(`r${replayed++}`, size);
        }
        // As much as peers and hub take at a time.
        await new Promise((resolve) => setImmediate(resolve));
        if (hub?.writableNeedDrain === true) {
          await new Promise((resolve) => hub?.once("drain", resolve));
        }
      }
      const swallowed = (): number => recorded().filter(({ type }) => type === "swallowed").length;
      await expect.poll(() => atHost.length, { timeout: 60_000 }).toBe(1 + 2 * own);
      await expect.poll(() => atWorker.length, { timeout: 60_000 }).toBe(1 + own + count);
      await expect.poll(swallowed, { timeout: 60_000, interval: 500 }).toBe(2 * count);
      expect(atHost.slice(1)).toEqual(answers(ids));
      expect(atWorker.filter((text) => text.startsWith("4 h"))).toEqual(ids.map((id) => `4 ${id}`));
      expect(reports.filter(({ report }) => report === "replay-sent")).toHaveLength(count);
    },
    400_000,
  );
});

describe("held messages", () => {
  test("wait for the hub, with those of their invocation behind them, while others go on", async () => {
    await start();
    const reports = await connectHub();
    const call = await host;
    order(holdRule([LOG], "to-host"));
    order({ order: "inject", at: AT, direction: "to-worker", message: message(30, "ready").toString("base64") });
    await expect.poll(() => atWorker).toContain("30 ready");
    call.write(message(REQUEST, "a"));
    await expect.poll(() => reports).toContainEqual({ report: "queued", held: 1, queued: 1 });
    call.write(message(REQUEST, "b"));
    await expect.poll(() => reports).toContainEqual({ report: "queued", held: 2, queued: 1 });
    expect(atHost).toEqual(["20 start"]);
    worker.write(message(INIT_RESPONSE, "other"));
    await expect.poll(() => atHost).toEqual(["20 start", "16 other"]);
    order({ order: "release", held: 2, action: "release" });
    await expect.poll(() => atHost.slice(2)).toEqual(["2 b", "5 b"]);
    order({ order: "release", held: 1, action: "drop" });
    await expect.poll(() => atHost.slice(4)).toEqual(["5 a"]);
    order({ order: "unhold", rule: 1 });
    call.write(message(REQUEST, "c"));
    await expect.poll(() => atHost.slice(5)).toEqual(["2 c", "5 c"]);
    expect(recorded().map(({ type }) => type)).toEqual([
      "injected",
      ...["held", "held", "held", "held"],
      ...["released", "released", "dropped", "released"],
    ]);
  });

  test("are told whole, and can be replaced, or answered in the worker's stead", async () => {
    await start();
    const reports = await connectHub();
    const call = await host;
    order(holdRule([REQUEST], "to-worker", true));
    order({ order: "inject", at: AT, direction: "to-worker", message: message(30, "ready").toString("base64") });
    await expect.poll(() => atWorker).toContain("30 ready");
    for (const id of ["a", "b", "c"]) {
      call.write(message(REQUEST, id, 100_000));
    }
    const held = (): InterventionReport[] => reports.filter(({ report }) => report === "held");
    await expect.poll(() => held().length).toBe(3);
    expect(held()[0]).toMatchObject({
      rule: 1,
      at: AT,
      direction: "to-worker",
      kind: REQUEST,
      invocationId: "a",
      ask: true,
      message: message(REQUEST, "a", 100_000).toString("base64"),
    });
    const edited = message(REQUEST, "edited").toString("base64");
    const answer = message(RESPONSE, "answer").toString("base64");
    order({ order: "release", held: 1, action: "keep" });
    order({ order: "release", held: 2, action: "replace", message: edited });
    order({ order: "release", held: 3, action: "answer", message: answer });
    await expect.poll(() => atHost.slice(1).sort()).toEqual(["2 edited", "5 answer", "5 edited"]);
    order({ order: "release", held: 1, action: "release" });
    await expect.poll(() => atWorker.slice(2)).toEqual(["4 edited", "4 a"]);
    expect(recorded()).toContainEqual({
      type: "injected",
      stream: 1,
      direction: "to-worker",
      replaces: 3,
      bytes: edited,
    });
    expect(recorded()).toContainEqual({ type: "injected", stream: 1, direction: "to-host", answers: 4, bytes: answer });
  });

  test.each([
    ["is cut", () => hub?.destroy()],
    ["is silent, as one of a hub that hangs", () => hub?.pause()],
  ])("go on in order when the hub's line %s, and nothing is held after that", async (_, fail) => {
    await start();
    const reports = await connectHub();
    const call = await host;
    order(holdRule([RESPONSE], "to-host"));
    replay("r", 10);
    await expect.poll(() => recorded().filter(({ type }) => type === "swallowed")).toHaveLength(2);
    for (const id of ["a", "b", "c"]) {
      call.write(message(REQUEST, id));
    }
    await expect.poll(() => reports.filter(({ report }) => report === "held")).toHaveLength(3);
    expect(atHost.slice(1)).toEqual(["2 a", "2 b", "2 c"]);
    fail();
    await expect.poll(() => atHost.slice(4), { timeout: 60_000 }).toEqual(["5 a", "5 b", "5 c"]);
    call.write(message(REQUEST, "d"));
    await expect.poll(() => atHost.slice(7)).toEqual(["2 d", "5 d"]);
  });

  /** Sends requests one by one until one is held, or until one is not: the relay has taken the orders before it then. */
  async function requestUntil(
    isHeld: boolean,
    reports: readonly InterventionReport[],
  ): Promise<(InterventionReport & { report: "held" }) | undefined> {
    const call = await host;
    for (;;) {
      const id = `${isHeld ? "early" : "late"}-${atWorker.length}-${reports.length}`;
      const find = () => reports.find((one) => one.report === "held" && one.invocationId === id);
      call.write(message(REQUEST, id));
      await expect.poll(() => find() !== undefined || atWorker.includes(`4 ${id}`)).toBe(true);
      const found = find();
      if ((found !== undefined) === isHeld) {
        return found?.report === "held" ? found : undefined;
      }
      if (found?.report === "held") {
        order({ order: "release", held: found.held, action: "release" });
      }
    }
  }

  test.each(["released", "the hub gone"])(
    "wait where their rule is spent, with those of their invocation: %s",
    async (how) => {
      await start();
      const reports = await connectHub();
      order(holdRule([REQUEST], "to-worker"));
      const { held = 0, invocationId: id = "" } = (await requestUntil(true, reports)) ?? {};
      order({ order: "unhold", rule: 1, spent: true });
      await requestUntil(false, reports);
      const call = await host;
      call.write(cancel(id));
      call.write(message(REQUEST, "marker"));
      await expect.poll(() => atWorker.at(-1)).toBe("4 marker");
      const before = atWorker.length;
      expect(atWorker).not.toContain(`4 ${id}`);
      expect(atWorker.filter((text) => text.startsWith("21 "))).toEqual([]);
      if (how === "released") {
        order({ order: "release", held, action: "release" });
      } else {
        hub?.destroy();
      }
      await expect.poll(() => atWorker.slice(before)).toEqual([`4 ${id}`, expect.stringMatching(/^21 /u)]);
    },
  );

  test("go before the end of their stream", async () => {
    await start();
    const reports = await connectHub();
    const call = await host;
    order(holdRule([RESPONSE], "to-host"));
    replay("r", 10);
    await expect.poll(() => recorded().filter(({ type }) => type === "swallowed")).toHaveLength(2);
    call.write(message(REQUEST, "a"));
    await expect.poll(() => reports.filter(({ report }) => report === "held")).toHaveLength(1);
    const ended = new Promise((resolve) => call.on("end", resolve));
    worker.end();
    await ended;
    expect(atHost.slice(1)).toEqual(["2 a", "5 a"]);
    expect(reports).toContainEqual({ report: "released", held: 1, rule: 1, action: "release", reason: "stream-ended" });
  });
});

test("a worker that never hears of an invocation is not told to cancel it", async () => {
  await start();
  const reports = await connectHub();
  const call = await host;
  order(holdRule([REQUEST], "to-worker"));
  order({ order: "inject", at: AT, direction: "to-worker", message: message(30, "ready").toString("base64") });
  await expect.poll(() => atWorker).toContain("30 ready");
  for (const id of ["a", "b", "c"]) {
    call.write(message(REQUEST, id));
    call.write(cancel(id));
  }
  await expect.poll(() => reports).toContainEqual({ report: "queued", held: 3, queued: 1 });
  order({ order: "release", held: 1, action: "answer", message: message(RESPONSE, "a").toString("base64") });
  order({ order: "release", held: 2, action: "drop" });
  order({ order: "release", held: 3, action: "release" });
  await expect.poll(() => atHost.slice(1)).toEqual(["5 a", "2 c", "5 c"]);
  call.write(message(30, "last"));
  await expect.poll(() => atWorker).toContain("30 last");
  expect(atWorker.slice(1)).toEqual(["30 ready", "4 c", expect.stringMatching(/^21 /u), "30 last"]);
});

test("that maps are closed which we asked for is for us alone, whichever is named first", async () => {
  await start();
  await connectHub();
  const request = message(MAPS_CLOSE, "m1").toString("base64");
  order({ order: "inject", at: AT, direction: "to-worker", message: request, maps: ["m1", "m2"] });
  await expect.poll(() => atWorker).toContain(`${MAPS_CLOSE} m1`);
  for (const names of [["own"], ["m2", "m1"], ["m1"], ["other", "m1"]]) {
    worker.write(mapsClosed(...names));
  }
  worker.write(message(LOG, "last"));
  await expect.poll(() => atHost).toContain("2 last");
  expect(atHost.filter((text) => text.startsWith("28 "))).toEqual(
    ["own", "other"].map((name) => expect.stringContaining(name)),
  );
});

/** Tells of maps of shared memory that they are closed. */
function mapsClosed(...names: readonly string[]): Buffer {
  const entries = names.map((name) => field(1, Buffer.concat([field(1, Buffer.from(name)), Buffer.from([0x10, 1])])));
  return Buffer.concat([field(1, Buffer.from("a request")), field(MAPS_CLOSED, Buffer.concat(entries))]);
}

test("a replay to a stream that is not there is said to be so", async () => {
  await start();
  const reports = await connectHub();
  const bytes = message(REQUEST, "r").toString("base64");
  const mark = { run: 1, n: 1, isEdited: false };
  for (const at of [
    { connection: 1, stream: 99 },
    { connection: 9, stream: 1 },
  ]) {
    order({ order: "replay", at, invocationId: "r", mark, message: bytes });
  }
  await expect
    .poll(() => reports)
    .toEqual([
      { report: "replay-failed", invocationId: "r", reason: "there is no such stream, or it has ended" },
      { report: "replay-failed", invocationId: "r", reason: "there is no such connection any more" },
    ]);
});

test("what the worker says of its HTTP server can be rewritten, at once or later, and all else stays as it is", async () => {
  const asked: unknown[] = [];
  await start((head, bytes) => {
    const { id } = read(Buffer.from(bytes));
    asked.push([head, id]);
    if (id === "same") {
      return undefined;
    }
    if (id === "fails") {
      throw new Error("no");
    }
    return id === "later" ? Promise.resolve(message(26, "was later")) : message(INIT_RESPONSE, "was now", 50_000);
  });
  worker.write(message(INIT_RESPONSE, "now"));
  await expect.poll(() => atHost.length).toBe(2);
  for (const id of ["same", "fails"]) {
    worker.write(message(INIT_RESPONSE, id));
  }
  await expect.poll(() => atHost.length).toBe(4);
  worker.write(message(26, "later"));
  await expect.poll(() => atHost.slice(1)).toEqual(["16 was now", "16 same", "16 fails", "26 was later"]);
  expect(asked[0]).toEqual([{ kind: INIT_RESPONSE, ...AT }, "now"]);
  expect(recorded().map(({ type }) => type)).toEqual(["replaced", "injected", "replaced", "injected"]);
});

test("what is rewritten keeps its place, however long that takes", async () => {
  const asked: (() => void)[] = [];
  await start(
    (_, bytes) =>
      new Promise((resolve) => {
        asked.push(() => resolve(message(26, `${read(Buffer.from(bytes)).id} again`)));
      }),
  );
  for (const [kind, id] of [
    [LOG, "before"],
    [26, "slow"],
    [LOG, "behind"],
    [26, "slower"],
    [LOG, "last"],
  ] as const) {
    worker.write(message(kind, id));
  }
  await expect.poll(() => asked.length).toBe(2);
  expect(atHost.slice(1)).toEqual(["2 before"]);
  asked[1]?.();
  asked[0]?.();
  const said = ["2 before", "26 slow again", "2 behind", "26 slower again", "2 last"];
  await expect.poll(() => atHost.slice(1)).toEqual(said);
});

test("a worker that has answered an invocation is past its start: nothing it says is rewritten any more", async () => {
  const asked: string[] = [];
  await start((_, bytes) => {
    asked.push(read(Buffer.from(bytes)).id);
    return undefined;
  });
  for (const [kind, id] of [
    [26, "before"],
    [RESPONSE, "answer"],
    [26, "after"],
  ] as const) {
    worker.write(message(kind, id));
  }
  await expect.poll(() => atHost.length).toBe(4);
  expect(asked).toEqual(["before"]);
});
