import { describe, expect, test } from "vitest";
import { OrphanEnding } from "./orphan-ending.ts";

const NEVER_MS = 1_000_000;
const PATIENCE = { timeout: 60_000 };

/** @param close what threads do when they are asked to end */
function makeEnding(close: () => Promise<void>, bringIn: number, closing: number) {
  const ends: string[] = [];
  const ending = new OrphanEnding({
    async close() {
      ends.push("close");
      await close();
    },
    exit: (isClosed) => ends.push(isClosed ? "exit" : "killed"),
    bringIn,
    closing,
  });
  return { ending, ends };
}

describe("a hub whose relay has gone", () => {
  test("closes and exits once all is in the session, and only once", async () => {
    const { ending, ends } = makeEnding(async () => {}, NEVER_MS, NEVER_MS);
    ending.drained(true);
    ending.drained(false);
    expect(ends).toEqual([]);
    ending.lost();
    ending.drained(false);
    expect(ends).toEqual([]);
    ending.drained(true);
    ending.drained(true);
    ending.lost();
    await expect.poll(() => ends, PATIENCE).toEqual(["close", "exit"]);
  });

  test("closes at once where all was in the session before", async () => {
    const { ending, ends } = makeEnding(async () => {}, NEVER_MS, NEVER_MS);
    ending.drained(true);
    ending.lost();
    await expect.poll(() => ends, PATIENCE).toEqual(["close", "exit"]);
  });

  test("closes when its time is over, though a part of the journal is not in the session", async () => {
    const { ending, ends } = makeEnding(async () => {}, 1, NEVER_MS);
    ending.lost();
    await expect.poll(() => ends, PATIENCE).toEqual(["close", "exit"]);
  });

  test("is killed where a thread does not end", async () => {
    const { ending, ends } = makeEnding(() => new Promise(() => {}), 1, 1);
    ending.lost();
    await expect.poll(() => ends, PATIENCE).toEqual(["close", "killed"]);
  });

  test("is killed where a thread cannot be closed", async () => {
    const { ending, ends } = makeEnding(() => Promise.reject(new Error("broken")), 1, NEVER_MS);
    ending.lost();
    await expect.poll(() => ends, PATIENCE).toEqual(["close", "killed"]);
  });
});
