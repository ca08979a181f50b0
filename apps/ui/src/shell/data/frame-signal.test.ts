import { expect, test } from "vitest";
import { FrameSignal } from "./frame-signal.ts";

test("notifies listeners once a frame, however often it was raised", () => {
  const frames: (() => void)[] = [];
  const signal = new FrameSignal((flush) => frames.push(flush));
  let notified = 0;
  const stop = signal.subscribe(() => notified++);
  signal.raise();
  signal.raise();
  expect(frames).toHaveLength(1);
  expect(notified).toBe(0);
  frames[0]?.();
  expect(notified).toBe(1);
  expect(signal.getVersion()).toBe(1);
  signal.raise();
  stop();
  frames[1]?.();
  expect(notified).toBe(1);
  expect(signal.getVersion()).toBe(2);
});
