/** A fresh worker process, started up as a recorded one was. */

import { inlineSharedMemory, sharedMemoryIn } from "@inspector/analysis/replay/inline-memory";
import type { ReplayTarget, TargetFunction } from "@inspector/analysis/replay/target";
import { InspectorError } from "@inspector/contract/inspector-error";
import { type BareWorker, type BareWorkerOptions, type OutputLine, startBareWorker } from "@inspector/host";
import { closeRequest, createMapReader, removeMap } from "@inspector/hub/shared-memory-maps";
import {
  create,
  decodeMessage,
  encodeMessage,
  type FunctionLoadRequest,
  type FunctionMetadataResponse,
  type MessageInitShape,
  type StatusResult,
  StatusResult_Status,
  type StreamingMessage,
  StreamingMessageSchema,
} from "@inspector/proto";
import { type Conversation, createConversation } from "./conversation.ts";
import { foreignCodeIn } from "./own-code.ts";
import { MAX_MESSAGE_BYTES } from "./recorded-calls.ts";
import { loadsFor, type Startup } from "./startup.ts";

/** A worker that somebody waits for in front of a terminal is not given less than the Node worker asks for. */
const SHORTEST_INIT_LIMIT_MS = 120_000;

export type FreshWorker = {
  readonly workerId: string;
  readonly target: ReplayTarget;
  readonly conversation: Conversation;
  send(message: Uint8Array): void;
  /** Ends it in order where it understands that; resolves when nothing is left. */
  close(): Promise<void>;
};

export type FreshWorkerOptions = {
  readonly worker: BareWorkerOptions["worker"];
  readonly appDirectory: string;
  readonly startup: Startup;
  /** Whether an environment reload brings the variables that were recorded; otherwise those of this process. */
  readonly isRecordedEnvironment: boolean;
  readonly onOutput: (line: OutputLine) => void;
  /** A sentence on settings of the app that could not be set. */
  readonly onWarning?: (message: string) => void;
};

/**
 * Starts a worker and tells it what the host told the recorded one: init and environment reload with the app's folder of
 * now, the request for its functions where there was one, and the loading of each function under the id that this
 * process knows.
 *
 * @throws {InspectorError} "no-start-up" for a session without WorkerInitRequest, "worker-failed", "no-answer"
 * @throws {HostError} where the process cannot be started
 */
export async function startFreshWorker(options: FreshWorkerOptions): Promise<FreshWorker> {
  if (options.startup.init === undefined) {
    throw new InspectorError("no-start-up", "The session does not hold how the worker was started", {
      hint: "Record from the worker's start: what the host says first has to be said to a fresh worker too.",
    });
  }
  const conversation = createConversation();
  const maps = new Set<string>();
  const worker: BareWorker = await startBareWorker({
    ...options,
    onMessage(message) {
      const { inlined, mapNames } = takeSharedMemory(message);
      for (const name of mapNames) {
        maps.add(name);
      }
      if (mapNames.length > 0) {
        worker.send(closeRequest(mapNames));
      }
      conversation.hear(inlined);
    },
  });
  void worker.exited.then(({ code, signal }) => conversation.end(signal ?? `it exited with code ${code ?? "unknown"}`));
  const process = new StartingWorker(worker, conversation);
  try {
    const target = await process.start(options);
    const close = async (): Promise<void> => {
      await process.close();
      // It may have ended before it came to that.
      for (const name of maps) {
        removeMap(name);
      }
    };
    return { workerId: worker.workerId, target, conversation, send: worker.send, close };
  } catch (cause) {
    await worker.close();
    throw cause instanceof InspectorError && cause.code === "worker-gone"
      ? new InspectorError("worker-failed", `The worker did not start up: ${cause.message}`, { cause })
      : cause;
  }
}

type TakenMemory = { readonly inlined: StreamingMessage; readonly mapNames: readonly string[] };

/** The message with what is in shared memory in its place, and the maps that the worker may free now. */
function takeSharedMemory(message: StreamingMessage): TakenMemory {
  const mapNames = sharedMemoryIn(message).map(({ name }) => name);
  if (mapNames.length === 0) {
    return { inlined: message, mapNames };
  }
  const bytes = encodeMessage(message);
  const decoded = decodeMessage(inlineSharedMemory(bytes, createMapReader(MAX_MESSAGE_BYTES - bytes.length)));
  return { inlined: decoded.ok ? decoded.message : message, mapNames };
}

type Content = NonNullable<MessageInitShape<typeof StreamingMessageSchema>["content"]>;

class StartingWorker {
  readonly #worker: BareWorker;
  readonly #conversation: Conversation;
  #capabilities: Readonly<Record<string, string>> = {};
  #runtime: string | undefined;

  constructor(worker: BareWorker, conversation: Conversation) {
    this.#worker = worker;
    this.#conversation = conversation;
  }

  async start({ startup, isRecordedEnvironment }: FreshWorkerOptions): Promise<ReplayTarget> {
    await this.#init(startup);
    await this.#reload(startup, isRecordedEnvironment);
    const indexed = startup.isIndexed ? await this.#index() : undefined;
    const loads = loadsFor(startup, indexed, this.#worker.appDirectory);
    const isOwnCode = indexed !== undefined && !indexed.useDefaultMetadataIndexing;
    const functions = await Promise.all(loads.map((request) => this.#load(request, isOwnCode)));
    return {
      ...(this.#runtime !== undefined && { runtime: this.#runtime }),
      functions,
      capabilities: Object.entries(this.#capabilities).map(([name, value]) => ({ name, value })),
    };
  }

  async close(): Promise<void> {
    if ((this.#capabilities["HandlesWorkerTerminateMessage"] ?? "") !== "") {
      const { terminate } = this.#worker.limits;
      this.#say({ case: "workerTerminate", value: { gracePeriod: { seconds: BigInt(Math.ceil(terminate / 1000)) } } });
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise((resolve) => {
        timer = setTimeout(resolve, terminate);
      });
      await Promise.race([this.#worker.exited, late]);
      clearTimeout(timer);
    }
    await this.#worker.close();
  }

  get #initLimit(): number {
    return Math.max(SHORTEST_INIT_LIMIT_MS, this.#worker.limits.init);
  }

  async #init({ init, reload }: Startup): Promise<void> {
    if (init === undefined) {
      return;
    }
    const { appDirectory, workerDirectory } = this.#worker;
    // A worker that stood by was told of a folder that is nobody's app; loading the app there too would register it twice.
    const functionAppDirectory = reload === undefined ? appDirectory : init.functionAppDirectory;
    const value = { ...init, functionAppDirectory, workerDirectory };
    const { content } = await this.#ask({ case: "workerInitRequest", value }, "workerInitResponse", this.#initLimit);
    if (content.case !== "workerInitResponse") {
      return;
    }
    assertSuccess("could not initialise", content.value.result);
    this.#capabilities = content.value.capabilities;
    this.#runtime = content.value.workerMetadata?.runtimeName;
  }

  async #reload({ reload }: Startup, isRecordedEnvironment: boolean): Promise<void> {
    if (reload === undefined) {
      return;
    }
    const { appDirectory, environment } = this.#worker;
    const environmentVariables = isRecordedEnvironment ? reload.environmentVariables : environment;
    const value = { ...reload, environmentVariables, functionAppDirectory: appDirectory };
    const { content } = await this.#ask(
      { case: "functionEnvironmentReloadRequest", value },
      "functionEnvironmentReloadResponse",
      Math.max(SHORTEST_INIT_LIMIT_MS, this.#worker.limits.reload),
    );
    if (content.case !== "functionEnvironmentReloadResponse") {
      return;
    }
    assertSuccess("could not take the app's environment over", content.value.result);
    this.#capabilities = { ...this.#capabilities, ...content.value.capabilities };
    this.#runtime = content.value.workerMetadata?.runtimeName ?? this.#runtime;
  }

  async #index(): Promise<FunctionMetadataResponse | undefined> {
    const value = { functionAppDirectory: this.#worker.appDirectory };
    const { content } = await this.#ask(
      { case: "functionsMetadataRequest", value },
      "functionMetadataResponse",
      this.#worker.limits.index,
    );
    if (content.case !== "functionMetadataResponse") {
      return undefined;
    }
    assertSuccess("could not list its functions", content.value.result);
    return content.value;
  }

  /** @param isOwnCode whether the worker itself said where the function's code is, and not the session */
  async #load(request: FunctionLoadRequest, isOwnCode: boolean): Promise<TargetFunction> {
    const { functionId, metadata } = request;
    const about = { name: metadata?.name ?? functionId, functionId, bindings: bindingsOf(request) };
    const foreign = isOwnCode ? undefined : foreignCodeIn(request, this.#worker.appDirectory);
    if (foreign !== undefined) {
      return { ...about, load: "failed", loadError: foreign };
    }
    const answer = this.#conversation.answer("functionLoadResponse", functionId, this.#worker.limits.load);
    this.#say({ case: "functionLoadRequest", value: request });
    const { content } = await answer;
    const result = content.case === "functionLoadResponse" ? content.value.result : undefined;
    return result?.status === StatusResult_Status.Success
      ? { ...about, load: "success" }
      : { ...about, load: "failed", loadError: failureIn(result) };
  }

  async #ask(content: Content, kind: string, limitMs: number): Promise<StreamingMessage> {
    const answer = this.#conversation.answer(kind, "", limitMs);
    this.#say(content);
    return await answer;
  }

  #say(content: Content): void {
    this.#worker.send(encodeMessage(create(StreamingMessageSchema, { content })));
  }
}

const DIRECTIONS = ["in", "out", "inout"] as const;

function bindingsOf({ metadata }: FunctionLoadRequest): TargetFunction["bindings"] {
  return Object.entries(metadata?.bindings ?? {}).map(([name, { type, direction }]) => {
    return { name, type, direction: DIRECTIONS[direction] ?? "in" };
  });
}

function assertSuccess(what: string, result: StatusResult | undefined): void {
  if (result?.status === StatusResult_Status.Success) {
    return;
  }
  throw new InspectorError("worker-failed", `The worker ${what}: ${failureIn(result)}`);
}

function failureIn(result: StatusResult | undefined): string {
  const text = result?.exception?.message || result?.result || "it gave no reason";
  return text.split("\n")[0] ?? text;
}
