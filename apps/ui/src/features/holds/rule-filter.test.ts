import { parseFilter } from "@inspector/filter/parse";
import { describe, expect, test } from "vitest";
import { describeNever, FILTER_EXAMPLE, neverMatching } from "./rule-filter.ts";

test("the example in the filter's field means what it seems to", () => {
  expect(parseFilter(FILTER_EXAMPLE)).toMatchObject({
    ok: true,
    filter: { type: "or", items: [{ key: "text" }, { key: "size" }] },
  });
  expect(neverMatching({ from: "host", filter: FILTER_EXAMPLE })).toEqual([]);
});

describe("a filter's terms", () => {
  const requests = (filter: string) => neverMatching({ from: "host", filter });
  const answers = (filter: string) => neverMatching({ from: "worker", filter });

  test("that ask a request for its outcome never match", () => {
    expect(requests("status:failed size:>1kb")).toEqual(["status:failed"]);
    expect(requests("dur:>2s OR is:error")).toEqual(["dur:>2s", "is:error"]);
    expect(answers("status:failed dur:>2s is:error")).toEqual([]);
  });

  test("that ask for another side or kind never match", () => {
    expect(requests("side:worker")).toEqual(["side:worker"]);
    expect(requests("kind:invocation_response")).toEqual(["kind:invocation_response"]);
    expect(requests("kind:INVOCATION* side:host,worker is:retried fn:hello text")).toEqual([]);
    expect(answers("level:>=error")).toEqual(["level:>=error"]);
    expect(neverMatching({ from: "worker", kinds: ["rpc_log"], filter: "level:>=error category:Host.*" })).toEqual([]);
    expect(neverMatching({ from: "worker", kinds: ["rpc_log"], filter: "dur:>1s" })).toEqual(["dur:>1s"]);
  });

  test("are not judged where they are negated, or the filter cannot be read", () => {
    expect(requests("-status:failed")).toEqual([]);
    expect(requests("status:failed (")).toEqual([]);
  });

  test("that never match are named with what the rule is about", () => {
    expect(describeNever({ from: "host", filter: "status:failed" })).toBe(
      "status:failed never matches an invocation on its way to the worker.",
    );
    expect(describeNever({ from: "host", filter: "size:>1kb" })).toBeUndefined();
  });
});
