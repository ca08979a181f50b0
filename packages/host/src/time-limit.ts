/** A longer delay would overflow the timer and fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** {@link withinLimit} gave up waiting. */
export class TimeLimitError extends Error {
  readonly limit: number;

  constructor(limit: number) {
    super(`nothing came within ${limit} ms`);
    this.name = "TimeLimitError";
    this.limit = limit;
  }
}

/**
 * Waits for `promise`, but no longer than `limit` ms; undefined means for ever.
 *
 * @throws {TimeLimitError} when the limit has passed
 */
export async function withinLimit<T>(promise: Promise<T>, limit: number | undefined): Promise<T> {
  if (limit === undefined) {
    return await promise;
  }
  const { promise: passed, reject } = createDeferred<never>();
  const timer = setTimeout(() => reject(new TimeLimitError(limit)), Math.min(limit, LONGEST_TIMER));
  try {
    return await Promise.race([promise, passed]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits `delay` ms or until `signal` aborts, whichever comes first; never rejects. */
export function pause(delay: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(delay, LONGEST_TIMER));
    signal.addEventListener("abort", done);
  });
}

export type Deferred<T> = {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: unknown): void;
};

/** A promise that is settled from outside. A rejection that nobody awaits is no crash. */
export function createDeferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}
