import { randomUUID } from "node:crypto";
import {
  create,
  type FunctionMetadataResponse,
  type InvocationRequest,
  type InvocationResponse,
  type MessageInitShape,
  type StreamingMessage,
  StreamingMessageSchema,
  type WorkerInitResponse,
} from "@inspector/proto";
import { formatWorkerArguments } from "./command-line.ts";
import type { Address, EventSink, TimedOutStep } from "./events.ts";
import type { FunctionInfo } from "./functions.ts";
import type { RpcServer, WorkerLink } from "./grpc-server.ts";
import { HostError } from "./host-error.ts";
import type { HostLimits } from "./limits.ts";
import { createLoadRequest } from "./load-request.ts";
import type { WorkerEnd } from "./restart-policy.ts";
import { StatusPinger } from "./status-pinger.ts";
import { formatFailure, logEventOf, statusOf } from "./status-result.ts";
import { createDeferred, type Deferred, TimeLimitError, withinLimit } from "./time-limit.ts";
import { startToldProcess, tellEnd } from "./told-process.ts";
import type { WorkerConfig } from "./worker-config.ts";
import type { ProcessExit, WorkerProcess } from "./worker-process.ts";

/** Workers show it and derive little from it; it must be there. */
const HOST_VERSION = "4.1037.0.0";

/** All that the processes of one app have in common. */
export type ChannelContext = {
  readonly config: WorkerConfig;
  readonly appDirectory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly server: RpcServer;
  /** The address on the command line of workers. */
  readonly endpoint: Address;
  readonly limits: HostLimits;
  /** Processes that run side by side. */
  readonly processCount: number;
  readonly emit: EventSink;
};

type Content = NonNullable<MessageInitShape<typeof StreamingMessageSchema>["content"]>;

/** One worker process with its stream: start-up, requests and answers, end. */
export class WorkerChannel {
  readonly id: string = randomUUID();
  readonly exited: Promise<WorkerEnd>;
  readonly #context: ChannelContext;
  readonly #exit = createDeferred<WorkerEnd>();
  readonly #startStream = createDeferred<void>();
  readonly #init = createDeferred<WorkerInitResponse>();
  readonly #metadata = createDeferred<FunctionMetadataResponse>();
  readonly #loads = new Map<string, Deferred<string | undefined>>();
  readonly #loadFailures = new Map<string, string>();
  readonly #invocations = new Map<string, Deferred<InvocationResponse>>();
  #pinger: StatusPinger | undefined;
  #capabilities: Readonly<Record<string, string>> = {};
  #process: WorkerProcess | undefined;
  #link: WorkerLink | undefined;
  #endedByHost: WorkerEnd["endedByHost"];
  #state: "starting" | "ready" | "stopping" | "gone" = "starting";

  constructor(context: ChannelContext) {
    this.#context = context;
    this.exited = this.#exit.promise;
  }

  get isReady(): boolean {
    return this.#state === "ready";
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get capabilities(): Readonly<Record<string, string>> {
    return this.#capabilities;
  }

  /** A capability is on when its value is not empty. */
  has(capability: string): boolean {
    return (this.#capabilities[capability] ?? "") !== "";
  }

  /**
   * Starts the process, and waits for its stream and its answer to the init request.
   *
   * @throws {HostError} "worker-failed"; the process may still run then
   */
  async start(): Promise<void> {
    const { config, emit } = this.#context;
    this.#spawn();
    await this.#answer("start-stream", this.#startStream.promise, config.processOptions.processStartupTimeout);
    this.#send({
      case: "workerInitRequest",
      value: {
        hostVersion: HOST_VERSION,
        capabilities: { MultiStream: "10" },
        workerDirectory: config.workerDirectory,
        functionAppDirectory: this.#context.appDirectory,
      },
    });
    const response = await this.#answer("init", this.#init.promise, config.processOptions.initializationTimeout);
    if (statusOf(response.result) !== "Success") {
      throw new HostError("worker-failed", `The worker could not initialise: ${formatFailure(response.result)}`);
    }
    this.#capabilities = response.capabilities;
    const metadata = response.workerMetadata;
    emit({
      kind: "worker-initialized",
      workerId: this.id,
      capabilities: response.capabilities,
      runtime: metadata && {
        name: metadata.runtimeName,
        version: metadata.runtimeVersion,
        workerVersion: metadata.workerVersion,
      },
    });
  }

  /** Asks which functions the app has. @throws {HostError} "worker-failed" when no answer comes in time */
  async requestMetadata(): Promise<FunctionMetadataResponse> {
    this.#send({ case: "functionsMetadataRequest", value: { functionAppDirectory: this.#context.appDirectory } });
    return await this.#answer("metadata", this.#metadata.promise, this.#context.limits.load);
  }

  /** Loads the functions, disabled ones last, and takes invocations from then on. One that fails is remembered. */
  async load(functions: readonly FunctionInfo[]): Promise<void> {
    const sorted = [...functions].sort((left, right) => Number(left.isDisabled) - Number(right.isDisabled));
    for (const info of sorted) {
      this.#loads.set(info.id, createDeferred());
    }
    if (this.has("SupportsLoadResponseCollection")) {
      this.#send({
        case: "functionLoadRequestCollection",
        value: { functionLoadRequests: sorted.map(createLoadRequest) },
      });
    } else {
      for (const info of sorted) {
        this.#send({ case: "functionLoadRequest", value: createLoadRequest(info) });
      }
    }
    await Promise.all(sorted.map((info) => this.#awaitLoad(info)));
    if (this.#state === "starting") {
      this.#state = "ready";
      this.#startPinging();
      this.#context.emit({ kind: "worker-ready", workerId: this.id });
    }
  }

  /** Why the function cannot be invoked here; undefined when it can. */
  loadFailure(functionId: string): string | undefined {
    return this.#loadFailures.get(functionId);
  }

  /** Sends the request. @throws {HostError} "worker-failed" when the worker is gone before it answers */
  invoke(request: InvocationRequest): Promise<InvocationResponse> {
    const pending = createDeferred<InvocationResponse>();
    if (this.#state === "gone") {
      pending.reject(new HostError("worker-failed", "The worker process is gone"));
      return pending.promise;
    }
    this.#invocations.set(request.invocationId, pending);
    this.#send({ case: "invocationRequest", value: request });
    return pending.promise;
  }

  /** Asks the worker to cancel, if it can be asked; the answer, if any, comes as the invocation's response. */
  cancel(invocationId: string): void {
    if (this.has("HandlesInvocationCancelMessage") && this.#invocations.has(invocationId)) {
      this.#send({ case: "invocationCancel", value: { invocationId } });
    }
  }

  /** Forgets an invocation: a late answer is dropped. */
  abandon(invocationId: string): void {
    this.#invocations.delete(invocationId);
  }

  /** Ends the process because the host will have no more of it. */
  kill(reason: "failed" | "function-timeout"): void {
    this.#endedByHost ??= reason;
    this.#leave();
    this.#process?.kill();
  }

  /** Ends the process in order: asks it to terminate where it understands that, and kills it after the grace. */
  async stop(): Promise<void> {
    this.#endedByHost ??= "stop";
    this.#leave();
    const { terminateGrace } = this.#context.limits;
    if (this.has("HandlesWorkerTerminateMessage") && this.#state !== "gone") {
      this.#send({ case: "workerTerminate", value: { gracePeriod: toDuration(terminateGrace) } });
      try {
        await withinLimit(this.exited, terminateGrace);
      } catch {
        this.#timedOut("terminate", terminateGrace);
      }
    }
    this.#process?.kill();
    await this.exited;
  }

  #spawn(): void {
    const { config, server, endpoint, appDirectory, environment } = this.#context;
    this.#link = server.register(this.id, (message) => this.#receive(message));
    const tail = formatWorkerArguments({ workerId: this.id, requestId: randomUUID(), ...endpoint });
    const child = startToldProcess(this.id, { config, tail, cwd: appDirectory, environment }, this.#context);
    this.#process = child;
    void child.exited.then((exit) => this.#end(exit));
  }

  #end(exit: ProcessExit): void {
    const { code, signal, failure } = exit;
    const wasIdle = this.#state === "ready" && this.#invocations.size === 0;
    this.#leave();
    this.#state = "gone";
    this.#link?.close();
    const error = new HostError(
      "worker-failed",
      failure === undefined
        ? `The worker process is gone: ${describeExit(code, signal)}`
        : `The worker could not be started: ${failure}`,
    );
    const waiting = [
      this.#startStream,
      this.#init,
      this.#metadata,
      ...this.#loads.values(),
      ...this.#invocations.values(),
    ];
    for (const { reject } of waiting) {
      reject(error);
    }
    this.#invocations.clear();
    this.#exit.resolve(tellEnd(this, exit, { wasIdle, endedByHost: this.#endedByHost }, this.#context.emit));
  }

  /** Takes no more invocations. */
  #leave(): void {
    this.#pinger?.stop();
    if (this.#state !== "gone") {
      this.#state = "stopping";
    }
  }

  #send(content: Content, requestId = ""): void {
    this.#link?.send(create(StreamingMessageSchema, { requestId, content }));
  }

  #receive({ requestId, content }: StreamingMessage): void {
    switch (content.case) {
      case "startStream":
        this.#startStream.resolve();
        break;
      case "workerInitResponse":
        this.#init.resolve(content.value);
        break;
      case "functionMetadataResponse":
        this.#metadata.resolve(content.value);
        break;
      case "functionLoadResponse":
        this.#loadResponse(content.value);
        break;
      case "functionLoadResponseCollection":
        for (const response of content.value.functionLoadResponses) {
          this.#loadResponse(response);
        }
        break;
      case "invocationResponse":
        this.#invocations.get(content.value.invocationId)?.resolve(content.value);
        this.#invocations.delete(content.value.invocationId);
        break;
      case "rpcLog":
        this.#context.emit(logEventOf(this.id, content.value));
        break;
      case "workerStatusResponse":
        this.#pinger?.answered(requestId);
        break;
      default:
        break;
    }
  }

  #loadResponse({ functionId, result }: { functionId: string; result?: Parameters<typeof statusOf>[0] }): void {
    this.#loads.get(functionId)?.resolve(statusOf(result) === "Success" ? undefined : formatFailure(result));
  }

  async #awaitLoad(info: FunctionInfo): Promise<void> {
    const pending = this.#loads.get(info.id)?.promise ?? Promise.resolve(undefined);
    let reason: string | undefined;
    try {
      reason = await withinLimit(pending, this.#context.limits.load);
    } catch (cause) {
      if (!(cause instanceof TimeLimitError)) {
        throw cause;
      }
      reason = `the worker did not answer within ${cause.limit} ms`;
      this.#timedOut("load", cause.limit, { functionName: info.name });
    }
    if (reason !== undefined) {
      this.#loadFailures.set(info.id, reason);
    }
    this.#context.emit({
      kind: "function-loaded",
      workerId: this.id,
      functionName: info.name,
      isLoaded: reason === undefined,
      ...(reason === undefined ? {} : { reason }),
    });
  }

  async #answer<T>(step: TimedOutStep, promise: Promise<T>, limit: number): Promise<T> {
    try {
      return await withinLimit(promise, limit);
    } catch (cause) {
      if (cause instanceof TimeLimitError) {
        this.#timedOut(step, limit);
        throw new HostError("worker-failed", `The worker did not answer (${step}) within ${limit} ms`, { cause });
      }
      throw cause;
    }
  }

  #timedOut(step: TimedOutStep, limit: number, of: { functionName?: string } = {}): void {
    this.#context.emit({ kind: "timed-out", step, workerId: this.id, limit, ...of });
  }

  #startPinging(): void {
    if (this.has("WorkerStatus")) {
      const { limits, emit } = this.#context;
      this.#pinger = new StatusPinger(limits.statusInterval, {
        send: (requestId) => this.#send({ case: "workerStatusRequest", value: {} }, requestId),
        onAnswer: (latency) => emit({ kind: "worker-status", workerId: this.id, latency }),
      });
    }
  }
}

function describeExit(code: number | undefined, signal: string | undefined): string {
  return signal === undefined ? `it exited with code ${code ?? "unknown"}` : `it was ended by ${signal}`;
}

function toDuration(milliseconds: number): { seconds: bigint; nanos: number } {
  return { seconds: BigInt(Math.trunc(milliseconds / 1000)), nanos: Math.round((milliseconds % 1000) * 1e6) };
}
