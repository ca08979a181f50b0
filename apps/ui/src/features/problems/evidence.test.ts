import { expect, test } from "vitest";
import { describeEvent } from "./evidence.ts";

const event = (type: string, detail: Record<string, unknown>) =>
  ({ id: 1, at: 0, from: "worker", type, detail }) as const;

test("an event is described by its text", () => {
  expect(describeEvent(event("process-output", { stream: "stderr", text: "no such file" }))).toBe("no such file");
});

test("an event without a text is described by its details, ids left out", () => {
  expect(describeEvent(event("process-exited", { workerId: "w1", pid: 7, code: 1, signal: null }))).toBe(
    "pid 7, code 1",
  );
});

test("an event without details is described by its type", () => {
  expect(describeEvent(event("relay-closed", {}))).toBe("relay-closed");
});
