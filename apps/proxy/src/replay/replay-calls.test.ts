import { expect, test } from "vitest";
import { recordedCall } from "../../testing/recorded-call.ts";
import { obstacleTo } from "./replay-calls.ts";

test("nothing is sent where answers could not be compared", () => {
  expect(obstacleTo(recordedCall())).toBeUndefined();
  expect(obstacleTo(recordedCall({ obstacle: "its answer was not recorded" }))).toBe("its answer was not recorded");
  expect(obstacleTo(recordedCall({ requestSeq: () => undefined }))).toMatch(/kept from the worker/u);
  expect(obstacleTo(recordedCall({ httpExtent: () => "in part" }))).toMatch(/not recorded as a whole/u);
  expect(obstacleTo(recordedCall({ answer: () => undefined }))).toMatch(/given up or cut off/u);
});
