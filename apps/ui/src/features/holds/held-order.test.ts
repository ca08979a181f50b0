import type { HeldMessage } from "@inspector/contract/intervention";
import { describe, expect, test } from "vitest";
import { inOrder, nextHeld } from "./held-order.ts";

function held(id: number, heldAt: number): HeldMessage {
  return { id, heldAt, goesOnAt: heldAt + 1, rule: 1, stream: 1, from: "host", kind: "rpc_log", size: 1, queued: 0 };
}

const HELD = [held(7, 30), held(5, 10), held(6, 20)];

describe("held messages", () => {
  test("are let go in the order in which they came", () => {
    expect(inOrder(HELD).map(({ id }) => id)).toEqual([5, 6, 7]);
  });

  test("are stepped through in that order, and round to those that were left", () => {
    expect(nextHeld(HELD, 5)?.id).toBe(6);
    expect(nextHeld(HELD, 7)?.id).toBe(5);
    expect(nextHeld(HELD.slice(0, 1), 7)).toBeUndefined();
  });

  test("begin with the oldest where the one that was looked at is gone", () => {
    expect(nextHeld(HELD, 4)?.id).toBe(5);
  });
});
