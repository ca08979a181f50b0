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
  const refreshed = { times: 0, at: Date.now() };
  const stop = followSession({
    store: { signal, getState: () => state },
    isOld,
    waitMs: () => refreshed.at + 1500 - Date.now(),
    refresh: () => {
      refreshed.times += 1;
      refreshed.at = Date.now();
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

test("what somebody else asked for meanwhile is not asked for right after", () => {
  const { change, refreshed } = follow(false);
  change();
  vi.advanceTimersByTime(1000);
  refreshed.at = Date.now();
  vi.advanceTimersByTime(1499);
  expect(refreshed.times).toBe(0);
  vi.advanceTimersByTime(1);
  expect(refreshed.times).toBe(1);
});

test("an answer of an earlier visit is asked for again though nothing changed since", () => {
  const { refreshed } = follow(true);
  vi.advanceTimersByTime(1500);
  expect(refreshed.times).toBe(1);
});
