import { expect, test } from "vitest";
import { Attention } from "./attention.ts";

test("a page is left alone ten seconds after the last key or move of the pointer", () => {
  const clock = { now: 0 };
  const attention = new Attention(() => clock.now);
  const target = new EventTarget();
  attention.watch(target);
  clock.now = 10_001;
  expect(attention.isLeftAlone()).toBe(true);
  target.dispatchEvent(new Event("pointermove"));
  expect(attention.isLeftAlone()).toBe(false);
  clock.now = 20_002;
  expect(attention.isLeftAlone()).toBe(true);
  target.dispatchEvent(new Event("keydown"));
  expect(attention.isLeftAlone()).toBe(false);
});
