import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import type { StreamingMessage } from "@inspector/proto";
import { readAppEnvironment, readHostJson } from "./app-settings.ts";
import { formatWorkerArguments, splitCommandLine } from "./command-line.ts";
import { createConfiguration } from "./configuration.ts";
import { startRpcServer } from "./grpc-server.ts";
import { HostError } from "./host-error.ts";
import { defaultLimits, type StepLimits, stepLimitsOf } from "./limits.ts";
import { createDeferred, withinLimit } from "./time-limit.ts";
import { commandConfig, loadWorkerConfig, type WorkerConfig } from "./worker-config.ts";
import { type OutputLine, type ProcessExit, startWorkerProcess, workerEnvironment } from "./worker-process.ts";

export type BareWorkerOptions = {
  /** A folder with a worker.config.json, or a command line and the language of what it starts. */
  readonly worker: { readonly directory: string } | { readonly commandLine: string; readonly language: string };
  /** Folder of the function app. */
  readonly appDirectory: string;
  /** Unless given, that of this process; `Values` of local.settings.json are added. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** All that the worker says, in order, its start_stream included. */
  readonly onMessage: (message: StreamingMessage) => void;
  readonly onOutput: (line: OutputLine) => void;
  /** A sentence on settings of the app that could not be set. */
  readonly onWarning?: (message: string) => void;
};

/** A worker process whose conversation the caller leads. */
export type BareWorker = {
  readonly workerId: string;
  /** Absolute. */
  readonly appDirectory: string;
  readonly workerDirectory: string;
  /** How long a host waits for it, by the app's host.json and the worker's worker.config.json. */
  readonly limits: StepLimits;
  /** What its process was started with. */
  readonly environment: Readonly<Record<string, string>>;
  /** Resolves when the process has ended and its output was read. */
  readonly exited: Promise<ProcessExit>;
  /** Sends a StreamingMessage just as it is. */
  send(message: Uint8Array): void;
  /** Kills the process where it still runs and closes the server; resolves when nothing is left. */
  close(): Promise<void>;
};

const LOOPBACK = "127.0.0.1";

/**
 * Starts one worker process on a gRPC server of its own, as the host does, and waits for its stream. What is said from
 * then on is the caller's business: nothing is sent, answered or restarted.
 *
 * @throws {HostError} "worker-failed" when it ends or is silent, and what is wrong with its worker.config.json
 */
export async function startBareWorker(options: BareWorkerOptions): Promise<BareWorker> {
  const appDirectory = resolve(options.appDirectory);
  const { environment, warnings } = await readAppEnvironment(appDirectory, options.environment ?? process.env);
  for (const message of warnings) {
    options.onWarning?.(message);
  }
  const config = await configOf(options.worker, environment);
  const { functionTimeout } = await readHostJson(appDirectory);
  const server = await startRpcServer({ host: LOOPBACK, port: 0 });
  const workerId = randomUUID();
  const started = createDeferred<void>();
  const link = server.register(workerId, (message) => {
    if (message.content.case === "startStream") {
      started.resolve();
    }
    options.onMessage(message);
  });
  const given = workerEnvironment(environment, { config, appDirectory, hostName: LOOPBACK });
  const child = startWorkerProcess({
    config,
    tail: formatWorkerArguments({ workerId, requestId: randomUUID(), ...server.address }),
    cwd: appDirectory,
    environment: given,
    onOutput: options.onOutput,
  });
  const close = async (): Promise<void> => {
    child.kill();
    await child.exited;
    link.close();
    await server.close();
  };
  void child.exited.then((exit) => started.reject(new HostError("worker-failed", formatExit(exit))));
  try {
    await withinLimit(started.promise, config.processOptions.processStartupTimeout);
  } catch (cause) {
    await close();
    if (cause instanceof HostError) {
      throw cause;
    }
    const { processStartupTimeout } = config.processOptions;
    throw new HostError("worker-failed", `The worker did not connect within ${processStartupTimeout / 1000} s`, {
      cause,
    });
  }
  const { workerDirectory } = config;
  return {
    workerId,
    appDirectory,
    workerDirectory,
    limits: stepLimitsOf(config.processOptions, defaultLimits(functionTimeout)),
    environment: Object.fromEntries(
      Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    exited: child.exited,
    send: (bytes) => link.sendBytes(bytes),
    close,
  };
}

async function configOf(
  worker: BareWorkerOptions["worker"],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<WorkerConfig> {
  if ("commandLine" in worker) {
    return commandConfig(worker.language, splitCommandLine(worker.commandLine));
  }
  return await loadWorkerConfig(worker.directory, {
    environment,
    configuration: createConfiguration({ environment }),
    platform: process.platform,
    architecture: process.arch,
  });
}

function formatExit({ code, signal, failure }: ProcessExit): string {
  if (failure !== undefined) {
    return `The worker could not be started: ${failure}`;
  }
  const how = signal === undefined ? `exited with code ${code ?? "unknown"}` : `was ended by ${signal}`;
  return `The worker ${how} before it connected`;
}
