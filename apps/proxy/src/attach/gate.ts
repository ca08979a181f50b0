/** Where shims find `run`: a local socket, whose connections are the lines of life between the two. */
import { once } from "node:events";
import { rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { InspectorError } from "@inspector/contract/inspector-error";
import { isRunningProcess, type ProcessIdentity } from "@inspector/relay/process-identity";
import { AttachedWorker, type AttachRelay } from "./attached-worker.ts";
import { OutputPipes } from "./output-pipes.ts";
import type { RunFolder } from "./run-folder.ts";
import { kill } from "./worker-processes.ts";

/** What is to end with the command has so long for it. */
const OTHERS_END_LIMIT_MS = 1_000;
const LOOK_MS = 25;

export type Gate = {
  /** How many workers have been started. */
  readonly workerCount: number;
  /**
   * Ends the workers that are left, and resolves when they have ended.
   * @param others are to end, too
   */
  close(others: readonly ProcessIdentity[]): Promise<void>;
  /** Processes that have started workers. */
  readonly hosts: readonly ProcessIdentity[];
};

/**
 * Makes room for a gate where one may have been before.
 * @throws {InspectorError} "already-attached" where another inspector waits there
 */
export async function clearSocket(path: string): Promise<void> {
  const isHeard = await new Promise<boolean>((resolve) => {
    const probe = connect(path);
    probe.once("error", () => resolve(false));
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
  });
  if (isHeard) {
    throw new InspectorError("already-attached", `Another inspector waits on ${path}`, {
      hint: "Stop it first; or give each its own XDG_STATE_HOME, and its hosts the settings that `inspector env` prints then.",
    });
  }
  rmSync(path, { force: true });
}

/** @throws the listener's error */
export async function openGate(
  relay: AttachRelay,
  { path, socket }: Pick<RunFolder, "path" | "socket">,
): Promise<Gate> {
  const workers = new Set<AttachedWorker>();
  const hosts = new Map<number, ProcessIdentity>();
  const pipes = new OutputPipes(process.platform === "win32" ? undefined : path);
  let onEmpty: () => void = () => {};
  let workerCount = 0;
  const server = createServer((accepted) => {
    const worker = new AttachedWorker(accepted, {
      relay,
      pipes,
      onStarted() {
        workerCount += 1;
      },
      onClosed() {
        workers.delete(worker);
        // Without the system's own count its number might be another process's by the end of the run.
        if (worker.host?.ticks !== undefined) {
          noteHost(worker);
        }
        if (workers.size === 0) {
          onEmpty();
        }
      },
    });
    workers.add(worker);
  });
  server.listen(socket);
  await once(server, "listening");

  function noteHost({ host }: AttachedWorker): void {
    if (host !== undefined) {
      hosts.set(host.pid, host);
    }
  }

  return {
    get workerCount() {
      return workerCount;
    },
    get hosts() {
      workers.forEach(noteHost);
      return [...hosts.values()];
    },
    async close(others) {
      server.close();
      const othersEnded = endAll(others);
      const empty = new Promise<void>((resolve) => {
        onEmpty = resolve;
      });
      for (const worker of workers) {
        worker.end();
      }
      if (workers.size > 0) {
        await empty;
      }
      await othersEnded;
    },
  };
}

/** They are nobody's children here, so nothing tells when they have ended. */
async function endAll(others: readonly ProcessIdentity[]): Promise<void> {
  const running = (): ProcessIdentity[] => others.filter(isRunningProcess);
  for (const one of running()) {
    kill(one, "SIGTERM");
  }
  for (const until = Date.now() + OTHERS_END_LIMIT_MS; running().length > 0 && Date.now() < until; ) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  for (const one of running()) {
    kill(one, "SIGKILL");
  }
}
