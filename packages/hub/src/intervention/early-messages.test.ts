import { expect, test } from "vitest";
import { createEarlyMessages } from "./early-messages.ts";
import type { HeldReport } from "./held-message.ts";

function report(held: number): HeldReport {
  const at = { connection: 1, stream: 1 };
  return { report: "held", held, rule: 1, at, direction: "to-host", kind: 5, size: 3, heldAt: 0 };
}

function start(patienceMs: number) {
  const recorded = new Set<number>();
  const taken: [string, number, number][] = [];
  let onTaken = (): void => {};
  const early = createEarlyMessages({
    isRecorded: (_, { held }) => recorded.has(held),
    take(journal, { held }, queued) {
      taken.push([journal, held, queued]);
      onTaken();
    },
    patienceMs,
  });
  return { early, recorded, taken, next: () => new Promise<void>((resolve) => (onTaken = resolve)) };
}

const FOR_EVER = 3_600_000;

test("a message is taken at once where its request is recorded, else as soon as it is, with what queues behind it", () => {
  const { early, recorded, taken } = start(FOR_EVER);
  recorded.add(1);
  early.receive("j", report(1));
  early.receive("j", report(2));
  early.receive("j", report(3));
  expect([early.queue("j", 2, 4), early.queue("j", 1, 4), early.queue("k", 2, 4)]).toEqual([true, false, false]);
  early.advance();
  expect(taken).toEqual([["j", 1, 0]]);
  recorded.add(2);
  early.advance();
  early.advance();
  expect(taken).toEqual([
    ["j", 1, 0],
    ["j", 2, 4],
  ]);
  early.forget();
});

test("a message whose request is never recorded is taken in the end", async () => {
  const { early, taken, next } = start(1);
  const isTaken = next();
  early.receive("j", report(1));
  await isTaken;
  expect(taken).toEqual([["j", 1, 0]]);
});

test("what is not held any more is not taken", () => {
  const { early, recorded, taken } = start(FOR_EVER);
  for (const held of [1, 2]) {
    early.receive("j", report(held));
  }
  early.receive("k", report(1));
  early.forget("j", 1);
  early.forget("k");
  for (const held of [1, 2]) {
    recorded.add(held);
  }
  early.advance();
  expect(taken).toEqual([["j", 2, 0]]);
});
