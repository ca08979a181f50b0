import type { SessionEvent } from "@inspector/contract/page";
import { expect, test, vi } from "vitest";
import { EventLog } from "./event-log.ts";

test("reads on from the last event it has", async () => {
  const asked: number[] = [];
  const all: SessionEvent[] = [1, 2].map((id) => ({ id, at: id, from: "relay", type: "gap", detail: {} }));
  const getEvents = (after: number) => {
    asked.push(after);
    return Promise.resolve({ events: all.filter((event) => event.id > after), last: 2 });
  };
  const onChange = vi.fn();
  const log = new EventLog({ getEvents }, onChange);
  log.refresh();
  await vi.waitFor(() => expect(asked).toEqual([0, 2]), { timeout: 60_000 });
  expect(onChange).toHaveBeenCalledExactlyOnceWith(all);
});

test("while only messages come in it asks every ten seconds, and within one when something else happened", async () => {
  vi.useFakeTimers();
  try {
    const getEvents = vi.fn(() => Promise.resolve({ events: [], last: 0 }));
    const log = new EventLog({ getEvents }, vi.fn());
    for (let second = 0; second < 19; second++) {
      log.refresh("seldom");
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(getEvents).toHaveBeenCalledTimes(2);
    log.refresh("seldom");
    log.refresh("soon");
    await vi.advanceTimersByTimeAsync(1000);
    expect(getEvents).toHaveBeenCalledTimes(3);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(getEvents).toHaveBeenCalledTimes(3);
  } finally {
    vi.useRealTimers();
  }
});
