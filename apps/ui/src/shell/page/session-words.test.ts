import type { SessionInfo } from "@inspector/contract/page";
import { expect, test } from "vitest";
import { describeRecording, pageTitle } from "./session-words.ts";

const live: SessionInfo = {
  contract: 1,
  id: "a",
  file: "/state/sessions/later.inspector",
  source: "live",
  startedAt: 0,
  version: "0",
  listen: "127.0.0.1:50051",
  last: 0,
  bytes: 0,
  size: { file: 0, bodiesDropped: 0, rowsDropped: 0 },
  gaps: { count: 0, bytes: 0 },
  behind: 0,
  streams: [],
  connections: [],
  streamCount: 0,
  workerCount: 0,
  connectionCount: 0,
};

test("a page is called after its view and its session", () => {
  expect(pageTitle("Invocations", live)).toBe("Invocations · 127.0.0.1:50051 · inspector");
  expect(pageTitle("Workers", { ...live, source: "file" })).toBe("Workers · later.inspector · inspector");
  expect(pageTitle("Invocations", undefined)).toBe("Invocations · inspector");
});

test("an inspector that has no such session is not one that is gone", () => {
  const gone = { phase: "refused", message: "m", hint: "h", isSessionGone: true } as const;
  expect(describeRecording(gone, undefined).word).toBe("No such session");
  expect(describeRecording({ phase: "refused", message: "m", hint: "h" }, undefined).word).toBe("Not connected");
  expect(describeRecording({ phase: "lost", retryAt: 0 }, undefined).word).toBe("Inspector gone");
});
