import { type ChildProcess, spawn } from "node:child_process";
import { StringDecoder } from "node:string_decoder";
import { splitLines } from "@inspector/wire/lines";
import { formatCommandLine, splitCommandLine } from "./command-line.ts";
import { createDeferred } from "./time-limit.ts";
import type { WorkerConfig } from "./worker-config.ts";

/** Lines of stdout with this prefix are meant for the host's own log. */
const SYSTEM_LOG_PREFIX = "LanguageWorkerConsoleLog";

/** How long output may follow an exit; a grandchild that inherited the pipes would keep them open for ever. */
const OUTPUT_AFTER_EXIT = 500;

/** A line of output that is longer comes in pieces of this length. */
const MAX_LINE_CHARS = 64 * 1024;

export type ProcessExit = {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  /** Why the process could not be started at all, as the rest of a sentence: "there is no command python (…)". */
  readonly failure?: string;
};

export type OutputLine = { readonly stream: "stdout" | "stderr"; readonly text: string; readonly isSystemLog: boolean };

export type WorkerProcess = {
  /** undefined when it could not be started. */
  readonly pid: number | undefined;
  readonly argv: readonly string[];
  /** Resolves after the process has ended and its output has been read. */
  readonly exited: Promise<ProcessExit>;
  /** Ends it at once; without effect when it has ended. */
  kill(): void;
};

export type WorkerLaunch = {
  readonly config: WorkerConfig;
  /** The arguments after the worker path. */
  readonly tail: string;
  readonly cwd: string;
  /** The complete environment of the process. */
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/** Starts one process of a worker, in the app's folder, as the host does. */
export function startWorkerProcess(options: WorkerLaunch & { onOutput(line: OutputLine): void }): WorkerProcess {
  const { config } = options;
  const { executableArguments, workerPath } = config;
  const args = splitCommandLine(formatCommandLine({ executableArguments, workerPath, tail: options.tail }));
  const child = spawn(config.executable, args, {
    cwd: options.cwd,
    env: { ...options.environment },
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  onLines(child.stdout, (text) => options.onOutput(parseOutput("stdout", text)));
  onLines(child.stderr, (text) => options.onOutput(parseOutput("stderr", text)));
  return {
    pid: child.pid,
    argv: [config.executable, ...args],
    exited: waitForExit(child, config),
    kill: () => {
      child.kill("SIGKILL");
    },
  };
}

/** What the host adds to the environment that a worker inherits. */
export function workerEnvironment(
  inherited: Readonly<Record<string, string | undefined>>,
  context: { readonly config: WorkerConfig; readonly appDirectory: string; readonly hostName: string },
): Record<string, string | undefined> {
  const { config } = context;
  return {
    FUNCTIONS_WORKER_RUNTIME: config.language,
    AZURE_FUNCTIONS_ENVIRONMENT: "Development",
    WEBSITE_HOSTNAME: context.hostName,
    ...inherited,
    FUNCTIONS_WORKER_DIRECTORY: config.workerDirectory,
    FUNCTIONS_APPLICATION_DIRECTORY: context.appDirectory,
    // Core Tools sets it, and the Python worker looks for the app's modules there.
    AzureWebJobsScriptRoot: context.appDirectory,
    ...(config.runtimeVersion === undefined ? {} : { FUNCTIONS_WORKER_RUNTIME_VERSION: config.runtimeVersion }),
  };
}

function parseOutput(stream: "stdout" | "stderr", text: string): OutputLine {
  const isSystemLog = stream === "stdout" && text.startsWith(SYSTEM_LOG_PREFIX);
  return { stream, text: isSystemLog ? text.slice(SYSTEM_LOG_PREFIX.length) : text, isSystemLog };
}

/** Calls back for each line of a stream, and for pieces of one that is longer than anybody reads. */
function onLines(source: NodeJS.ReadableStream, onLine: (text: string) => void): void {
  const decoder = new StringDecoder("utf8");
  const take = splitLines(MAX_LINE_CHARS, onLine);
  source.on("data", (chunk: Buffer) => take(decoder.write(chunk)));
  source.once("close", () => {
    take(decoder.end());
    take.end();
  });
}

function waitForExit(child: ChildProcess, config: WorkerConfig): Promise<ProcessExit> {
  const { promise, resolve } = createDeferred<ProcessExit>();
  let lastWait: NodeJS.Timeout | undefined;
  // A running process has errors too (a kill that failed); those are no end.
  child.on("error", (error) => {
    if (child.pid === undefined) {
      resolve({ code: undefined, signal: undefined, failure: describeStartFailure(error, config) });
    }
  });
  child.once("exit", () => {
    lastWait = setTimeout(() => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, OUTPUT_AFTER_EXIT);
  });
  child.once("close", (code, signal) => {
    clearTimeout(lastWait);
    resolve({ code: code ?? undefined, signal: signal ?? undefined });
  });
  return promise;
}

function describeStartFailure(error: NodeJS.ErrnoException, { executable, executableSource }: WorkerConfig): string {
  const isPath = executable.includes("/") || executable.includes("\\");
  const noun = isPath ? "file" : "command";
  switch (error.code) {
    case "ENOENT":
      return `there is no ${noun} ${executable} (${executableSource})`;
    case "EACCES":
      return `the ${noun} ${executable} must not be executed (${executableSource})`;
    default:
      return `${error.message} (${executableSource})`;
  }
}
