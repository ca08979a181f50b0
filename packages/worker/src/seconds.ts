import type { CoreSeconds } from "./core-contract.ts";

/** A Duration or Timestamp of the library as one of the contract; both have the same two fields. */
export function toSeconds(time: CoreSeconds): { seconds: bigint; nanos: number } {
  return { seconds: BigInt(time.seconds ?? 0), nanos: time.nanos ?? 0 };
}
