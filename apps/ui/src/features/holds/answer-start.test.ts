import type { MessageDetail } from "@inspector/contract/page";
import { describe, expect, test } from "vitest";
import { concernsOfAnswer, isLoading } from "./answer-start.ts";

const row: MessageDetail["row"] = { seq: 9, stream: 1, from: "worker", at: 0, kind: "invocation_response", size: 9 };

const asked = { like: 9, detail: undefined, error: null };
const empty = { invocationResponse: { result: { status: "Success" } } };

function loaded(message?: unknown) {
  return { ...asked, detail: { row, related: [], ...(message !== undefined && { message }) } };
}

describe("an answer that is begun like a recorded one", () => {
  test("is not to be sent before that is loaded, or is known not to be", () => {
    expect(isLoading(asked)).toBe(true);
    expect(isLoading(loaded(empty))).toBe(false);
    expect(isLoading({ ...asked, error: new Error("gone") })).toBe(false);
    expect(isLoading({ ...asked, like: undefined })).toBe(false);
  });

  test("says why it begins empty", () => {
    const [failed] = concernsOfAnswer({ ...asked, error: new Error("The hub does not answer.") }, empty);
    expect(failed).toMatchObject({ severity: "warning", message: expect.stringContaining("The hub does not answer.") });
    const [undecoded] = concernsOfAnswer(loaded(), empty);
    expect(undecoded?.message).toContain("not decoded");
  });

  test("warns of what is in shared memory that was freed, until another value is in its place", () => {
    const like = (output: unknown) => ({ invocationResponse: { outputData: [{ name: "blob", ...Object(output) }] } });
    const inMap = like({ rpcSharedMemory: { name: "m", count: "9" } });
    const [freed] = concernsOfAnswer(loaded(inMap), inMap);
    expect(freed).toMatchObject({ severity: "warning", message: expect.stringMatching(/value of blob .* was freed/u) });
    expect(concernsOfAnswer(loaded(inMap), like({ data: { string: "x" } }))).toEqual([]);
  });
});

test("of an answer that is begun like none there is nothing to be known", () => {
  expect(concernsOfAnswer({ ...asked, like: undefined }, empty)).toEqual([]);
});
