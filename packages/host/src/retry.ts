import { type RpcRetryOptions, RpcRetryOptions_RetryStrategy } from "@inspector/proto";

/** How often and when a function that failed is run again. Times in ms. */
export type RetryOptions = {
  /** Infinite where the app asks for -1. */
  readonly maxRetryCount: number;
  readonly strategy: "fixed-delay" | "exponential-backoff";
  readonly delay: number;
  readonly minimum: number;
  readonly maximum: number;
};

/** What the request of a further try says about the tries before. */
export type Retry = { readonly retryCount: number; readonly maxRetryCount: number; readonly reason: string };

/** Reads the retry options of a function's metadata. */
export function retryOptionsOf(options: RpcRetryOptions | undefined): RetryOptions | undefined {
  if (options === undefined || options.maxRetryCount === 0) {
    return undefined;
  }
  const isFixed = options.retryStrategy === RpcRetryOptions_RetryStrategy.fixed_delay;
  return {
    maxRetryCount: options.maxRetryCount < 0 ? Number.POSITIVE_INFINITY : options.maxRetryCount,
    strategy: isFixed ? "fixed-delay" : "exponential-backoff",
    delay: toMilliseconds(options.delayInterval),
    minimum: toMilliseconds(options.minimumInterval),
    maximum: toMilliseconds(options.maximumInterval),
  };
}

/** The wait before a try. @param retryCount 1 for the first repetition */
export function retryDelay(options: RetryOptions, retryCount: number): number {
  if (options.strategy === "fixed-delay") {
    return options.delay;
  }
  return Math.min(options.minimum * 2 ** (retryCount - 1), Math.max(options.maximum, options.minimum));
}

function toMilliseconds(duration: { readonly seconds: bigint; readonly nanos: number } | undefined): number {
  return duration === undefined ? 0 : Number(duration.seconds) * 1000 + duration.nanos / 1e6;
}
