/** Thread of the hub that indexes texts when there is nothing more urgent. */

import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { reasonOf } from "@inspector/contract/inspector-error";
import type { IndexingMessage, IndexingOrder } from "@inspector/reader/session-text";
import { sleepUntilStopped, stopRequested, yieldToOthers } from "../thread.ts";
import { createTextIndexer } from "./text-indexer.ts";

/** How long to wait when everything is indexed, and after a fault. */
const IDLE_MS = 100;
const FAULT_MS = 10_000;
/** While so many messages arrive between two looks, this is a burst: most of the time is left to those who record it. */
const BURST_MESSAGES = 500;
const BURST_REST = 4;
/** The hub is told of progress at most this often. */
const TELL_MS = 100;

const port = parentPort;
if (port === null) {
  throw new Error("the text index is built by a thread of the hub");
}
const { session, index, maxBytes } = workerData as IndexingOrder;

const isStopping = stopRequested();
yieldToOthers();

async function run(): Promise<void> {
  const indexer = createTextIndexer(session, index, maxBytes);
  let told = -1;
  let tellAt = 0;
  let last = 0;
  try {
    while (!isStopping()) {
      const began = performance.now();
      const isMore = indexer.slice();
      const took = performance.now() - began;
      const now = performance.now();
      if (indexer.through !== told && (now >= tellAt || !isMore)) {
        port?.postMessage({ type: "indexed" } satisfies IndexingMessage);
        told = indexer.through;
        tellAt = now + TELL_MS;
      }
      const arrived = indexer.last - last;
      last += arrived;
      if (!isMore) {
        await sleep(IDLE_MS);
      } else {
        await sleep(arrived > BURST_MESSAGES ? took * BURST_REST : 0);
      }
    }
  } finally {
    indexer.close();
  }
}

while (!isStopping()) {
  try {
    await run();
  } catch (error) {
    const reason = reasonOf(error);
    port.postMessage({ type: "fault", reason } satisfies IndexingMessage);
    await sleepUntilStopped(FAULT_MS, isStopping);
  }
}
process.exit(0);
