import type { SessionInfo } from "@inspector/session";
import { expect, it } from "vitest";
import { pageTitle } from "./session-words.ts";

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
  size: { file: 0, bodiesDropped: 0 },
  gaps: { count: 0, bytes: 0 },
  behind: 0,
  streams: [],
  connections: [],
};

it("a page is called after its view and its session", () => {
  expect(pageTitle("Invocations", live)).toBe("Invocations · 127.0.0.1:50051 · inspector");
  expect(pageTitle("Workers", { ...live, source: "file" })).toBe("Workers · later.inspector · inspector");
  expect(pageTitle("Invocations", undefined)).toBe("Invocations · inspector");
});
