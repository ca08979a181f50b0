/** The process of recovery.ts. Whenever it is killed, nothing is lost and nothing is stored twice. */
import { setPriority } from "node:os";
import { recoverJournals } from "./recover.ts";
import type { RecoveryCommand, RecoveryReport } from "./recovery.ts";

/** What is watched comes first. */
setPriority(19);

// Ctrl-C in a terminal goes to every process of the group; this one is ended by the relay's.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {});
}
process.once("disconnect", () => process.exit(0));
process.once("message", ({ state, except }: RecoveryCommand) => {
  const report = (line: string): void => {
    process.send?.({ line } satisfies RecoveryReport);
  };
  void recoverJournals(state, except, report).finally(() => process.disconnect());
});
