/** What the load generator is asked to do, and what it answers: one JSON object each, over the process's channel. */

export type Job = {
  readonly port: number;
  /** Bytes of a message, without its five bytes of gRPC prefix. */
  readonly size: number;
  /** Messages that may be under way at once, on each connection. */
  readonly inFlight: number;
  readonly connections: number;
  /** Round trips over all connections; the first twentieth is not timed. */
  readonly roundTrips?: number;
  /** Instead of a number: so many seconds, of which the first is not timed. */
  readonly seconds?: number;
  /** Round trips that are begun each second; as fast as possible where it is absent. */
  readonly rate?: number;
  /** Whether a DATA frame carries one message or as many as fit. */
  readonly framing: "one" | "many";
};

export type JobResult = {
  readonly ok: true;
  /** Timed seconds and the round trips that ended in them. */
  readonly seconds: number;
  readonly roundTrips: number;
  /** All of them, also those before the clock ran. */
  readonly allRoundTrips: number;
  /** Milliseconds a round trip took, where one is under way at a time. */
  readonly p50?: number;
  readonly p99?: number;
  /** Round trips in each whole second. */
  readonly eachSecond: readonly number[];
};

export type JobAnswer = JobResult | { readonly ok: false; readonly reason: string };
