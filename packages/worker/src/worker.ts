import {
  decodeMessage,
  type FunctionEnvironmentReloadRequest,
  type FunctionLoadRequest,
  type InvocationRequest,
  type StreamingMessage,
  FunctionEnvironmentReloadResponse_CapabilitiesUpdateStrategy as UpdateStrategy,
  type WorkerInitRequest,
  type WorkerTerminate,
} from "@inspector/proto";
import { App } from "./app.ts";
import { loadApp } from "./app-loader.ts";
import type { Channel } from "./channel.ts";
import { createCoreModule } from "./core-module.ts";
import { replaceEnvironment } from "./environment.ts";
import { ensureError, failure, SystemError, success } from "./failures.ts";
import { toRpcFunctionMetadata } from "./function-metadata.ts";
import { runHooks } from "./hooks.ts";
import { runInvocation } from "./invocation.ts";
import { createLog, type Log } from "./logs.ts";
import { capabilitiesOf, workerMetadataOf, workerVersion } from "./worker-info.ts";

/** Kinds that need no answer from this worker; a host may send them to any worker. */
const silentKinds: ReadonlySet<string | undefined> = new Set([
  "invocationCancel",
  "closeSharedMemoryResourcesRequest",
  "fileChangeEventRequest",
  "functionLoadRequestCollection",
  "workerHeartbeat",
  "startStream",
]);

export type WorkerOptions = {
  readonly workerId: string;
  readonly channel: Pick<Channel, "send">;
  /** Called once the terminate hooks have run; what is left is to end the stream and the process. */
  readonly onTerminated: (graceMilliseconds: number) => void;
};

/** Answers the host's messages for one function app at a time. Messages are handled concurrently, as they come. */
export class Worker {
  readonly log: Log;
  /** `@azure/functions-core` for the apps of this worker. */
  readonly coreModule: object;
  readonly #options: WorkerOptions;
  #app = new App();
  #hostVersion = "";

  constructor(options: WorkerOptions) {
    const app = () => this.#app;
    this.#options = options;
    this.log = createLog(app, (value) => options.channel.send({ case: "rpcLog", value }));
    this.coreModule = createCoreModule({
      version: workerVersion,
      hostVersion: () => this.#hostVersion,
      app,
      log: this.log,
    });
  }

  /** Takes the bytes of one StreamingMessage; never rejects. */
  async handle(bytes: Uint8Array): Promise<void> {
    const decoded = decodeMessage(bytes);
    if (!decoded.ok) {
      return this.#systemError(`The worker could not decode a message: ${decoded.reason}`);
    }
    try {
      await this.#dispatch(decoded.message);
    } catch (thrown) {
      const kind = decoded.message.content.case ?? "an empty message";
      this.#systemError(`The worker failed at ${kind}: ${ensureError(thrown).stack}`);
    }
  }

  async #dispatch({ requestId, content }: StreamingMessage): Promise<void> {
    switch (content.case) {
      case "workerInitRequest":
        return this.#init(requestId, content.value);
      case "functionEnvironmentReloadRequest":
        return this.#reload(requestId, content.value);
      case "functionsMetadataRequest":
        return this.#listFunctions(requestId);
      case "functionLoadRequest":
        return this.#load(requestId, content.value);
      case "invocationRequest":
        return this.#invoke(requestId, content.value);
      case "workerStatusRequest":
        return this.#options.channel.send({ case: "workerStatusResponse", value: {} }, requestId);
      case "workerTerminate":
        return this.#terminate(content.value);
      default:
        if (silentKinds.has(content.case)) {
          return;
        }
        this.#systemError(`The worker does not handle ${content.case ?? "a message without known content"}`);
    }
  }

  async #init(requestId: string, request: WorkerInitRequest): Promise<void> {
    this.#received("workerInitRequest");
    this.#hostVersion = request.hostVersion;
    const state = await this.#start(request.functionAppDirectory);
    this.#options.channel.send({ case: "workerInitResponse", value: state }, requestId);
  }

  async #reload(requestId: string, request: FunctionEnvironmentReloadRequest): Promise<void> {
    const count = Object.keys(request.environmentVariables).length;
    this.log("information", "system", `Replacing the environment by ${count} variables`);
    replaceEnvironment(request.environmentVariables);
    const state = await this.#start(request.functionAppDirectory, () => {
      this.log("information", "system", `Changing the working directory to ${request.functionAppDirectory}`);
      process.chdir(request.functionAppDirectory);
    });
    const value = { ...state, capabilitiesUpdateStrategy: UpdateStrategy.replace };
    this.#options.channel.send({ case: "functionEnvironmentReloadResponse", value }, requestId);
  }

  /** Loads the app of a folder in place of the present one; without a folder the worker is a placeholder. */
  async #start(directory: string, prepare: () => void = () => undefined) {
    try {
      if (directory !== "") {
        prepare();
        this.#app = new App(this.#app.programmingModel);
        await loadApp(this.#app, directory, this.log);
      }
      const capabilities = await capabilitiesOf(this.#app);
      return { capabilities, workerMetadata: workerMetadataOf(this.#app), result: success };
    } catch (thrown) {
      const error = ensureError(thrown);
      this.#systemError(`The worker could not start the app: ${error.message}`);
      return { capabilities: {}, workerMetadata: workerMetadataOf(this.#app), result: failure(error) };
    }
  }

  #listFunctions(requestId: string): void {
    this.#received("functionsMetadataRequest");
    const app = this.#app;
    app.seal();
    if (app.entryPointError !== undefined) {
      this.#systemError(app.entryPointError.message);
    }
    const value =
      app.entryPointError !== undefined
        ? { result: failure(app.entryPointError) }
        : {
            result: success,
            // Without a function the host looks for function.json files, as it does for apps of earlier models.
            useDefaultMetadataIndexing: app.functions.length === 0,
            functionMetadataResults: app.functions.map(({ metadata, functionId, scriptPath }) =>
              toRpcFunctionMetadata(metadata, functionId, scriptPath),
            ),
          };
    this.#options.channel.send({ case: "functionMetadataResponse", value }, requestId);
  }

  #load(requestId: string, { functionId, metadata }: FunctionLoadRequest): void {
    this.#received("functionLoadRequest");
    const error = this.#app.entryPointError ?? this.#missing(functionId, metadata?.name);
    if (error !== undefined) {
      this.#systemError(error.message);
    }
    const result = error === undefined ? success : failure(error);
    this.#options.channel.send({ case: "functionLoadResponse", value: { functionId, result } }, requestId);
  }

  #missing(functionId: string, name: string | undefined): Error | undefined {
    if (this.#app.function(functionId) !== undefined) {
      return undefined;
    }
    return new SystemError(
      `No file of this app registers a function "${name || functionId}". This worker runs apps written for ` +
        "@azure/functions v4, which register their functions in code, not in function.json files.",
    );
  }

  async #invoke(requestId: string, request: InvocationRequest): Promise<void> {
    const response = await runInvocation(this.#app, request, this.#options.workerId, this.log);
    this.#options.channel.send({ case: "invocationResponse", value: response }, requestId);
  }

  async #terminate({ gracePeriod }: WorkerTerminate): Promise<void> {
    const debug = (message: string) => this.log("debug", "system", message);
    debug("Shutting down, as the host asks");
    const { hooks, hookData } = this.#app;
    try {
      await runHooks(hooks, "appTerminate", { hookData, appHookData: hookData }, debug);
    } catch (thrown) {
      this.#systemError(`An appTerminate hook failed: ${ensureError(thrown).stack}`);
    }
    this.#options.onTerminated(Number(gracePeriod?.seconds ?? 0n) * 1000);
  }

  #received(kind: string): void {
    this.log("debug", "system", `Worker ${this.#options.workerId} received ${kind}`);
  }

  #systemError(message: string): void {
    this.log("error", "system", message);
  }
}
