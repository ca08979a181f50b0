import { KIND } from "@inspector/proto";
import { expect, test } from "vitest";
import { dialledByOf, roleOf } from "./peer-roles.ts";

test.each([
  ["start_stream of the end that opened it", "worker", KIND.startStream, "worker"],
  ["start_stream of the end that accepted it", "host", KIND.startStream, "host"],
  ["a request of the end that accepted it", "host", KIND.workerInitRequest, "worker"],
  ["a request of the end that opened it", "worker", KIND.workerInitRequest, undefined],
  ["a log, which may come at any time", "host", KIND.rpcLog, undefined],
  ["a kind that no contract knows", "host", 999, undefined],
] as const)("%s tells who opened the connection, or nothing", (_, side, kind, dialledBy) => {
  expect(dialledByOf(side, kind)).toBe(dialledBy);
  expect(roleOf("worker", dialledBy)).toBe(dialledBy === "host" ? "host" : "worker");
});
