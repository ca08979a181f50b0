import type { StreamInfo } from "@inspector/contract/page";
import { expect, test } from "vitest";
import { listTargets, targetName } from "./targets.ts";

function stream(id: number, change: Partial<StreamInfo> = {}): StreamInfo {
  const path = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream";
  return { id, connection: 1, path, openedAt: 0, phase: "loaded", messages: 0, bytes: 0, ...change };
}

test("offers live workers, the same runtime first, then ready ones, then the newest", () => {
  const streams = [
    stream(1, { runtime: "node", phase: "ended", endedAt: 5 }),
    stream(2, { runtime: "python" }),
    stream(3, { runtime: "node" }),
    stream(4, { runtime: "node", phase: "initialized" }),
    stream(5, { runtime: "node" }),
    stream(6, { path: "/Settlement/Complete" }),
  ];
  expect(listTargets(streams, stream(1, { runtime: "node" })).map(({ id }) => id)).toEqual([5, 3, 4, 2]);
  expect(listTargets([], undefined)).toEqual([]);
});

test("offers a custom handler for what one was asked, and for nothing else", () => {
  const handler = { path: "/custom-handler", runtime: "custom", phase: "started" } as const;
  const streams = [stream(1), stream(2, handler), stream(3, { ...handler, endedAt: 5 })];
  expect(listTargets(streams, stream(3, handler)).map(({ id }) => id)).toEqual([2]);
  expect(listTargets(streams, stream(1)).map(({ id }) => id)).toEqual([1]);
});

test("names a worker by what no other worker has", () => {
  expect(targetName(stream(3, { runtime: "node", runtimeVersion: "20.1" }))).toBe("node 20.1 · stream 3");
  expect(targetName(stream(4, { runtime: "node", phase: "started" }))).toBe("node · stream 4 · started");
});
