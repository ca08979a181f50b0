import { expect, test } from "vitest";
import { streamOfKey, workerKey } from "./worker-key.ts";

test("a worker's key leads back to its stream, also for one that never connected", () => {
  expect([4, -1].map((id) => streamOfKey(workerKey(id)))).toEqual([4, -1]);
  expect(streamOfKey("1/hello")).toBeUndefined();
});
