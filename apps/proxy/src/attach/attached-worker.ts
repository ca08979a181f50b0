/** One worker that a shim stands for, as `run` sees it. */
import { readlinkSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { reasonOf } from "@inspector/contract/inspector-error";
import { formatAddress } from "@inspector/relay/address";
import type { HttpRecorder } from "@inspector/relay/http-capture/recorder";
import { Line } from "@inspector/relay/line";
import { isRunningProcess, type ProcessIdentity, processIdentity } from "@inspector/relay/process-identity";
import type { Route, RoutedRelay } from "@inspector/relay/relay";
import { splitLines } from "@inspector/wire/lines";
import { readPlainText } from "../read-file.ts";
import type { FromRun, FromShim, OutputStream } from "./gate-lines.ts";
import { parseFromShim } from "./gate-messages.ts";
import { describeHandlerApp } from "./handler-app.ts";
import { hostLimitsIn } from "./host-limits.ts";
import { missingOf } from "./missing-modules.ts";
import type { OutputPipes } from "./output-pipes.ts";
import { parseWorkerArguments, type WorkerArguments } from "./worker-arguments.ts";
import { findByEnvironment, findByWorkerId, kill } from "./worker-processes.ts";

/** What waits for a shim is an answer and an end. */
const MAX_WAITING = 1024 * 1024;
/** As the stand-in host cuts lines of output. */
const MAX_OUTPUT_CHARS = 64 * 1024;
const MAX_CONFIG_CHARS = 64 * 1024;
/** A shim that was told to end, and its worker, have so long. */
const END_LIMIT_MS = 1_200;
/** A host whose stream has ended may be on its way out: it is looked for then, after each of these. */
const LOOK_FOR_HOST_MS = [50, 1_000];
/** Marks lines of a worker's output that are for its host. @see docs/protocol-notes.md */
const SYSTEM_LOG_PREFIX = "LanguageWorkerConsoleLog";
const LOOPBACK = { host: "127.0.0.1", port: 0 };

type Hello = Extract<FromShim, { type: "hello" }>;

/** What records the workers of a run. */
export type AttachRelay = Pick<RoutedRelay, "openRoute" | "record"> & {
  /** Absent where HTTP is not recorded. */
  readonly openHandler?: HttpRecorder["openHandler"] | undefined;
};

export type AttachedWorkerOptions = {
  readonly relay: AttachRelay;
  readonly pipes: OutputPipes;
  /** It has a worker's process. */
  readonly onStarted: () => void;
  readonly onClosed: () => void;
};

/**
 * States, and what leaves them:
 * - `silent`: connected. Its hello leads to `routing`; anything else to `over`.
 * - `routing`: the relay is told to listen for it. Then `routed`, or `over` where it is refused.
 * - `routed`: it knows where. Its "started" leads to `running`, its "exited" to `ended`.
 * - `running`: the worker has a process. Its "exited" leads to `ended`.
 * - `ended`: its exit is recorded.
 * - `over`: the line has ended, which the end of every state leads to. A worker that was not seen to end is killed then.
 */
export class AttachedWorker {
  readonly #options: AttachedWorkerOptions;
  readonly #line: Line<FromRun>;
  #state: "silent" | "routing" | "routed" | "running" | "ended" | "over" = "silent";
  #hello: Hello | undefined;
  #workerId = "";
  #upstream = "";
  #config: unknown;
  #host: ProcessIdentity | undefined;
  #shim: ProcessIdentity | undefined;
  #worker: ProcessIdentity | undefined;
  #route: Route | undefined;
  #endLimit: NodeJS.Timeout | undefined;
  readonly #output: Record<OutputStream, ReturnType<typeof createOutput>>;

  constructor(socket: Socket, options: AttachedWorkerOptions) {
    this.#options = options;
    this.#output = {
      stdout: createOutput((text) => this.#recordOutput("stdout", text)),
      stderr: createOutput((text) => this.#recordOutput("stderr", text)),
    };
    this.#line = new Line<FromRun>(socket, {
      maxWaiting: MAX_WAITING,
      onMessage: (message) => this.#take(parseFromShim(message)),
    });
    socket.once("close", () => this.#over());
  }

  /** The process that started the shim. */
  get host(): ProcessIdentity | undefined {
    return this.#host;
  }

  /** Ends the worker, which has END_LIMIT_MS for that. */
  end(): void {
    if (this.#state === "over" || this.#endLimit !== undefined) {
      return;
    }
    this.#line.send({ type: "end" });
    this.#endLimit = setTimeout(() => {
      for (const one of [this.#shim, this.#worker]) {
        if (one !== undefined) {
          kill(one, "SIGKILL");
        }
      }
      this.#line.close();
    }, END_LIMIT_MS);
  }

  #take(message: FromShim | undefined): void {
    if (message === undefined || (message.type === "hello") !== (this.#state === "silent")) {
      this.#line.close();
      return;
    }
    switch (message.type) {
      case "hello":
        this.#state = "routing";
        void this.#openRoute(message).catch((error: unknown) => this.#refuse(reasonOf(error)));
        break;
      case "started":
        if (this.#state === "routed") {
          this.#started(message);
        }
        break;
      case "output":
        this.#output[message.stream].write(Buffer.from(message.bytes, "base64"));
        break;
      case "left-out":
        this.#output[message.stream].end();
        this.#recordOutput(message.stream, `(${message.bytes} bytes of output were not copied)`);
        break;
      case "exited":
        this.#exited(message);
    }
  }

  async #openRoute(hello: Hello): Promise<void> {
    this.#hello = hello;
    this.#shim = processIdentity(hello.pid);
    this.#host = processIdentity(hello.parent);
    const told = toldOf(hello);
    if (told === undefined) {
      this.#refuse("its arguments name no host");
      return;
    }
    if (hello.network !== undefined && hello.network !== ownNetwork()) {
      this.#refuse("it runs in another network namespace, where the relay cannot be reached");
      return;
    }
    this.#workerId = told.workerId;
    this.#upstream = formatAddress(told.upstream);
    const [route, pipes, config] = await Promise.all([
      this.#openPort(hello, told),
      this.#options.pipes.take(),
      readConfig(hello),
    ]);
    this.#route = route;
    this.#config = config;
    if (this.#state !== "routing") {
      route.close();
      return;
    }
    this.#state = "routed";
    this.#line.send({ type: "route", relay: route.address, ...(pipes !== undefined && { pipes }) });
  }

  /** A port of the relay, or, for a custom handler, the handler's own port behind the relay. */
  async #openPort({ handler }: Hello, { upstream, workerId }: WorkerArguments): Promise<Route> {
    const { relay } = this.#options;
    const onHostEnded = (): void => this.#lookForHost();
    if (handler === undefined) {
      return await relay.openRoute({ listen: LOOPBACK, upstream, onHostEnded });
    }
    if (relay.openHandler === undefined) {
      throw new Error("HTTP is not recorded (--no-http-capture)");
    }
    const facts = { workerId, ...describeHandlerApp(handler.appRoot) };
    return await relay.openHandler({ port: handler.port, facts, onHostEnded });
  }

  #refuse(reason: string): void {
    this.#options.relay.record({
      type: "worker-not-recorded",
      reason,
      workerId: this.#workerId,
      language: this.#hello?.language,
      argv: this.#hello?.args,
    });
    this.#line.send({ type: "refused", reason });
  }

  #started({ pid, argv }: Extract<FromShim, { type: "started" }>): void {
    this.#state = "running";
    this.#options.onStarted();
    this.#worker = processIdentity(pid);
    this.#options.relay.record({
      type: "process-spawned",
      workerId: this.#workerId,
      pid,
      argv,
      cwd: this.#hello?.cwd,
      language: this.#hello?.language,
      upstream: this.#upstream,
      hostPid: this.#hello?.parent,
      variables: this.#hello?.variables,
      ...missingOf(this.#hello?.cwd),
      ...hostLimitsIn(this.#appFolders(), this.#hello?.variables ?? {}),
      ...(this.#config !== undefined && { workerConfig: this.#config }),
    });
  }

  /** Hosts start workers in the app's folder. */
  #appFolders(): readonly (string | undefined)[] {
    const { handler, cwd, variables } = this.#hello ?? {};
    return [handler?.appRoot, cwd, variables?.["FUNCTIONS_APPLICATION_DIRECTORY"]];
  }

  #recordOutput(stream: OutputStream, text: string): void {
    const isSystemLog = stream === "stdout" && text.startsWith(SYSTEM_LOG_PREFIX);
    this.#options.relay.record({
      type: "process-output",
      workerId: this.#workerId,
      stream,
      text: isSystemLog ? text.slice(SYSTEM_LOG_PREFIX.length) : text,
      isSystemLog,
    });
  }

  #exited({ code, signal, failure }: Pick<Extract<FromShim, { type: "exited" }>, "code" | "signal" | "failure">): void {
    if (this.#state !== "routed" && this.#state !== "running") {
      return;
    }
    this.#state = "ended";
    this.#output.stdout.end();
    this.#output.stderr.end();
    this.#options.relay.record({
      type: "process-exited",
      workerId: this.#workerId,
      ...(this.#worker !== undefined && { pid: this.#worker.pid }),
      ...(code !== null && { code }),
      ...(signal !== null && { signal }),
      ...(failure !== undefined && { failure }),
    });
  }

  /** Hosts end the shim as they end a worker, by SIGKILL: what the shim cannot do then is done here. */
  #over(): void {
    const before = this.#state;
    if (before === "routed") {
      const own = [this.#shim?.pid ?? 0, this.#host?.pid ?? 0];
      for (const pid of findByWorkerId(this.#workerId, own)) {
        kill(processIdentity(pid), "SIGKILL");
      }
      if (this.#hello?.handler !== undefined) {
        findByEnvironment(`\0FUNCTIONS_CUSTOMHANDLER_WORKER_ID=${this.#workerId}\0`).forEach((one) => {
          kill(one, "SIGKILL");
        });
      }
    }
    if (before === "running" && this.#worker !== undefined) {
      kill(this.#worker, "SIGKILL");
      this.#exited({ code: null, signal: "SIGKILL" });
    }
    this.#state = "over";
    clearTimeout(this.#endLimit);
    this.#route?.close();
    this.#options.onClosed();
  }

  /** A host that was killed leaves its workers behind, and some live on without a stream. */
  #lookForHost(): void {
    for (const delay of LOOK_FOR_HOST_MS) {
      setTimeout(() => {
        if (this.#host !== undefined && !isRunningProcess(this.#host)) {
          this.end();
        }
      }, delay).unref();
    }
  }
}

function toldOf({ args, handler }: Hello): WorkerArguments | undefined {
  return handler === undefined
    ? parseWorkerArguments(args)
    : { upstream: { ...LOOPBACK, port: handler.port }, workerId: handler.workerId };
}

function createOutput(onLine: (text: string) => void) {
  const decoder = new StringDecoder("utf8");
  const take = splitLines(MAX_OUTPUT_CHARS, onLine);
  return {
    write: (chunk: Buffer) => take(decoder.write(chunk)),
    end() {
      take(decoder.end());
      take.end();
    },
  };
}

async function readConfig({ variables }: Hello): Promise<unknown> {
  const directory = variables["FUNCTIONS_WORKER_DIRECTORY"];
  if (directory === undefined) {
    return undefined;
  }
  try {
    const text = readPlainText(join(directory, "worker.config.json"));
    return text.length > MAX_CONFIG_CHARS ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function ownNetwork(): string | undefined {
  try {
    return readlinkSync("/proc/self/ns/net");
  } catch {
    return undefined;
  }
}
