import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { followSession } from "./follow-session.ts";
import { FrameSignal } from "./frame-signal.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function follow(isOld: boolean) {
  const signal = new FrameSignal((flush) => flush());
  const state = { revision: 0 };
  const refreshed = { times: 0 };
  const stop = followSession({
    store: { signal, getState: () => state },
    isOld,
    waitMs: () => 1500,
    refresh: () => {
      refreshed.times += 1;
    },
  });
  const change = () => {
    state.revision += 1;
    signal.raise();
  };
  return { signal, change, refreshed, stop };
}

test("what is worked out from a session is asked for once for all changes of a while, and never while nothing changes", () => {
  const { signal, change, refreshed, stop } = follow(false);
  signal.raise();
  expect(vi.getTimerCount()).toBe(0);
  change();
  change();
  vi.advanceTimersByTime(1000);
  change();
  vi.advanceTimersByTime(500);
  expect(refreshed.times).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
  change();
  stop();
  expect(vi.getTimerCount()).toBe(0);
  change();
  expect(vi.getTimerCount()).toBe(0);
});

test("an answer of an earlier visit is asked for again though nothing changed since", () => {
  const { refreshed } = follow(true);
  vi.advanceTimersByTime(1500);
  expect(refreshed.times).toBe(1);
});
