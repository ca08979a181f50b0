import { describe, expect, test } from "vitest";
import { FrameQueue, FrameSignal } from "./frame-signal.ts";

/** Frames and timers that come when the test says so. */
function createSource(isHidden = false) {
  const frames: (() => void)[] = [];
  const timers: (() => void)[] = [];
  const clock = { now: 1000 };
  const queue = new FrameQueue({
    onFrame: (act) => frames.push(act),
    afterMs: (act) => timers.push(act),
    isHidden: () => isHidden,
    now: () => clock.now,
  });
  const runAll = (acts: (() => void)[]) => {
    for (const act of acts.splice(0)) {
      act();
    }
  };
  // Something was drawn just now.
  queue.schedule(() => {});
  runAll(timers);
  return { queue, frames, timers, clock, draw: () => runAll(frames), elapse: () => runAll(timers) };
}

function countedSignal(queue: FrameQueue) {
  const signal = new FrameSignal(queue.schedule);
  const counted = { times: 0 };
  const stop = signal.subscribe(() => {
    counted.times += 1;
  });
  return { signal, counted, stop };
}

describe("a signal", () => {
  test("notifies listeners once a frame, however often it was raised", () => {
    const { queue, frames, draw } = createSource();
    const { signal, counted, stop } = countedSignal(queue);
    signal.raise();
    signal.raise();
    expect(frames).toHaveLength(1);
    expect(counted.times).toBe(0);
    draw();
    expect(counted.times).toBe(1);
    expect(signal.getVersion()).toBe(1);
    signal.raise();
    stop();
    draw();
    expect(counted.times).toBe(1);
    expect(signal.getVersion()).toBe(2);
  });

  test("of what may wait is shown later, or with a frame that is drawn anyway", () => {
    const { queue, frames, draw, elapse } = createSource();
    const slow = countedSignal(queue);
    const quick = countedSignal(queue);
    slow.signal.raise("later");
    slow.signal.raise("later");
    expect(frames).toHaveLength(0);
    elapse();
    draw();
    expect(slow.counted.times).toBe(1);
    slow.signal.raise("later");
    quick.signal.raise();
    draw();
    expect([slow.counted.times, quick.counted.times]).toEqual([2, 1]);
    elapse();
    expect(frames).toHaveLength(0);
  });

  test("that was raised for later and then for the next frame notifies once, with the frame", () => {
    const { queue, draw, elapse } = createSource();
    const { signal, counted } = countedSignal(queue);
    signal.raise("later");
    signal.raise();
    draw();
    expect(counted.times).toBe(1);
    elapse();
    draw();
    expect(counted.times).toBe(1);
  });

  test("is not kept waiting for a frame where nothing was drawn for a while", () => {
    const { queue, frames, clock, elapse } = createSource();
    const { signal, counted } = countedSignal(queue);
    clock.now += 1000;
    signal.raise();
    expect(frames).toHaveLength(0);
    elapse();
    expect(counted.times).toBe(1);
    signal.raise();
    expect(frames).toHaveLength(1);
  });

  test("of a hidden tab, which gets no frames, is notified by a timer", () => {
    const { queue, frames, elapse } = createSource(true);
    const { signal, counted } = countedSignal(queue);
    signal.raise();
    expect(frames).toHaveLength(0);
    elapse();
    expect(counted.times).toBe(1);
  });
});
