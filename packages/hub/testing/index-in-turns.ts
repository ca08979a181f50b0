import type { StartIndexing } from "@inspector/reader/session-text";
import { createTextIndexer } from "../src/text/text-indexer.ts";

/** Builds text indexes in this thread, a slice whenever nothing else is to do, and looks for more every few milliseconds. */
export const indexInTurns: StartIndexing = ({ session, index }, onMessage) => {
  const indexer = createTextIndexer(session, index);
  let told = -1;
  const timer = setInterval(() => {
    indexer.slice();
    if (indexer.through === told) {
      return;
    }
    told = indexer.through;
    onMessage({ type: "indexed" });
  }, 5);
  return {
    stop() {
      clearInterval(timer);
      indexer.close();
    },
  };
};
