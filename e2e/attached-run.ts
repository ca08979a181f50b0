/** `inspector run -- COMMAND` as a process of its own, in a session without a terminal, as build servers start it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onWholeLines } from "@inspector/testkit/whole-lines";
import { build } from "esbuild";
import { COMMAND } from "./inspector-process.ts";

const NODE_WORKER = fileURLToPath(new URL("../packages/worker", import.meta.url));

/** How long the command below may take to say that it is ready. */
const READY_TIMEOUT_MS = 60_000;

export type AttachedRun = {
  readonly process: ChildProcess;
  /** What the run is recorded into. */
  readonly session: string;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves with the first line of standard output that is JSON with `ready`: the stand-in host's. */
  readonly ready: Promise<Ready>;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
};

export type Ready = { readonly http: string; readonly session: string; readonly listen: string };

export type RunOptions = {
  /** Takes the place of the user's state folder. */
  readonly state: string;
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Options of `inspector run` itself. */
  readonly options?: readonly string[];
};

/** A host of ours as a command line: it knows nothing of a run above it. */
export function hostCommand(app: string, ...more: readonly string[]): string[] {
  const quiet = ["--http", "0", "--listen", "0", "--no-open", "--no-watch", "--json"];
  return [process.execPath, COMMAND, "host", app, ...quiet, ...more];
}

export function startRun(command: readonly string[], options: RunOptions): AttachedRun {
  const session = join(options.state, `run-${Date.now()}.inspector`);
  const own = [COMMAND, "run", "--headless", "--session", session, ...(options.options ?? [])];
  return { session, ...start([process.execPath, ...own, "--", ...command], options) };
}

/** A Node worker in a folder like that of the Functions project, with blanks and letters beyond ASCII in its path. */
export function officialNodeWorker(parent: string): string {
  const folder = join(parent, "workers with ü", "node");
  mkdirSync(join(folder, "dist"), { recursive: true });
  cpSync(join(NODE_WORKER, "dist"), join(folder, "dist", "src"), { recursive: true });
  renameSync(join(folder, "dist", "src", "worker.js"), join(folder, "dist", "src", "nodejsWorker.js"));
  const description = {
    language: "node",
    extensions: [".js"],
    defaultExecutablePath: "node",
    defaultWorkerPath: "dist/src/nodejsWorker.js",
    workerIndexing: "true",
  };
  const config = { description, processOptions: { processCount: 1 } };
  writeFileSync(join(folder, "worker.config.json"), JSON.stringify(config));
  return folder;
}

/** Bundles `attach-host.ts`: a host that is ready sooner than `inspector host`. @returns its command, but for the worker */
export async function bundleHost(folder: string, app: string): Promise<(worker: string, answers?: string) => string[]> {
  const program = join(folder, "host.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("attach-host.ts", import.meta.url))],
    outfile: program,
    bundle: true,
    format: "esm",
    platform: "node",
    // grpc-js requires built-in modules at run time.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "warning",
  });
  return (worker, answers = join(folder, "answers")) => [process.execPath, program, app, worker, answers];
}

/** The same command without us. */
export function startDirectly(command: readonly string[], options: RunOptions): Omit<AttachedRun, "session"> {
  return start(command, options);
}

function start(command: readonly string[], { state, cwd, environment }: RunOptions): Omit<AttachedRun, "session"> {
  const [file = "", ...args] = command;
  const child = spawn(file, args, {
    stdio: ["ignore", "pipe", "pipe"],
    // A session of its own has no terminal, and its group can be killed as a whole.
    detached: true,
    env: { ...process.env, ...environment, XDG_STATE_HOME: state },
    ...(cwd !== undefined && { cwd }),
  });
  let stdout = "";
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const exited = once(child, "exit").then(() => ({ code: child.exitCode, signal: child.signalCode }));
  const ready = new Promise<Ready>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready: ${stdout}${stderr}`)), READY_TIMEOUT_MS);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    onWholeLines(child.stdout, (line) => {
      if (line.startsWith('{"ready":true')) {
        clearTimeout(timer);
        resolve(JSON.parse(line));
      }
    });
    void exited.then(({ code, signal }) => {
      clearTimeout(timer);
      reject(new Error(`it ended (${signal ?? code}) before it was ready: ${stdout}${stderr}`));
    });
  });
  ready.catch(() => {});
  return { process: child, stdout: () => stdout, stderr: () => stderr, ready, exited };
}
