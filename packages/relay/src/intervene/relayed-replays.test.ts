/** Replays into a stream of two real peers. */

import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import { RelayedPeers } from "../../testing/relayed-peers.ts";
import { message, REQUEST } from "../../testing/short-messages.ts";

let peers: RelayedPeers;

afterEach(() => peers.end());

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
      peers = await RelayedPeers.start();
      const reports = await peers.connectHub();
      const call = peers.host;
      const ids = Array.from({ length: own }, (_, n) => `h${n}`);
      let next = 0;
      let replayed = 0;
      while (next < own) {
        for (let n = 0; n < 50 && next < own; n++) {
          call.write(message(REQUEST, ids[next++] ?? "", 200));
        }
        const due = Math.ceil((count * next) / own);
        while (replayed < due) {
          peers.replay(`r${replayed++}`, size);
        }
        // As much as peers and hub take at a time.
        await new Promise((resolve) => setImmediate(resolve));
        if (peers.hub.writableNeedDrain) {
          await Promise.race([once(peers.hub, "drain"), once(peers.hub, "close")]);
        }
      }
      const swallowed = (): number => peers.recorded().filter(({ type }) => type === "swallowed").length;
      await expect.poll(() => peers.atHost.length, { timeout: 60_000 }).toBe(1 + 2 * own);
      await expect.poll(() => peers.atWorker.length, { timeout: 60_000 }).toBe(1 + own + count);
      await expect.poll(swallowed, { timeout: 60_000, interval: 500 }).toBe(2 * count);
      expect(peers.atHost.slice(1)).toEqual(answers(ids));
      expect(peers.atWorker.filter((text) => text.startsWith("4 h"))).toEqual(ids.map((id) => `4 ${id}`));
      expect(reports.filter(({ report }) => report === "replay-sent")).toHaveLength(count);
    },
    400_000,
  );
});

test("a replay to a stream that is not there is said to be so", async () => {
  peers = await RelayedPeers.start();
  const reports = await peers.connectHub();
  const bytes = message(REQUEST, "r").toString("base64");
  const mark = { run: 1, n: 1, isEdited: false };
  for (const at of [
    { connection: 1, stream: 99 },
    { connection: 9, stream: 1 },
  ]) {
    peers.order({ order: "replay", at, invocationId: "r", mark, message: bytes });
  }
  await expect
    .poll(() => reports)
    .toEqual([
      { report: "replay-failed", invocationId: "r", reason: "there is no such stream, or it has ended" },
      { report: "replay-failed", invocationId: "r", reason: "there is no such connection any more" },
    ]);
});
