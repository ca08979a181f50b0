import { expect, test } from "vitest";
import { SessionClock } from "./session-clock.ts";

test("the present goes on from the hub's last word by a clock that nobody sets", () => {
  let here = 1000;
  const clock = new SessionClock(() => here);
  expect(clock.now()).toBeUndefined();
  clock.take(5e9);
  here += 250;
  expect(clock.now()).toBe(5.25e9);
});

test("a word that took its time does not turn the clock back", () => {
  let here = 0;
  const clock = new SessionClock(() => here);
  clock.take(5e9);
  here = 2000;
  clock.take(6.5e9);
  expect(clock.now()).toBe(7e9);
  clock.take(7.1e9);
  expect(clock.now()).toBe(7.1e9);
});

test("it stands while the hub is away", () => {
  let here = 0;
  const clock = new SessionClock(() => here);
  clock.take(5e9);
  clock.stop();
  here = 9000;
  expect(clock.now()).toBe(5e9);
  clock.take(5.5e9);
  expect(clock.now()).toBe(5.5e9);
});

test("another session has a time of its own", () => {
  const clock = new SessionClock(() => 0);
  clock.take(3600e9);
  clock.reset();
  clock.take(1e9);
  expect(clock.now()).toBe(1e9);
});
