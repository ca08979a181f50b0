/** A reader in the thread of the test: the same code, and messages that are copied and moved as between threads. */

import type { StartIndexing } from "@inspector/reader/session-text";
import type { StartReader } from "../src/desk/reader/start-reader.ts";
import { createKeptSessions } from "../src/kept-sessions.ts";
import type { FromReader } from "../src/reader/lines.ts";
import { createReader } from "../src/reader/reader.ts";

/** @param startIndexing absent where free text is only looked for in the rows */
export function readHere(startIndexing?: StartIndexing): StartReader {
  return ({ state, role, ...options }, { onMessage }) => {
    let isOpen = true;
    const reader = createReader({
      ...options,
      kept: createKeptSessions(state),
      isWatchingProblems: role === "lookup",
      ...(startIndexing !== undefined && {
        indexing: { state, ...(role === "lookup" && { start: startIndexing }) },
      }),
      post(message: FromReader, transfer: readonly ArrayBuffer[] = []) {
        const copy = structuredClone(message, { transfer: [...transfer] });
        setImmediate(() => isOpen && onMessage(copy));
      },
    });
    function end(): void {
      if (isOpen) {
        reader.close();
      }
      isOpen = false;
    }
    return {
      post(message) {
        const copy = structuredClone(message);
        setImmediate(() => isOpen && reader.receive(copy));
      },
      async stop() {
        end();
      },
      terminate: end,
    };
  };
}
