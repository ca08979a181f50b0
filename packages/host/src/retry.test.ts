import { create, RpcRetryOptions_RetryStrategy, RpcRetryOptionsSchema } from "@inspector/proto";
import { describe, expect, test } from "vitest";
import { retryDelay, retryOptionsOf } from "./retry.ts";

const fixed = create(RpcRetryOptionsSchema, {
  maxRetryCount: 3,
  delayInterval: { seconds: 2n },
  retryStrategy: RpcRetryOptions_RetryStrategy.fixed_delay,
});
const exponential = create(RpcRetryOptionsSchema, {
  maxRetryCount: -1,
  minimumInterval: { seconds: 4n },
  maximumInterval: { seconds: 10n },
});

function delays(message: typeof fixed): readonly number[] {
  const options = retryOptionsOf(message);
  return options === undefined ? [] : [1, 2, 3].map((count) => retryDelay(options, count));
}

describe("a function's retry options", () => {
  test("with a fixed delay wait for it each time", () => {
    expect(delays(fixed)).toEqual([2000, 2000, 2000]);
    expect(retryOptionsOf(fixed)?.maxRetryCount).toBe(3);
  });

  test("with back-off double from the minimum up to the maximum, and -1 means for ever", () => {
    expect(delays(exponential)).toEqual([4000, 8000, 10_000]);
    expect(retryOptionsOf(exponential)?.maxRetryCount).toBe(Number.POSITIVE_INFINITY);
  });

  test("may be absent", () => {
    expect(retryOptionsOf(undefined)).toBeUndefined();
    expect(retryOptionsOf(create(RpcRetryOptionsSchema))).toBeUndefined();
  });
});
