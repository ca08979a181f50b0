/**
 * Which end of a stream is the host and which the worker. Their bytes come from the end that opened the connection or from the
 * end that accepted it. A worker opens it to its host; in separated compute the host opens it, to a proxy that speaks for
 * the worker. What they say tells.
 */
import { contentKinds, KIND } from "@inspector/proto";
import type { Side } from "@inspector/wire/frames";

const OTHER: Readonly<Record<Side, Side>> = { host: "worker", worker: "host" };

/** Said by workers only: start_stream, and answers to what hosts ask. */
const TELLS_WORKER: ReadonlySet<number> = new Set(
  contentKinds
    .filter(({ from, number }) => from === "worker" && number !== KIND.workerActionResponse)
    .map(({ number }) => number),
);

/** Said at any time, also before a stream begins for good; unknown kinds are as these. */
const TELLS_NOTHING: readonly number[] = [KIND.rpcLog, KIND.workerHeartbeat];
const KNOWN: ReadonlySet<number> = new Set(contentKinds.map(({ number }) => number));

/**
 * Who opened the connection of a stream, by one of its messages.
 * The accepting end is the worker where the first telling thing that it says is a worker's. A peer that breaks the
 * contract later on, or that opened the connection and says what only hosts say, changes nothing.
 * @param side the end that the message came from: "worker" for the one that opened the connection
 * @returns undefined where the message does not tell
 */
export function dialledByOf(side: Side, kind: number): Side | undefined {
  if (!KNOWN.has(kind) || TELLS_NOTHING.includes(kind)) {
    return undefined;
  }
  if (side === "host") {
    return TELLS_WORKER.has(kind) ? "host" : "worker";
  }
  return TELLS_WORKER.has(kind) ? "worker" : undefined;
}

/** The role of one end of a stream. @param dialledBy who opened the connection; a worker, as long as nothing tells */
export function roleOf(side: Side, dialledBy: Side | undefined): Side {
  return dialledBy === "host" ? OTHER[side] : side;
}
