/** One process of a custom handler: start, calls over HTTP, end. */
import { randomUUID } from "node:crypto";
import { Agent, type IncomingMessage, request as sendRequest } from "node:http";
import { createServer } from "node:net";
import {
  type HandlerAnswer,
  type HandlerFunction,
  handlerResponse,
  type InvocationRequest,
  type InvocationResponse,
} from "@inspector/proto";
import type { FunctionInfo } from "./functions.ts";
import { createHandlerCall, HANDLER_CAPABILITIES, isForwarded, type OutgoingCall } from "./handler-call.ts";
import { CUSTOM, type HandlerSettings } from "./handler-settings.ts";
import { HostError } from "./host-error.ts";
import type { WorkerEnd } from "./restart-policy.ts";
import { createDeferred, pause } from "./time-limit.ts";
import { startToldProcess, tellEnd } from "./told-process.ts";
import type { ChannelContext } from "./worker-channel.ts";
import type { ProcessExit, WorkerProcess } from "./worker-process.ts";

const LOOPBACK = "127.0.0.1";
/** Another port for a handler to listen on, behind which somebody stands at the one where the host looks for it. */
export type HandlerPort = {
  readonly port: number;
  /** The handler has ended. */
  close(): void;
};

/** Asked before a handler is started. @param about where the host will look for it */
export type OpenHandlerPort = (about: { readonly workerId: string; readonly port: number }) => Promise<HandlerPort>;

/** Between two questions whether the handler is there. */
const LOOK_MS = 25;

/**
 * States, and what leaves them:
 * - `starting`: the process runs, or is about to. {@link load} leads to `ready`.
 * - `ready`: takes calls. {@link stop} and {@link kill} lead to `stopping`.
 * - `stopping`: takes no more calls.
 * - `gone`: the process has ended, which leads here from every state.
 */
export class HandlerChannel {
  readonly id: string = randomUUID();
  readonly exited: Promise<WorkerEnd>;
  readonly capabilities = HANDLER_CAPABILITIES;
  readonly #context: ChannelContext;
  readonly #settings: HandlerSettings;
  readonly #exit = createDeferred<WorkerEnd>();
  readonly #openPort: OpenHandlerPort;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #gone = new AbortController();
  #functions: readonly FunctionInfo[] = [];
  #calls = 0;
  #port = 0;
  #process: WorkerProcess | undefined;
  #endedByHost: WorkerEnd["endedByHost"];
  #state: "starting" | "ready" | "stopping" | "gone" = "starting";

  constructor(context: ChannelContext, settings: HandlerSettings, openPort: OpenHandlerPort | undefined) {
    this.#openPort = openPort ?? (({ port }) => Promise.resolve({ port, close: () => {} }));
    this.#context = context;
    this.#settings = settings;
    this.exited = this.#exit.promise;
  }

  get isReady(): boolean {
    return this.#state === "ready";
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  has(capability: string): boolean {
    return capability in this.capabilities;
  }

  /** Starts the process, and waits until it answers anything. @throws {HostError} "worker-failed" */
  async start(): Promise<void> {
    this.#port = await unusedPort();
    this.#spawn(await this.#openPort({ workerId: this.id, port: this.#port }));
    const { initializationTimeout } = this.#settings.config.processOptions;
    const until = performance.now() + initializationTimeout;
    while (!(await this.#isThere())) {
      if (this.#gone.signal.aborted) {
        throw new HostError("worker-failed", "The custom handler's process is gone");
      }
      if (performance.now() > until) {
        this.#context.emit({ kind: "timed-out", step: "init", workerId: this.id, limit: initializationTimeout });
        throw new HostError(
          "worker-failed",
          `The custom handler did not listen on its port (FUNCTIONS_CUSTOMHANDLER_PORT) within ${initializationTimeout} ms`,
        );
      }
      await pause(LOOK_MS, this.#gone.signal);
    }
    const runtime = { name: CUSTOM, version: "", workerVersion: "" };
    this.#context.emit({ kind: "worker-initialized", workerId: this.id, capabilities: {}, runtime });
  }

  /** Takes calls of these functions from then on. The handler is told of none of them. */
  load(functions: readonly FunctionInfo[]): Promise<void> {
    this.#functions = functions;
    if (this.#state === "starting") {
      this.#state = "ready";
      for (const { name } of functions) {
        this.#context.emit({ kind: "function-loaded", workerId: this.id, functionName: name, isLoaded: true });
      }
      this.#context.emit({ kind: "worker-ready", workerId: this.id });
    }
    return Promise.resolve();
  }

  loadFailure(): undefined {
    return undefined;
  }

  /** @throws {HostError} "worker-failed" when the handler is gone before it answers */
  async invoke(request: InvocationRequest): Promise<InvocationResponse> {
    const info = this.#functions.find(({ id }) => id === request.functionId);
    if (info === undefined || this.#state === "gone") {
      throw new HostError("worker-failed", "The custom handler's process is gone");
    }
    this.#calls += 1;
    try {
      const answer = await this.#send(createHandlerCall(info, request, this.#settings));
      const { response, logs } = handlerResponse(answer, this.#describe(info, request.invocationId));
      for (const message of logs) {
        const { invocationId } = request;
        const about = { workerId: this.id, invocationId, category: `Function.${info.name}.User` };
        this.#context.emit({
          kind: "worker-log",
          ...about,
          source: "user",
          level: "Information",
          message,
          exception: "",
        });
      }
      return response;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new HostError("worker-failed", `The custom handler did not answer: ${reason}`, { cause });
    } finally {
      this.#calls -= 1;
    }
  }

  /** There is no way to tell the handler. */
  cancel(): void {}
  abandon(): void {}

  kill(reason: "failed" | "function-timeout"): void {
    this.#endedByHost ??= reason;
    this.#leave();
    this.#process?.kill();
  }

  async stop(): Promise<void> {
    this.#endedByHost ??= "stop";
    this.#leave();
    this.#process?.kill();
    await this.exited;
  }

  #describe({ id, bindings }: FunctionInfo, invocationId: string): HandlerFunction {
    const info = this.#functions.find((one) => one.id === id);
    return {
      invocationId,
      functionId: id,
      bindings,
      isForwarded: info !== undefined && isForwarded(info, this.#settings),
    };
  }

  #spawn(listening: HandlerPort): void {
    const { environment, appDirectory } = this.#context;
    const { config, tail, cwd } = this.#settings;
    const port = String(listening.port);
    const own = {
      ...environment,
      FUNCTIONS_HTTPWORKER_PORT: port,
      FUNCTIONS_HTTPWORKER_ID: this.id,
      FUNCTIONS_CUSTOMHANDLER_PORT: port,
      FUNCTIONS_CUSTOMHANDLER_WORKER_ID: this.id,
      FUNCTIONS_APP_ROOT_PATH: appDirectory,
    };
    const child = startToldProcess(this.id, { config, tail, cwd, environment: own }, this.#context);
    this.#process = child;
    void child.exited.then((exit) => {
      listening.close();
      this.#end(exit);
    });
  }

  #end(exit: ProcessExit): void {
    const wasIdle = this.#state === "ready" && this.#calls === 0;
    this.#state = "gone";
    this.#gone.abort();
    this.#agent.destroy();
    this.#exit.resolve(tellEnd(this, exit, { wasIdle, endedByHost: this.#endedByHost }, this.#context.emit));
  }

  #leave(): void {
    if (this.#state !== "gone") {
      this.#state = "stopping";
    }
  }

  /** Any answer will do. Only a refused connection means that it is not there yet. */
  async #isThere(): Promise<boolean> {
    try {
      await this.#send({ method: "GET", path: "/", headers: {}, body: new Uint8Array() });
      return true;
    } catch (error) {
      return (
        !(error instanceof Error && "code" in error && error.code === "ECONNREFUSED") && !this.#gone.signal.aborted
      );
    }
  }

  #send({ method, path, headers, body }: OutgoingCall): Promise<HandlerAnswer> {
    return new Promise((resolve, reject) => {
      const length = body.length > 0 || method === "POST" ? { "Content-Length": body.length } : {};
      const outgoing = sendRequest(
        {
          host: LOOPBACK,
          port: this.#port,
          method,
          path,
          headers: { ...headers, ...length },
          agent: this.#agent,
          signal: this.#gone.signal,
        },
        (incoming) => void readAnswer(incoming).then(resolve, reject),
      );
      outgoing.once("error", reject);
      outgoing.end(body);
    });
  }
}

async function readAnswer(incoming: IncomingMessage): Promise<HandlerAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) {
    chunks.push(chunk);
  }
  const { rawHeaders } = incoming;
  return {
    status: incoming.statusCode ?? 0,
    reason: incoming.statusMessage ?? "",
    headers: rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ""] as const] : [])),
    body: Buffer.concat(chunks),
  };
}

/** A port that nobody listens on, as the real host chooses one. */
function unusedPort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: LOOPBACK, port: 0 }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
