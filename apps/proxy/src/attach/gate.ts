/** Where shims find `run`: a local socket, whose connections are the lines of life between the two. */
import { once } from "node:events";
import { createServer } from "node:net";
import { isRunningProcess, type ProcessIdentity } from "@inspector/relay/process-identity";
import type { RoutedRelay } from "@inspector/relay/relay";
import { AttachedWorker } from "./attached-worker.ts";
import type { RunFolder } from "./run-folder.ts";
import { kill } from "./worker-processes.ts";

/** A host that is to end has so long for it. */
const HOST_END_LIMIT_MS = 1_000;
const LOOK_MS = 25;

export type Gate = {
  /** How many workers have been recorded. */
  readonly workerCount: number;
  /**
   * Ends the workers that are left, and resolves when they have ended.
   * @param withHosts ends the hosts that started them, too
   */
  close(withHosts: boolean): Promise<void>;
};

/** @throws the listener's error */
export async function openGate(
  relay: Pick<RoutedRelay, "openRoute" | "record">,
  { path, socket }: Pick<RunFolder, "path" | "socket">,
): Promise<Gate> {
  const workers = new Set<AttachedWorker>();
  const hosts = new Map<number, ProcessIdentity>();
  let onEmpty: () => void = () => {};
  let workerCount = 0;
  const server = createServer((accepted) => {
    const worker = new AttachedWorker(accepted, {
      relay,
      folder: process.platform === "win32" ? undefined : path,
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
    workerCount += 1;
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
    async close(withHosts) {
      server.close();
      workers.forEach(noteHost);
      const left = withHosts ? [...hosts.values()] : [];
      const hostsEnded = endAll(left);
      const empty = new Promise<void>((resolve) => {
        onEmpty = resolve;
      });
      for (const worker of workers) {
        worker.end();
      }
      if (workers.size > 0) {
        await empty;
      }
      await hostsEnded;
    },
  };
}

/** They are nobody's children here, so nothing tells when they have ended. */
async function endAll(hosts: readonly ProcessIdentity[]): Promise<void> {
  const running = (): ProcessIdentity[] => hosts.filter(isRunningProcess);
  for (const host of running()) {
    kill(host, "SIGTERM");
  }
  for (const until = Date.now() + HOST_END_LIMIT_MS; running().length > 0 && Date.now() < until; ) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  for (const host of running()) {
    kill(host, "SIGKILL");
  }
}
