/**
 * A host below `inspector run`, bundled and started as a program: it knows nothing of the run, calls a function all the time,
 * and writes down each answer that it got, so that a test can count them though everything is killed.
 *
 * Arguments: the app, the worker's folder, the file for the answers.
 */
import { appendFileSync } from "node:fs";
import { createHost } from "@inspector/host";

const [app = "", worker = "", answers = ""] = process.argv.slice(2);
const AT_ONCE = 4;

let isOver = false;

const host = await createHost({
  appDirectory: app,
  workerDirectory: worker,
  onEvent(event) {
    if (event.kind === "invocation-finished" && event.status === "Success") {
      appendFileSync(answers, `${event.invocationId}\n`);
    }
    if (event.kind === "worker-exited") {
      console.log(JSON.stringify({ exited: event.signal ?? event.code }));
    }
    if (event.kind === "gave-up") {
      process.exit(9);
    }
  },
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    isOver = true;
    void host.close().then(() => process.exit(0));
  });
}

await host.whenReady().catch((error: unknown) => {
  if (!isOver) {
    throw error;
  }
});
console.log(JSON.stringify({ ready: true }));
await Promise.all(Array.from({ length: AT_ONCE }, callAllTheTime));

async function callAllTheTime(): Promise<void> {
  while (!isOver) {
    try {
      await host.invoke("hello", { method: "GET", query: { name: "Ada" } });
    } catch {
      // Until the next worker is there.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
