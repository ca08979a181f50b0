import { describe, expect, test } from "vitest";
import { answer, recorded, replayed } from "../../../testing/answers.ts";
import type { InvocationAnswer } from "../compare/compared-call.ts";
import { compareRun, isToCome } from "./run-comparison.ts";

describe("the answers of a run", () => {
  const partial = { ...replayed, isPartial: true } as const;

  test("count as differing once all of them is there, and until then not at all", () => {
    const of = (one: InvocationAnswer | undefined) =>
      compareRun(recorded, [{ n: 4, state: "success", answer: one }], []);
    expect(of(undefined).changes.size).toBe(0);
    expect(of(partial).changes.size).toBe(0);
    expect([...of(replayed).changes]).toEqual([[4, 2]]);
  });

  test("are not compared with a recorded answer that is half copied", () => {
    const replays = [{ n: 1, state: "success", answer: replayed }] as const;
    expect(compareRun({ ...recorded, isPartial: true }, replays, []).changes.size).toBe(0);
    expect(compareRun(undefined, replays, []).changes.size).toBe(0);
  });

  test("are waited for where more of them will be there soon", () => {
    const open = { ...replayed, row: { ...replayed.row, state: "in-flight" } } as const;
    expect(isToCome(partial, "failed")).toBe(true);
    expect(isToCome(open, "success")).toBe(true);
    expect(isToCome(open, "timed-out")).toBe(false);
    expect(isToCome(replayed, "success")).toBe(false);
  });
});

describe("values in shared memory that are not at hand", () => {
  const withOutput = (invocationId: string, output: unknown) =>
    answer(invocationId, { result: { status: "Success" }, outputData: [{ name: "blob", ...Object(output) }] });
  const inMap = (name: string) => ({ rpcSharedMemory: { name, count: "9", type: "bytes" } });

  test("are reported for the whole run where one replay of it has them", () => {
    const inlined = withOutput("a-id", { data: { bytes: "AAAA" } });
    const replays = [
      { n: 1, state: "success", answer: inlined },
      { n: 2, state: "success", answer: withOutput("b-id", inMap("m2")) },
    ] as const;
    expect(compareRun(inlined, replays, []).omitted).toContain("shared memory");
    expect(compareRun(inlined, replays.slice(0, 1), []).omitted).toBeUndefined();
  });
});
