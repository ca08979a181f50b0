/** An app on the stand-in host, with a recording relay between host and workers. */
import { fileURLToPath } from "node:url";
import { type ConfigurationSources, createHost, type Host, type HostEvent } from "@inspector/host";
import { openStateFolder } from "@inspector/hub/state-folder";
import type { JournalEvent } from "@inspector/relay/journal";
import { type Address, formatAddress } from "../address.ts";
import { describeHandlerApp } from "../attach/handler-app.ts";
import { harmlessVariables } from "../attach/harmless-variables.ts";
import { missingOf } from "../attach/missing-modules.ts";
import { type PortRecording, type Recording, startRecording } from "../recording/recording.ts";
import { announce } from "./announce.ts";
import { openPage } from "./open-page.ts";
import type { RecordingValues } from "./options.ts";

export type HostedAppOptions = RecordingValues & {
  readonly app: string;
  /** Folder of the worker; undefined where the app's language decides. */
  readonly worker: string | undefined;
  readonly http: Address;
  readonly processCount?: number | undefined;
  readonly configuration?: ConfigurationSources;
  readonly isWatching: boolean;
  readonly onEvent: (event: HostEvent) => void;
  /** Gives up on the start. */
  readonly signal: AbortSignal;
};

export type HostedApp = {
  readonly host: Host;
  readonly recording: Recording /** @returns the exit code */;
  close(): Promise<number>;
};

/** The Node.js worker that comes with the command. */
export const NODE_WORKER = fileURLToPath(new URL("./worker", import.meta.url));

/** Starts both and announces them. @throws {InspectorError | HostError} */
export async function startHostedApp(options: HostedAppOptions): Promise<HostedApp> {
  const state = openStateFolder();
  let recording: PortRecording | undefined;
  const early: JournalEvent[] = [];
  const host = await createHost({
    appDirectory: options.app,
    nodeWorkerDirectory: NODE_WORKER,
    ...(options.worker !== undefined && { workerDirectory: options.worker }),
    http: options.http,
    isWatching: options.isWatching,
    ...(options.processCount !== undefined && { processCount: options.processCount }),
    ...(options.configuration !== undefined && { configuration: options.configuration }),
    async workerEndpoint(upstream) {
      recording = await startRecording({ ...options, upstream, state });
      return recording.listen;
    },
    async openHandlerPort({ workerId, port }) {
      const facts = { workerId, ...describeHandlerApp(options.app) };
      const opened = await recording?.openHandler?.({ port, facts });
      return opened === undefined ? { port, close: () => {} } : { port: opened.address.port, close: opened.close };
    },
    onEvent(event) {
      const record = journalEventOf(event);
      if (record !== undefined) {
        recording === undefined ? early.push(record) : recording.record(record);
      }
      options.onEvent(event);
    },
  }).catch(async (error: unknown) => {
    await recording?.close();
    throw error;
  });
  if (recording === undefined) {
    throw new Error("the host told no address to its workers");
  }
  const running = recording;
  for (const event of early) {
    running.record(event);
  }
  const http = `http://${formatAddress(host.httpAddress)}`;
  announce(running, { upstream: formatAddress(host.grpcAddress), http, isJson: options.isJson });
  if (options.isOpening) {
    await openPage(running.url);
  }
  return {
    host,
    recording: running,
    async close() {
      await host.close();
      return (await running.close()) ? 0 : 1;
    },
  };
}

/** Functions that a host left out, in one event. */
const MAX_REJECTED = 20;

/** What of a host's events belongs into a recording: what the stream itself cannot show. */
function journalEventOf(event: HostEvent): JournalEvent | undefined {
  const { kind, ...detail } = event;
  switch (kind) {
    case "worker-spawned": {
      const { environment, kind: _, ...rest } = event;
      return { type: "process-spawned", ...rest, variables: harmlessVariables(environment), ...missingOf(rest.cwd) };
    }
    case "worker-output":
      return { type: "process-output", ...detail };
    case "worker-exited":
      return { type: "process-exited", ...detail };
    case "functions-indexed": {
      const { functions, rejected, source } = event;
      return { type: "host-indexed", source, count: functions.length, rejected: rejected.slice(0, MAX_REJECTED) };
    }
    case "worker-failed":
    case "timed-out":
    case "restarting":
    case "gave-up":
    case "metadata-failed":
      return { type: `host-${kind}`, ...detail };
    default:
      return undefined;
  }
}
