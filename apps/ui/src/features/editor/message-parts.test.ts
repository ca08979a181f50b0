import { expect, test } from "vitest";
import { hasSharedMemory, listParts, listShared, valueAt, withValueAt, withValuesOf } from "./message-parts.ts";

const request = {
  requestId: "r",
  invocationRequest: {
    inputData: [
      { name: "user", data: { json: "{}" } },
      { name: "blob", rpcSharedMemory: { name: "m" } },
      { name: "req", data: { http: { method: "GET" } } },
    ],
    triggerMetadata: { sys: { string: "x" } },
  },
};

test("a request's values are its inputs, http first, and its trigger metadata", () => {
  expect(listParts(request).map(({ group, name, isHttp }) => [group, name, isHttp])).toEqual([
    ["Input", "req", true],
    ["Input", "user", false],
    ["Trigger metadata", "sys", false],
  ]);
});

test("an answer's values are what it returned and its outputs", () => {
  const answer = {
    invocationResponse: { outputData: [{ name: "queue", data: { string: "a" } }], returnValue: { http: {} } },
  };
  expect(listParts(answer).map(({ path }) => path)).toEqual([
    ["invocationResponse", "returnValue"],
    ["invocationResponse", "outputData", 0, "data"],
  ]);
});

test("a value is changed in its place, and nothing beside it", () => {
  const path = ["invocationRequest", "inputData", 0, "data"];
  const changed = withValueAt(request, path, { json: "[1]" });
  expect(valueAt(changed, path)).toEqual({ json: "[1]" });
  expect(withValueAt(changed, path, { json: "{}" })).toEqual(request);
  expect(Object.keys(changed ?? {})).toEqual(Object.keys(request));
});

test("values that were in shared memory come into an edited message without undoing its edits", () => {
  const inputs = (...inputData: readonly unknown[]) => ({ requestId: "r", invocationRequest: { inputData } });
  const inMap = { name: "blob", rpcSharedMemory: { name: "m" } };
  const blob = { name: "blob", data: { string: "the blob" } };
  const edited = inputs({ name: "user", data: { string: "edited" } }, inMap);
  const recorded = inputs({ name: "user", data: { string: "recorded" } }, blob);
  expect(hasSharedMemory(edited)).toBe(true);
  expect(withValuesOf(recorded, edited)).toEqual(inputs({ name: "user", data: { string: "edited" } }, blob));
  expect(hasSharedMemory(withValuesOf(recorded, edited))).toBe(false);
  expect(hasSharedMemory(withValuesOf(edited, edited))).toBe(true);
  expect(hasSharedMemory(undefined)).toBe(false);
});

test("where one value of two is not at hand, the other comes into the message, and what needs none stays as it is", () => {
  const inputs = (...inputData: readonly unknown[]) => ({ invocationRequest: { inputData } });
  const inMap = (name: string) => ({ name, rpcSharedMemory: { name: `map of ${name}` } });
  const small = { name: "small", data: { string: "x" } };
  const merged = withValuesOf(inputs(small, inMap("large")), inputs(inMap("small"), inMap("large")));
  expect(merged).toEqual(inputs(small, inMap("large")));
  expect(listShared(merged)).toEqual([{ binding: "large", map: "map of large" }]);
  expect(withValuesOf(inputs(small), { rpcLog: {} })).toEqual({ rpcLog: {} });
});

test("an answer's outputs may be in shared memory, too", () => {
  const outputData = [
    { name: "queue", data: {} },
    { name: "blob", rpcSharedMemory: { name: "m" } },
  ];
  expect(listShared({ invocationResponse: { outputData } })).toEqual([{ binding: "blob", map: "m" }]);
  expect(hasSharedMemory({ invocationResponse: { outputData: [{ name: "queue", data: {} }] } })).toBe(false);
});
