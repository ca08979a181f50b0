/**
 * A process that makes one export for the page: what it takes of memory and time is not the hub's, and it may be killed at any moment.
 * It is told what to do by its first message, tells how far it is, and ends.
 */
import { rmSync } from "node:fs";
import { setPriority } from "node:os";
import type { FromExport, ToExport } from "./export-lines.ts";
import { runExport } from "./run-export.ts";

/** Progress is told at most this often. */
const TELL_MS = 100;
/** What is recorded, and the page, come first. */
const PRIORITY = 10;

let toldAt = Number.NEGATIVE_INFINITY;
let folder: string | undefined;

function tell(message: FromExport): void {
  if (message.type === "progress" && performance.now() - toldAt < TELL_MS) {
    return;
  }
  toldAt = performance.now();
  process.send?.(message, undefined, {}, () => message.type !== "progress" && process.exit(0));
}

/** The hub is gone, and with it whoever would have taken the file. */
function end(): void {
  if (folder !== undefined) {
    rmSync(folder, { recursive: true, force: true });
  }
  process.exit(1);
}

setPriority(PRIORITY);
// Ctrl-C goes to every process of a terminal: the hub says when this one ends.
process.on("SIGINT", () => {});
process.on("disconnect", end);
if (!process.connected) {
  end(); // Before this program was read.
}
process.on("message", ({ job }: ToExport) => {
  folder = job.folder;
  void runExport(job, tell);
});
