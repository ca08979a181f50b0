/** Messages of two real peers that are held, dropped, replaced or answered on the way. */

import type { InterventionReport } from "@inspector/contract/intervention-lines";
import { afterEach, describe, expect, test } from "vitest";
import { AT, holdRule, RelayedPeers } from "../../testing/relayed-peers.ts";
import {
  cancel,
  INIT_RESPONSE,
  LOG,
  MAPS_CLOSE,
  mapsClosed,
  message,
  REQUEST,
  RESPONSE,
} from "../../testing/short-messages.ts";

let peers: RelayedPeers;

afterEach(() => peers.end());

describe("held messages", () => {
  test("wait for the hub, with those of their invocation behind them, while others go on", async () => {
    peers = await RelayedPeers.start();
    const reports = await peers.connectHub();
    const call = peers.host;
    await peers.hold([LOG], "to-host");
    call.write(message(REQUEST, "a"));
    await expect.poll(() => reports).toContainEqual({ report: "queued", held: 1, queued: 1 });
    call.write(message(REQUEST, "b"));
    await expect.poll(() => reports).toContainEqual({ report: "queued", held: 2, queued: 1 });
    expect(peers.atHost).toEqual(["20 start"]);
    peers.worker.write(message(INIT_RESPONSE, "other"));
    await expect.poll(() => peers.atHost).toEqual(["20 start", "16 other"]);
    peers.order({ order: "release", held: 2, action: "release" });
    await expect.poll(() => peers.atHost.slice(2)).toEqual(["2 b", "5 b"]);
    peers.order({ order: "release", held: 1, action: "drop" });
    await expect.poll(() => peers.atHost.slice(4)).toEqual(["5 a"]);
    peers.order({ order: "unhold", rule: 1 });
    call.write(message(REQUEST, "c"));
    await expect.poll(() => peers.atHost.slice(5)).toEqual(["2 c", "5 c"]);
    expect(peers.recorded().map(({ type }) => type)).toEqual([
      "injected",
      ...["held", "held", "held", "held"],
      ...["released", "released", "dropped", "released"],
    ]);
  });

  test("are told whole, and can be replaced, or answered in the worker's stead", async () => {
    peers = await RelayedPeers.start();
    const reports = await peers.connectHub();
    const call = peers.host;
    await peers.hold([REQUEST], "to-worker", true);
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
    peers.order({ order: "release", held: 1, action: "keep" });
    peers.order({ order: "release", held: 2, action: "replace", message: edited });
    peers.order({ order: "release", held: 3, action: "answer", message: answer });
    await expect.poll(() => peers.atHost.slice(1).sort()).toEqual(["2 edited", "5 answer", "5 edited"]);
    peers.order({ order: "release", held: 1, action: "release" });
    await expect.poll(() => peers.atWorker.slice(2)).toEqual(["4 edited", "4 a"]);
    expect(peers.recorded()).toContainEqual({
      type: "injected",
      stream: 1,
      direction: "to-worker",
      replaces: 3,
      bytes: edited,
    });
    expect(peers.recorded()).toContainEqual({
      type: "injected",
      stream: 1,
      direction: "to-host",
      answers: 4,
      bytes: answer,
    });
  });

  test.each([
    ["is cut", () => peers.hub.destroy()],
    ["is silent, as one of a hub that hangs", () => peers.hub.pause()],
  ])("go on in order when the hub's line %s, and nothing is held after that", async (_, fail) => {
    peers = await RelayedPeers.start();
    const reports = await peers.connectHub();
    const call = peers.host;
    peers.order(holdRule([RESPONSE], "to-host"));
    peers.replay("r", 10);
    await expect.poll(() => peers.recorded().filter(({ type }) => type === "swallowed")).toHaveLength(2);
    for (const id of ["a", "b", "c"]) {
      call.write(message(REQUEST, id));
    }
    await expect.poll(() => reports.filter(({ report }) => report === "held")).toHaveLength(3);
    expect(peers.atHost.slice(1)).toEqual(["2 a", "2 b", "2 c"]);
    fail();
    await expect.poll(() => peers.atHost.slice(4), { timeout: 60_000 }).toEqual(["5 a", "5 b", "5 c"]);
    call.write(message(REQUEST, "d"));
    await expect.poll(() => peers.atHost.slice(7)).toEqual(["2 d", "5 d"]);
  });

  /** Sends requests one by one until one is held, or until one is not: the relay has taken the orders before it then. */
  async function requestUntil(
    isHeld: boolean,
    reports: readonly InterventionReport[],
  ): Promise<(InterventionReport & { report: "held" }) | undefined> {
    const call = peers.host;
    for (;;) {
      const id = `${isHeld ? "early" : "late"}-${peers.atWorker.length}-${reports.length}`;
      const find = () => reports.find((one) => one.report === "held" && one.invocationId === id);
      call.write(message(REQUEST, id));
      await expect.poll(() => find() !== undefined || peers.atWorker.includes(`4 ${id}`)).toBe(true);
      const found = find();
      if ((found !== undefined) === isHeld) {
        return found?.report === "held" ? found : undefined;
      }
      if (found?.report === "held") {
        peers.order({ order: "release", held: found.held, action: "release" });
      }
    }
  }

  test.each(["released", "the hub gone"])(
    "wait where their rule is spent, with those of their invocation: %s",
    async (how) => {
      peers = await RelayedPeers.start();
      const reports = await peers.connectHub();
      peers.order(holdRule([REQUEST], "to-worker"));
      const { held = 0, invocationId: id = "" } = (await requestUntil(true, reports)) ?? {};
      peers.order({ order: "unhold", rule: 1, spent: true });
      await requestUntil(false, reports);
      const call = peers.host;
      call.write(cancel(id));
      call.write(message(REQUEST, "marker"));
      await expect.poll(() => peers.atWorker.at(-1)).toBe("4 marker");
      const before = peers.atWorker.length;
      expect(peers.atWorker).not.toContain(`4 ${id}`);
      expect(peers.atWorker.filter((text) => text.startsWith("21 "))).toEqual([]);
      if (how === "released") {
        peers.order({ order: "release", held, action: "release" });
      } else {
        peers.hub.destroy();
      }
      await expect.poll(() => peers.atWorker.slice(before)).toEqual([`4 ${id}`, expect.stringMatching(/^21 /u)]);
    },
  );

  test("go before the end of their stream", async () => {
    peers = await RelayedPeers.start();
    const reports = await peers.connectHub();
    const call = peers.host;
    peers.order(holdRule([RESPONSE], "to-host"));
    peers.replay("r", 10);
    await expect.poll(() => peers.recorded().filter(({ type }) => type === "swallowed")).toHaveLength(2);
    call.write(message(REQUEST, "a"));
    await expect.poll(() => reports.filter(({ report }) => report === "held")).toHaveLength(1);
    const ended = new Promise((resolve) => call.on("end", resolve));
    peers.worker.end();
    await ended;
    expect(peers.atHost.slice(1)).toEqual(["2 a", "5 a"]);
    expect(reports).toContainEqual({ report: "released", held: 1, rule: 1, action: "release", reason: "stream-ended" });
  });
});

test("a worker that never hears of an invocation is not told to cancel it", async () => {
  peers = await RelayedPeers.start();
  const reports = await peers.connectHub();
  const call = peers.host;
  await peers.hold([REQUEST], "to-worker");
  for (const id of ["a", "b", "c"]) {
    call.write(message(REQUEST, id));
    call.write(cancel(id));
  }
  await expect.poll(() => reports).toContainEqual({ report: "queued", held: 3, queued: 1 });
  peers.order({ order: "release", held: 1, action: "answer", message: message(RESPONSE, "a").toString("base64") });
  peers.order({ order: "release", held: 2, action: "drop" });
  peers.order({ order: "release", held: 3, action: "release" });
  await expect.poll(() => peers.atHost.slice(1)).toEqual(["5 a", "2 c", "5 c"]);
  call.write(message(30, "last"));
  await expect.poll(() => peers.atWorker).toContain("30 last");
  expect(peers.atWorker.slice(1)).toEqual(["30 ready", "4 c", expect.stringMatching(/^21 /u), "30 last"]);
});

test("that maps are closed which we asked for is for us alone, whichever is named first", async () => {
  peers = await RelayedPeers.start();
  await peers.connectHub();
  const request = message(MAPS_CLOSE, "m1").toString("base64");
  peers.order({ order: "inject", at: AT, direction: "to-worker", message: request, maps: ["m1", "m2"] });
  await expect.poll(() => peers.atWorker).toContain(`${MAPS_CLOSE} m1`);
  for (const names of [["own"], ["m2", "m1"], ["m1"], ["other", "m1"]]) {
    peers.worker.write(mapsClosed(...names));
  }
  peers.worker.write(message(LOG, "last"));
  await expect.poll(() => peers.atHost).toContain("2 last");
  expect(peers.atHost.filter((text) => text.startsWith("28 "))).toEqual(
    ["own", "other"].map((name) => expect.stringContaining(name)),
  );
});
