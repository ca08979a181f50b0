import { expect, test } from "vitest";
import { isWorkerOfKey, workerKey } from "./worker-key.ts";

test("a worker's key leads back to it, also where it never connected", () => {
  expect([4, -1].map((id) => isWorkerOfKey(workerKey(id), id, "w1"))).toEqual([true, true]);
  expect(isWorkerOfKey(workerKey(0, "w1"), -3, "w1")).toBe(true);
  expect(isWorkerOfKey(workerKey(0, "w1"), -3, "w2")).toBe(false);
  expect(isWorkerOfKey("1/hello", 1, undefined)).toBe(false);
});
