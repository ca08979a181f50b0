import { expect, test } from "vitest";
import { AwakeTimer } from "./awake-timer.ts";

/** Keeps this process from running, as a suspension does. */
function suspend(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

test("it expires once its limit has passed, and not again", async () => {
  let expired = 0;
  const timer = new AwakeTimer(500, () => {
    expired += 1;
  });
  timer.start();
  await expect.poll(() => expired, { timeout: 60_000 }).toBe(1);
  timer.stop();
});

test("a time in which the process did not run counts for a second at most", async () => {
  let expiredAt = 0;
  const timer = new AwakeTimer(2_000, () => {
    expiredAt = performance.now();
  });
  const startedAt = performance.now();
  timer.start();
  suspend(2_500);
  await expect.poll(() => expiredAt).toBeGreaterThan(0);
  expect(expiredAt - startedAt).toBeGreaterThan(2_500 + 900);
});

test("started again, it waits for all of its limit", async () => {
  let expiredAt = 0;
  const timer = new AwakeTimer(750, () => {
    expiredAt = performance.now();
  });
  timer.start();
  suspend(600);
  const startedAt = performance.now();
  timer.start();
  await expect.poll(() => expiredAt).toBeGreaterThan(0);
  expect(expiredAt - startedAt).toBeGreaterThanOrEqual(749);
});
