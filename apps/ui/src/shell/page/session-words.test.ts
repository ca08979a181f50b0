import { expect, test } from "vitest";
import { sessionInfo } from "../../../testing/session-info.ts";
import { awayWords, describeRecording, pageTitle } from "./session-words.ts";

const live = sessionInfo({ id: "a", file: "/state/sessions/later.inspector", listen: "127.0.0.1:50051" });

test("a page is called after its view and its session", () => {
  expect(pageTitle("Invocations", live)).toBe("Invocations · 127.0.0.1:50051 · inspector");
  expect(pageTitle("Workers", { ...live, source: "file" })).toBe("Workers · later.inspector · inspector");
  expect(pageTitle("Invocations", undefined)).toBe("Invocations · inspector");
  const failing = { ...live, problems: { errors: 2, warnings: 1 } };
  expect(pageTitle("Invocations", failing)).toBe("(2) Invocations · 127.0.0.1:50051 · inspector");
});

test("an inspector that has no such session is not one that is gone", () => {
  const gone = { phase: "refused", message: "m", hint: "h", isSessionGone: true } as const;
  expect(describeRecording(gone, undefined).word).toBe("No such session");
  expect(describeRecording({ phase: "refused", message: "m", hint: "h" }, undefined).word).toBe("Not connected");
  expect(describeRecording({ phase: "lost", retryAt: 0 }, undefined).word).toBe("Inspector away");
});

test("an inspector that does not answer is away since it was last seen, and there otherwise", () => {
  const lastSeenAt = new Date(2026, 10, 29, 12, 44, 28, 900).getTime();
  expect(awayWords({ phase: "lost", retryAt: 0, lastSeenAt })).toBe("away since 12:44:28");
  expect(awayWords({ phase: "lost", retryAt: 0 })).toBe("away");
  expect(awayWords({ phase: "refused", message: "m", hint: "h" })).toBe("not connected");
  expect(awayWords({ phase: "open" })).toBeUndefined();
  expect(awayWords({ phase: "connecting" })).toBeUndefined();
});
