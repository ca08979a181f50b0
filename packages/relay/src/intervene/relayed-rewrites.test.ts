/** What a worker says while it starts, rewritten on the way to its host. */

import { afterEach, expect, test } from "vitest";
import { AT, RelayedPeers } from "../../testing/relayed-peers.ts";
import { INIT_RESPONSE, LOG, message, RESPONSE, readMessage } from "../../testing/short-messages.ts";

let peers: RelayedPeers;

afterEach(() => peers.end());

test("what the worker says of its HTTP server can be rewritten, at once or later, and all else stays as it is", async () => {
  const asked: unknown[] = [];
  peers = await RelayedPeers.start((head, bytes) => {
    const { id } = readMessage(Buffer.from(bytes));
    asked.push([head, id]);
    if (id === "same") {
      return undefined;
    }
    if (id === "fails") {
      throw new Error("no");
    }
    return id === "later" ? Promise.resolve(message(26, "was later")) : message(INIT_RESPONSE, "was now", 50_000);
  });
  peers.worker.write(message(INIT_RESPONSE, "now"));
  await expect.poll(() => peers.atHost.length).toBe(2);
  for (const id of ["same", "fails"]) {
    peers.worker.write(message(INIT_RESPONSE, id));
  }
  await expect.poll(() => peers.atHost.length).toBe(4);
  peers.worker.write(message(26, "later"));
  await expect.poll(() => peers.atHost.slice(1)).toEqual(["16 was now", "16 same", "16 fails", "26 was later"]);
  expect(asked[0]).toEqual([{ kind: INIT_RESPONSE, ...AT }, "now"]);
  expect(peers.recorded().map(({ type }) => type)).toEqual(["replaced", "injected", "replaced", "injected"]);
});

test("what is rewritten keeps its place, however long that takes", async () => {
  const asked: (() => void)[] = [];
  peers = await RelayedPeers.start(
    (_, bytes) =>
      new Promise((resolve) => {
        asked.push(() => resolve(message(26, `${readMessage(Buffer.from(bytes)).id} again`)));
      }),
  );
  for (const [kind, id] of [
    [LOG, "before"],
    [26, "slow"],
    [LOG, "behind"],
    [26, "slower"],
    [LOG, "last"],
  ] as const) {
    peers.worker.write(message(kind, id));
  }
  await expect.poll(() => asked.length).toBe(2);
  expect(peers.atHost.slice(1)).toEqual(["2 before"]);
  asked[1]?.();
  asked[0]?.();
  const said = ["2 before", "26 slow again", "2 behind", "26 slower again", "2 last"];
  await expect.poll(() => peers.atHost.slice(1)).toEqual(said);
});

test("a worker that has answered an invocation is past its start: nothing it says is rewritten any more", async () => {
  const asked: string[] = [];
  peers = await RelayedPeers.start((_, bytes) => {
    asked.push(readMessage(Buffer.from(bytes)).id);
    return undefined;
  });
  for (const [kind, id] of [
    [26, "before"],
    [RESPONSE, "answer"],
    [26, "after"],
  ] as const) {
    peers.worker.write(message(kind, id));
  }
  await expect.poll(() => peers.atHost.length).toBe(4);
  expect(asked).toEqual(["before"]);
});
