import type { HostJson } from "./app-settings.ts";
import { readFunctionFolders } from "./function-json.ts";
import { type FunctionInfo, type FunctionTable, indexFunctions, isHttpTriggered } from "./functions.ts";
import { HandlerChannel, type OpenHandlerPort } from "./handler-channel.ts";
import type { HandlerSettings } from "./handler-settings.ts";
import { formatCause, HostError } from "./host-error.ts";
import { type Channel, type Invocation, type InvocationOutcome, runInvocation } from "./invoker.ts";
import { deliverOutputs } from "./outputs.ts";
import { QueueBroker } from "./queues.ts";
import { decideRestart, formatGaveUp, type WorkerEnd } from "./restart-policy.ts";
import { retryDelay } from "./retry.ts";
import { formatFailure, statusOf } from "./status-result.ts";
import { createDeferred, pause } from "./time-limit.ts";
import { type TimerMemory, TimerRunner } from "./timers.ts";
import { type ChannelContext, WorkerChannel } from "./worker-channel.ts";

export type AppContext = ChannelContext & {
  readonly hostJson: HostJson;
  readonly timerMemory: TimerMemory;
  /** Set where the app is a custom handler. */
  readonly handler?: HandlerSettings | undefined;
  readonly openHandlerPort?: OpenHandlerPort | undefined;
};

/**
 * One life of an app: its worker processes from their start until a file changes or the host closes. Each process
 * has a slot that starts it, waits for its end and decides what follows.
 */
export class AppRun {
  readonly #context: AppContext;
  readonly #channels = new Set<Channel>();
  readonly #slots: Promise<void>[] = [];
  readonly #stop = new AbortController();
  readonly #ready = createDeferred<void>();
  #changed = createDeferred<void>();
  #table: FunctionTable | undefined;
  #queues: QueueBroker | undefined;
  #timers: TimerRunner | undefined;
  #errors: readonly number[] = [];
  #livingSlots = 0;
  #unusable: HostError | undefined;
  #turn = 0;

  constructor(context: AppContext) {
    this.#context = context;
  }

  get functions(): readonly FunctionInfo[] {
    return this.#table?.functions ?? [];
  }

  get hostJson(): HostJson {
    return this.#context.hostJson;
  }

  get channels(): readonly Channel[] {
    return [...this.#channels];
  }

  get extensions(): readonly string[] {
    return this.#context.config.extensions;
  }

  /** Settled when functions can be invoked, or it is clear that they cannot. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Why functions cannot be invoked; undefined while they can, or may be able to soon. */
  get unusable(): HostError | undefined {
    return this.#unusable;
  }

  start(): void {
    this.#openSlot();
    void this.#startOthers();
  }

  /**
   * Runs a function on the next ready worker, waiting for one if need be, and delivers its outputs. One that fails is
   * run again as its retry options say; http has no retries, as its client waits.
   */
  async invoke(info: FunctionInfo, invocation: Invocation): Promise<InvocationOutcome> {
    const retry = isHttpTriggered(info) ? undefined : info.retry;
    let outcome = await this.#invokeOnce(info, invocation);
    for (let count = 1; outcome.status === "Failure" && retry !== undefined && count <= retry.maxRetryCount; count++) {
      await pause(retryDelay(retry, count), this.#stop.signal);
      const context = { retryCount: count, maxRetryCount: retry.maxRetryCount, reason: outcome.reason ?? "" };
      outcome = await this.#invokeOnce(info, { ...invocation, retry: context });
    }
    return outcome;
  }

  async #invokeOnce(info: FunctionInfo, invocation: Invocation): Promise<InvocationOutcome> {
    const channel = await this.#pickChannel();
    const { emit, limits } = this.#context;
    const outcome = await runInvocation(channel, info, invocation, { limit: limits.invocation, emit });
    if (outcome.status === "Success" && outcome.response !== undefined && this.#queues !== undefined) {
      const { environment } = this.#context;
      deliverOutputs(info, outcome.response, { queues: this.#queues, environment, emit });
    }
    return outcome;
  }

  /** Ends timers, queues and processes; resolves when the processes are gone. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#fail(new HostError("closed", "The host is stopping"));
    await Promise.all([...this.#channels].map((channel) => channel.stop()));
    await Promise.all(this.#slots);
  }

  #openSlot(): void {
    this.#livingSlots++;
    this.#slots.push(this.#runSlot());
  }

  async #startOthers(): Promise<void> {
    await this.ready.catch(() => {});
    for (let index = 1; index < this.#context.processCount; index++) {
      await pause(this.#context.config.processOptions.processStartupInterval, this.#stop.signal);
      if (this.#stop.signal.aborted) {
        return;
      }
      this.#openSlot();
    }
  }

  async #runSlot(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const end = await this.#runProcess();
      if (this.#stop.signal.aborted) {
        return;
      }
      const decision = decideRestart(end, {
        errors: this.#errors,
        now: Date.now(),
        processCount: this.#context.processCount,
        longestDelay: this.#context.config.processOptions.processRestartInterval,
      });
      if (decision.action === "none") {
        this.#closeSlot();
        return;
      }
      this.#errors = decision.errors;
      if (decision.action === "give-up") {
        await this.#giveUp();
        return;
      }
      this.#context.emit({ kind: "restarting", cause: "worker-exit", delay: decision.delay });
      await pause(decision.delay, this.#stop.signal);
    }
  }

  /** From the start of one process to its end. */
  async #runProcess(): Promise<WorkerEnd> {
    const { handler, openHandlerPort } = this.#context;
    const channel =
      handler === undefined
        ? new WorkerChannel(this.#context)
        : new HandlerChannel(this.#context, handler, openHandlerPort);
    this.#channels.add(channel);
    try {
      await this.#bringUp(channel);
    } catch (cause) {
      this.#startFailed(channel, cause);
    }
    const end = await channel.exited;
    this.#channels.delete(channel);
    this.#notify();
    return end;
  }

  async #bringUp(channel: Channel): Promise<void> {
    await channel.start();
    this.#table ??= await this.#index(channel);
    await channel.load(this.#table.functions);
    this.#unusable = undefined;
    this.#notify();
    this.#startTriggers(this.#table.functions);
  }

  #startFailed(channel: Channel, cause: unknown): void {
    if (this.#stop.signal.aborted) {
      return;
    }
    const { emit } = this.#context;
    if (cause instanceof HostError && cause.code === "metadata-failed") {
      emit({ kind: "metadata-failed", reason: cause.message });
      this.#fail(cause);
      return;
    }
    emit({ kind: "worker-failed", workerId: channel.id, reason: formatCause(cause) });
    channel.kill("failed");
  }

  async #index(channel: Channel): Promise<FunctionTable> {
    const { config, appDirectory, environment, emit } = this.#context;
    const { language, extensions } = config;
    const isAsked = config.isIndexing && channel instanceof WorkerChannel;
    const response = isAsked ? await channel.requestMetadata() : undefined;
    if (response !== undefined && statusOf(response.result) !== "Success") {
      throw new HostError("metadata-failed", `The worker could not list functions: ${formatFailure(response.result)}`, {
        hint: "Correct the app; with watching on, the host tries again when a file changes.",
      });
    }
    const source = response === undefined || response.useDefaultMetadataIndexing ? "function.json" : "worker";
    const table =
      response === undefined || source === "function.json"
        ? await readFunctionFolders(appDirectory, { language, extensions, environment })
        : indexFunctions(response.functionMetadataResults, { language, environment });
    emit({ kind: "functions-indexed", source, language, ...table });
    return table;
  }

  /** Once in a run: a restarted process finds timers and queues running. */
  #startTriggers(functions: readonly FunctionInfo[]): void {
    if (this.#timers !== undefined || this.#stop.signal.aborted) {
      return;
    }
    const { environment, hostJson, timerMemory, emit } = this.#context;
    const invoke = (info: FunctionInfo, invocation: Invocation) => this.invoke(info, invocation);
    this.#queues = new QueueBroker(functions, { environment, settings: hostJson, emit, invoke });
    this.#ready.resolve();
    emit({ kind: "ready", functionCount: functions.length });
    this.#timers = new TimerRunner(functions, { environment, memory: timerMemory, emit, invoke });
  }

  async #pickChannel(): Promise<Channel> {
    for (;;) {
      const candidates = [...this.#channels].filter(({ isReady }) => isReady);
      const channel = candidates[this.#turn++ % Math.max(candidates.length, 1)];
      if (channel !== undefined) {
        return channel;
      }
      if (this.#unusable !== undefined) {
        throw this.#unusable;
      }
      await this.#changed.promise;
    }
  }

  /** A worker has ended in good order, which no host repairs. */
  #closeSlot(): void {
    this.#livingSlots--;
    if (this.#livingSlots === 0) {
      this.#fail(
        new HostError(
          "no-worker",
          "No worker is running: it exited with code 0, after which a host does not restart it",
          {
            hint: "Look for process.exit in the app, or restart the host.",
          },
        ),
      );
    }
  }

  async #giveUp(): Promise<void> {
    const message = formatGaveUp(this.#context.config.language);
    this.#stop.abort();
    this.#fail(new HostError("gave-up", message, { hint: "Look at what the worker printed before it exited." }));
    await Promise.all([...this.#channels].map((channel) => channel.stop()));
    this.#context.emit({ kind: "gave-up", message });
  }

  #fail(error: HostError): void {
    this.#unusable ??= error;
    this.#ready.reject(error);
    if (this.#stop.signal.aborted) {
      this.#timers?.stop();
      this.#queues?.stop();
    }
    this.#notify();
  }

  /** Wakes those who wait for a worker. */
  #notify(): void {
    const { resolve } = this.#changed;
    this.#changed = createDeferred();
    resolve();
  }
}
