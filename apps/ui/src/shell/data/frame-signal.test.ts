import { expect, test } from "vitest";
import { FrameSignal } from "./frame-signal.ts";

test("tells listeners once a frame, however often it was raised", () => {
  const frames: (() => void)[] = [];
  const signal = new FrameSignal((flush) => frames.push(flush));
  let told = 0;
  const stop = signal.subscribe(() => told++);
  signal.raise();
  signal.raise();
  expect(frames).toHaveLength(1);
  expect(told).toBe(0);
  frames[0]?.();
  expect(told).toBe(1);
  expect(signal.getVersion()).toBe(1);
  signal.raise();
  stop();
  frames[1]?.();
  expect(told).toBe(1);
  expect(signal.getVersion()).toBe(2);
});
