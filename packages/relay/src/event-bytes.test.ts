import { expect, test } from "vitest";
import { boundedJson } from "./event-bytes.ts";

const LIMIT = 64 * 1024;

function read(event: { type: string; [detail: string]: unknown }): Record<string, unknown> {
  const json = boundedJson(event, LIMIT);
  expect(Buffer.byteLength(json)).toBeLessThanOrEqual(LIMIT);
  return JSON.parse(json);
}

test("an event that fits is written as it is", () => {
  expect(read({ type: "process-output", text: "hello", pid: 7 })).toEqual({
    type: "process-output",
    text: "hello",
    pid: 7,
  });
});

test("a long text is cut at its end, with a mark, and everything else stays", () => {
  const event = read({ type: "process-output", workerId: "w", text: "ä".repeat(1_000_000) });
  expect(event).toMatchObject({ type: "process-output", workerId: "w", cut: ["text"] });
  expect(event["text"]).toMatch(/^ä{1000,}… \(cut\)$/u);
});

test("a long list is cut, and says so", () => {
  const positions = Array.from({ length: 50_000 }, (_, connection) => ({ connection, worker: { payloadLeft: 0 } }));
  const event = read({ type: "segment", number: 3, positions });
  expect(event).toMatchObject({ number: 3, cut: ["positions"] });
  expect(event["positions"]).toEqual(positions.slice(0, Number(Object(event["positions"]).length)));
});

test("whatever an event holds, it is JSON with its type in the end", () => {
  const wide = Object.fromEntries(Array.from({ length: 30_000 }, (_, n) => [`member ${n}`, "x".repeat(20)]));
  expect(read({ type: "odd", ...wide })).toMatchObject({ type: "odd", cut: ["everything"] });
  expect(
    read({ type: "quotes", text: '"\u0000'.repeat(200_000), nested: [{ text: "y".repeat(90_000) }] }),
  ).toMatchObject({
    type: "quotes",
    cut: ["text", "nested"],
  });
});
