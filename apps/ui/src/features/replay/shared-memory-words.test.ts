import { describe, expect, test } from "vitest";
import { describeLeftIn, describeShared } from "./shared-memory-words.ts";

const whole = { name: "m1", size: 100, stored: 100 };
const first = { binding: "first", map: "m1" };
const second = { binding: "second", map: "m2" };

describe("a request whose inputs were in shared memory", () => {
  test("is said to be sent as it was recorded where every copy that it still needs is whole", () => {
    const text = "Values in shared memory are sent as they were recorded.";
    expect(describeShared([first], [whole])).toBe(text);
    expect(describeShared([first], [whole, { ...whole, name: "m2", stored: 0 }])).toBe(text);
  });

  test.each([
    ["it was copied in part", [{ ...whole, name: "m2", stored: 99 }]],
    ["it could not be copied", [{ ...whole, name: "m2", problem: "gone" }]],
    ["its copy was given up", [{ ...whole, name: "m2", isDropped: true as const }]],
    ["nothing is known of it", []],
  ])("is said to lack a value where %s", (_, copies) => {
    expect(describeShared([first, second], [whole, ...copies])).toMatch(
      /no complete copy of these values in shared memory, so they cannot be sent: second\.$/u,
    );
  });

  test("names what cannot be edited, beside what can", () => {
    const inputData = [
      { name: "small", data: { string: "x" } },
      { name: "large", rpcSharedMemory: { name: "m2" } },
    ];
    expect(describeLeftIn({ invocationRequest: { inputData } })).toMatch(/: large\.$/u);
    expect(describeLeftIn({ invocationRequest: { inputData: inputData.slice(0, 1) } })).toBeUndefined();
  });
});
