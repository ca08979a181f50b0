import { expect, test } from "vitest";
import { sessionInfo } from "../../../testing/session-info.ts";
import { describeRecording, pageTitle } from "./session-words.ts";

const live = sessionInfo({ id: "a", file: "/state/sessions/later.inspector", listen: "127.0.0.1:50051" });

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
