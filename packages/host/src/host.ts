import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { chooseWorker } from "./app-language.ts";
import { AppRun } from "./app-run.ts";
import { type HostJson, readAppEnvironment, readHostJson } from "./app-settings.ts";
import { type ConfigurationSources, createConfiguration } from "./configuration.ts";
import type { Address, EventSink } from "./events.ts";
import type { Environment, FunctionInfo } from "./functions.ts";
import { type RpcServer, startRpcServer } from "./grpc-server.ts";
import type { OpenHandlerPort } from "./handler-channel.ts";
import { type HandlerSettings, readHandlerSettings } from "./handler-settings.ts";
import { formatCause, HostError } from "./host-error.ts";
import { type FrontDoor, openFrontDoor } from "./http-front.ts";
import type { InvocationOutcome } from "./invoker.ts";
import type { JsonObject } from "./json.ts";
import { defaultLimits, type HostLimits } from "./limits.ts";
import { createManualInvocation } from "./manual-input.ts";
import type { TimerMemory } from "./timers.ts";
import { type AppWatcher, watchApp } from "./watcher.ts";
import { loadWorkerConfig, type WorkerConfig } from "./worker-config.ts";
import { workerEnvironment } from "./worker-process.ts";

export type HostOptions = {
  /** Folder of the function app. */
  readonly appDirectory: string;
  /**
   * Folder with the worker.config.json of a language worker. Unless given, the app's language decides: one in JavaScript
   * runs on `nodeWorkerDirectory`, another one on what the setting `languageWorkers:<language>:workerDirectory` names.
   */
  readonly workerDirectory?: string;
  readonly nodeWorkerDirectory?: string;
  /** Where workers connect to; 127.0.0.1 and a free port unless given. */
  readonly grpc?: Partial<Address>;
  /**
   * The address that workers get instead of the actual one, so that a relay can stand between. Called once, when
   * the gRPC server listens and the app's configuration is known to be good.
   */
  readonly workerEndpoint?: (actual: Address) => Address | Promise<Address>;
  /** Lets somebody stand between the host and each process of a custom handler. */
  readonly openHandlerPort?: OpenHandlerPort;
  /** Where http triggers and admin routes are served; 127.0.0.1 and a free port unless given. */
  readonly http?: Partial<Address>;
  /** Worker processes; unless given, FUNCTIONS_WORKER_PROCESS_COUNT or worker.config.json decide. */
  readonly processCount?: number;
  /** `environment` is that of this process unless given. */
  readonly configuration?: ConfigurationSources;
  /** Restart the workers when a file of the app changes. */
  readonly isWatching?: boolean;
  /** Replaces single limits of the real host. */
  readonly limits?: Partial<HostLimits>;
  readonly onEvent: EventSink;
};

export type WorkerInfo = { readonly workerId: string; readonly pid: number | undefined; readonly isReady: boolean };

export type Host = {
  readonly grpcAddress: Address;
  readonly httpAddress: Address;
  /** Functions of the current run of the app; empty until they are indexed. */
  readonly functions: readonly FunctionInfo[];
  readonly workers: readonly WorkerInfo[];
  /**
   * Resolves when functions can be invoked.
   *
   * @throws {HostError} "metadata-failed", "gave-up", "no-worker", "closed" or what is wrong with the configuration
   */
  whenReady(): Promise<void>;
  /**
   * Invokes any function by hand and waits for its end; a failure of the function is an outcome, not an error.
   *
   * @param input a queue message, any trigger's value, or an http body or `{method, body, headers, query, params}`
   * @param metadata laid over the trigger metadata that such a trigger sends
   * @throws {HostError} "unknown-function", "function-not-loaded", and as {@link Host.whenReady}
   */
  invoke(functionName: string, input?: unknown, metadata?: JsonObject): Promise<InvocationOutcome>;
  /** Ends the workers in order and closes all sockets; resolves when nothing is left. */
  close(): Promise<void>;
};

const LOOPBACK = "127.0.0.1";

/**
 * Starts a stand-in Functions host: a gRPC server, the worker processes of an app, and an HTTP front door.
 *
 * Resolves when both servers listen and the first worker is being started; see {@link Host.whenReady} for the rest.
 *
 * @throws {HostError} when the app, the worker or the configuration cannot be used, or an address is taken
 */
export async function createHost(options: HostOptions): Promise<Host> {
  const appDirectory = resolve(options.appDirectory);
  await assertFolder(appDirectory);
  const server = await startRpcServer({ host: LOOPBACK, port: 0, ...options.grpc });
  const host = new RunningHost(options, appDirectory, server);
  try {
    await host.open();
    return host;
  } catch (cause) {
    await host.close();
    throw cause;
  }
}

async function assertFolder(path: string): Promise<void> {
  const isFolder = await stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    throw new HostError("app-missing", `${path} is not a folder`, { hint: "Name the folder that holds host.json." });
  }
}

class RunningHost implements Host {
  readonly #options: HostOptions;
  readonly #appDirectory: string;
  readonly #server: RpcServer;
  readonly #timerMemory: TimerMemory = new Map();
  #endpoint: Address;
  #frontDoor: FrontDoor | undefined;
  #watcher: AppWatcher | undefined;
  #run: AppRun | undefined;
  #broken: HostError | undefined;
  #restart: Promise<void> = Promise.resolve();
  #isRestartQueued = false;
  #closing: Promise<void> | undefined;

  constructor(options: HostOptions, appDirectory: string, server: RpcServer) {
    this.#options = options;
    this.#appDirectory = appDirectory;
    this.#server = server;
    this.#endpoint = server.address;
  }

  get grpcAddress(): Address {
    return this.#server.address;
  }

  get httpAddress(): Address {
    return this.#frontDoor?.address ?? { host: LOOPBACK, port: 0 };
  }

  get functions(): readonly FunctionInfo[] {
    return this.#run?.functions ?? [];
  }

  get workers(): readonly WorkerInfo[] {
    return (this.#run?.channels ?? []).map(({ id, pid, isReady }) => ({ workerId: id, pid, isReady }));
  }

  async open(): Promise<void> {
    const { http, workerEndpoint, isWatching, onEvent } = this.#options;
    const app = await this.#readApp();
    this.#endpoint = (await workerEndpoint?.(this.grpcAddress)) ?? this.grpcAddress;
    this.#frontDoor = await openFrontDoor(
      { host: LOOPBACK, port: 0, ...http },
      {
        whenUsable: () => this.#whenUsable(),
        invokeManually: (name, input, metadata) => this.invoke(name, input, metadata),
        emit: onEvent,
      },
    );
    const run = this.#createRun(app);
    if (isWatching === true) {
      const extensions = (): readonly string[] => this.#run?.extensions ?? [];
      this.#watcher = await watchApp(this.#appDirectory, extensions, (path) => this.#restartAfter(path));
    }
    onEvent({ kind: "listening", grpc: this.grpcAddress, http: this.httpAddress });
    this.#run = run;
    run.start();
  }

  async whenReady(): Promise<void> {
    await this.#whenUsable();
  }

  async invoke(functionName: string, input?: unknown, metadata?: JsonObject): Promise<InvocationOutcome> {
    const run = await this.#whenUsable();
    const info = run.functions.find(({ name }) => name.toLowerCase() === functionName.toLowerCase());
    if (info === undefined) {
      const known = run.functions.map(({ name }) => name).join(", ");
      throw new HostError("unknown-function", `There is no function ${functionName}`, {
        hint: known === "" ? "The app has no functions." : `There are ${known}.`,
      });
    }
    const { routePrefix } = run.hostJson;
    const base = `http://${formatAddress(this.httpAddress)}${routePrefix === "" ? "" : `/${routePrefix}`}`;
    return await run.invoke(info, createManualInvocation(info, input, base, metadata));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#watcher?.close();
    await this.#restart;
    await this.#run?.stop();
    await this.#frontDoor?.close();
    await this.#server.close();
  }

  async #whenUsable(): Promise<AppRun> {
    for (;;) {
      if (this.#closing !== undefined) {
        throw new HostError("closed", "The host is closed");
      }
      const restart = this.#restart;
      await restart;
      if (this.#broken !== undefined) {
        throw this.#broken;
      }
      const run = this.#run;
      if (run === undefined) {
        throw new HostError("closed", "The host has not started");
      }
      try {
        await run.ready;
        if (run.unusable === undefined) {
          return run;
        }
        throw run.unusable;
      } catch (cause) {
        const isBeingReplaced = restart !== this.#restart;
        if (!isBeingReplaced) {
          throw cause;
        }
      }
    }
  }

  /** Several changes while a restart is under way are one more restart. */
  #restartAfter(path: string): void {
    if (this.#isRestartQueued || this.#closing !== undefined) {
      return;
    }
    this.#isRestartQueued = true;
    this.#restart = this.#restart.then(async () => {
      this.#isRestartQueued = false;
      this.#options.onEvent({ kind: "restarting", cause: "file-change", delay: 0, path });
      await this.#run?.stop();
      await this.#replaceRun();
    });
  }

  async #replaceRun(): Promise<void> {
    if (this.#closing !== undefined) {
      return;
    }
    try {
      this.#run = this.#createRun(await this.#readApp());
      this.#broken = undefined;
      this.#run.start();
    } catch (cause) {
      const message = formatCause(cause);
      this.#broken = cause instanceof HostError ? cause : new HostError("configuration-invalid", message, { cause });
      this.#options.onEvent({ kind: "log", level: "Error", message });
    }
  }

  /** Reads all files that say what to run and how. */
  async #readApp(): Promise<AppFiles> {
    const { onEvent } = this.#options;
    const directory = this.#appDirectory;
    const inherited = this.#options.configuration?.environment ?? process.env;
    const { environment, warnings } = await readAppEnvironment(directory, inherited);
    const hostJson = await readHostJson(directory);
    const missing = `Warning: there is no host.json in ${directory}. The host's defaults hold; is it the app's folder?`;
    for (const message of [...warnings, ...(hostJson.isThere ? [] : [missing])]) {
      onEvent({ kind: "log", level: "Warning", message });
    }
    const configuration = createConfiguration({ ...this.#options.configuration, environment });
    const { nodeWorkerDirectory = "" } = this.#options;
    const handler =
      this.#options.workerDirectory === undefined
        ? await readHandlerSettings({ directory, environment, configuration })
        : undefined;
    if (handler !== undefined) {
      return { environment, hostJson, config: handler.config, handler };
    }
    const workerDirectory =
      this.#options.workerDirectory ??
      (await chooseWorker({ directory, environment, configuration, nodeWorkerDirectory }));
    const { platform, arch: architecture } = process;
    const surroundings = { environment, configuration, platform, architecture };
    const config = await loadWorkerConfig(workerDirectory, surroundings);
    return { environment, hostJson, config };
  }

  #createRun({ environment, hostJson, config, handler }: AppFiles): AppRun {
    const { processCount, limits, onEvent } = this.#options;
    const appDirectory = this.#appDirectory;
    const countSetting = parseCount(environment["FUNCTIONS_WORKER_PROCESS_COUNT"]);
    return new AppRun({
      config,
      handler,
      openHandlerPort: this.#options.openHandlerPort,
      appDirectory,
      environment: {
        ...workerEnvironment(environment, { config, appDirectory, hostName: formatAddress(this.httpAddress) }),
        // A worker goes by it alone, and this host reads no shared memory.
        FUNCTIONS_WORKER_SHARED_MEMORY_DATA_TRANSFER_ENABLED: undefined,
      },
      server: this.#server,
      endpoint: this.#endpoint,
      limits: { ...defaultLimits(hostJson.functionTimeout), ...limits },
      emit: onEvent,
      hostJson,
      processCount: processCount ?? countSetting ?? config.processOptions.processCount,
      timerMemory: this.#timerMemory,
    });
  }
}

type AppFiles = {
  readonly environment: Environment;
  readonly hostJson: HostJson;
  readonly config: WorkerConfig;
  readonly handler?: HandlerSettings;
};

function parseCount(text: string | undefined): number | undefined {
  const count = Number(text);
  return text !== undefined && Number.isInteger(count) && count > 0 ? count : undefined;
}

function formatAddress({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
