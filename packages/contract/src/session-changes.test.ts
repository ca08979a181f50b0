import { describe, expect, test } from "vitest";
import type { SessionInfo, StreamInfo } from "./page.ts";
import { applyChanges, changesOf } from "./session-changes.ts";

const stream = (id: number, messages: number): StreamInfo => ({
  id,
  connection: 1,
  path: "/a/b",
  openedAt: 0,
  phase: "started",
  messages,
  bytes: 0,
});

const SESSION: SessionInfo = {
  contract: 1,
  id: "a",
  file: "a.inspector",
  source: "live",
  startedAt: 0,
  version: "0",
  last: 10,
  bytes: 100,
  size: { file: 1, bodiesDropped: 0, rowsDropped: 0 },
  gaps: { count: 0, bytes: 0 },
  behind: 0,
  recordingFault: "no space left on device",
  streams: [stream(1, 5), stream(2, 5)],
  connections: [],
  streamCount: 0,
  workerCount: 0,
  connectionCount: 0,
};

describe("changes of a session", () => {
  test("are none where nothing is other than before", () => {
    expect(changesOf(SESSION, structuredClone(SESSION))).toBeUndefined();
  });

  test("hold what is other, and nothing else", () => {
    const { recordingFault: _, ...rest } = SESSION;
    const now = { ...rest, last: 12, streams: [stream(2, 6), stream(3, 1)] };
    const changes = changesOf(SESSION, now);
    expect(changes).toEqual({
      last: 12,
      absent: ["recordingFault"],
      streams: { changed: [stream(2, 6), stream(3, 1)], gone: [1] },
    });
    expect(changes && applyChanges(SESSION, changes)).toEqual(now);
  });

  test("tell the time with what else is new, and not by itself", () => {
    expect(changesOf({ ...SESSION, now: 1 }, { ...SESSION, now: 2 })).toBeUndefined();
    expect(changesOf({ ...SESSION, now: 1 }, { ...SESSION, now: 2, last: 12 })).toEqual({ now: 2, last: 12 });
  });

  test("do not grow with the number of streams", () => {
    const many = Array.from({ length: 10_000 }, (_, n) => stream(n + 1, 1));
    const before = { ...SESSION, streams: many };
    const now = { ...before, streams: [...many.slice(0, -1), stream(10_000, 2)] };
    const changes = changesOf(before, now);
    expect(JSON.stringify(changes).length).toBeLessThan(500);
    expect(changes && applyChanges(before, changes)).toEqual(now);
  });
});
