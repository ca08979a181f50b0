/** Keeps a hub running beside a relay. What the hub does, or that it dies, never touches the relay. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { InspectorError } from "@inspector/contract/inspector-error";
import type { HubOptions } from "@inspector/hub/hub";
import type { HubCommand, HubReport } from "@inspector/hub/main";

const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 1_000;

export type HubProcess = {
  readonly address: { readonly host: string; readonly port: number };
  readonly pid: number | undefined;
  /** The file that is recorded into: another one than at first, where that was lost. */
  readonly session: string;
  /** Resolves when everything that the relays wrote is in the session. To be called once they have ended. */
  drained(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * @param say told what a user should know, one sentence each
 * @throws {InspectorError} when the first start fails: the page's port taken, the session not writable.
 */
export async function startHubProcess(options: HubOptions, say: (line: string) => void): Promise<HubProcess> {
  let { session } = options;
  let child: ChildProcess | undefined;
  let address = { host: options.host, port: options.port };
  let isStopping = false;
  let delay = FIRST_DELAY_MS;
  let isDraining = false;
  let onDrained: (() => void) | undefined;

  function start(onReport: (report: HubReport) => void): void {
    child = fork(fileURLToPath(new URL("./hub.js", import.meta.url)), [], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    // A page that was open finds the hub where it was.
    const command: HubCommand = { type: "start", ...options, session, ...address };
    child.send(command, () => {});
    child.on("message", (report: HubReport) => {
      onReport(report);
      // Whatever ends it later, this hub worked: the next one need not wait.
      if (report.type === "ready") {
        delay = FIRST_DELAY_MS;
      }
      if (report.type === "moved") {
        ({ session } = report);
        say(report.message);
      }
      if (report.type === "drained" && isDraining) {
        onDrained?.();
      }
    });
    child.on("error", () => {});
    child.once("exit", () => {
      if (isStopping) {
        return;
      }
      setTimeout(() => {
        if (!isStopping) {
          start(() => {});
        }
      }, delay);
      delay = Math.min(delay * 1.5, LONGEST_DELAY_MS);
    });
  }

  await new Promise<void>((resolve, reject) => {
    start((report) => {
      if (report.type === "ready") {
        address = { host: report.host, port: report.port };
        resolve();
      } else if (report.type === "failed") {
        isStopping = true;
        reject(startError(report, options));
      }
    });
  });

  return {
    get address() {
      return address;
    },
    get pid() {
      return child?.pid;
    },
    get session() {
      return session;
    },
    drained() {
      isDraining = true;
      return new Promise((resolve) => {
        onDrained = resolve;
      });
    },
    async stop() {
      isStopping = true;
      const running = child;
      if (running === undefined || running.exitCode !== null || running.signalCode !== null) {
        return;
      }
      const exited = new Promise((resolve) => running.once("exit", resolve));
      running.send({ type: "stop" } satisfies HubCommand, () => {});
      await exited;
    },
  };
}

function startError(report: { code: string; message: string }, { host, port }: HubOptions): InspectorError {
  if (report.code === "EADDRINUSE") {
    return new InspectorError("ui-port-taken", `--ui ${host}:${port} is taken by another program`, {
      hint: "Choose another port, or leave --ui away to get a free one.",
    });
  }
  return new InspectorError("hub-failed", `The hub could not start: ${report.message}`);
}
