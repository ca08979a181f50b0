import { expect, test } from "vitest";
import type { InterventionOrder } from "./intervention-lines.ts";
import { parseOrder } from "./parse-order.ts";

const at = { connection: 1, stream: 3 };
const orders: readonly InterventionOrder[] = [
  { order: "replay", at, invocationId: "i", mark: { run: 1, n: 2, isEdited: false }, message: "KgA=" },
  { order: "announce-replay", at, invocationId: "i", mark: { run: 1, n: 2, isEdited: false } },
  { order: "replay", at, invocationId: "i", mark: { run: 1, n: 2, isEdited: true }, message: "KgA=", more: true },
  { order: "give-up", at, invocationId: "i" },
  { order: "inject", at, direction: "to-worker", message: "KgA=", maps: ["m"] },
  { order: "inject", at, direction: "to-host", message: "" },
  { order: "hold", rule: 1, at, direction: "to-host", kinds: [2, 5], functionIds: ["f"], ask: true, limitMs: 1_000 },
  { order: "hold", rule: 1, at, direction: "to-worker", kinds: [], limitMs: 0 },
  { order: "unhold", rule: 1, spent: true },
  { order: "unhold", rule: 1 },
  { order: "release", held: 1, action: "keep", rule: 2, limitMs: 500 },
  { order: "release", held: 1, action: "replace", message: "KgA=", more: true },
  { order: "release", held: 1, action: "drop" },
];

test.each(orders)("$order comes through as it was said", (order) => {
  expect(parseOrder({ ...order })).toEqual(order);
});

test.each(orders)("$order with a part of another type is none", (order) => {
  for (const name of Object.keys(order)) {
    expect(parseOrder({ ...order, [name]: -0.5 }), name).toBeUndefined();
    expect(parseOrder({ ...order, [name]: null }), name).toBeUndefined();
  }
});

test("a message that says nothing of its place or its kind is no order", () => {
  expect(parseOrder({})).toBeUndefined();
  expect(parseOrder({ order: "constructor" })).toBeUndefined();
  expect(parseOrder({ order: "unhold" })).toBeUndefined();
  expect(
    parseOrder({ order: "hold", rule: 1, at: { connection: 1 }, direction: "to-host", kinds: [] }),
  ).toBeUndefined();
});
