/** An export in the thread of the test: the same code, without a process. */
import type { StartExport } from "../src/desk/exports/start-export.ts";
import { runExport } from "../src/export/run-export.ts";

export const exportHere: StartExport = (job, { onMessage, onEnded }) => {
  const done = runExport(job, (message) => onMessage(structuredClone(message))).then(() => onEnded("done"));
  return { stop: () => done };
};
