/** The built command as a process of its own, for tests of what users run. */
import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onWholeLines } from "@inspector/testkit/whole-lines";

/** The built command, which {@link process.execPath} runs. */
export const COMMAND = createRequire(import.meta.url).resolve("inspector/bin/inspector.js");

/** Of the environment of a sample app whose timer does not fire: it would add a row to every list each ten seconds. */
export const WITHOUT_TIMER = { AzureWebJobs_cleanup_Disabled: "true" } as const;

/** How long the command may take to be ready, on a machine that does other things too. */
const READY_TIMEOUT_MS = 60_000;

type Ready = { readonly listen: string; readonly ui: string; readonly session: string; readonly http?: string };

export type TemporaryFolder = { readonly path: string; readonly remove: () => void };

/** A folder for one test: sessions, state, whatever the command keeps. */
export function temporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), "inspector-e2e-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }) };
}

export type InspectorProcess = {
  /** Where workers connect to, "127.0.0.1:PORT". */
  readonly listen: string;
  /** The page's address with its token. */
  readonly ui: string;
  readonly session: string;
  /** Where functions with http triggers are served, of commands that have a host of their own. */
  readonly http?: string;
  readonly process: ChildProcess;
  /** What the command said on stderr so far. */
  readonly stderr: () => string;
  /** The hub that runs now; undefined while there is none. */
  readonly hubPid: () => number | undefined;
  /**
   * Sends the hub that runs now a signal, and returns its pid.
   * @throws where none runs: what signals process 0 signals its own group
   */
  readonly signalHub: (signal: NodeJS.Signals) => number;
  /** As Ctrl-C does: resolves with the exit code when everything that was forwarded is in the session. */
  readonly stop: () => Promise<number | null>;
};

/**
 * Starts the command, which must be built, and waits until it is ready.
 * @param args as on the command line; `--json` is added
 * @param state a folder that takes the place of the user's state folder
 * @param more of the environment
 * @param descriptors that a process of it may have open; the system's limit where it is absent
 */
export async function startInspector(
  args: readonly string[],
  state: string,
  more: Readonly<Record<string, string>> = {},
  descriptors?: number,
): Promise<InspectorProcess> {
  const command = [process.execPath, COMMAND, ...args, "--json"];
  const limited =
    descriptors === undefined ? command : ["sh", "-c", `ulimit -n ${descriptors}; exec "$@"`, "sh", ...command];
  return await startCommand(limited, state, { env: more });
}

/**
 * As {@link startInspector}, with the whole command line: of a command that is installed somewhere, or by another Node.
 * @param options of the process, beside its streams and the state folder
 */
export async function startCommand(
  [file = "", ...args]: readonly string[],
  state: string,
  options: Pick<SpawnOptions, "cwd" | "env" | "uid" | "gid">,
): Promise<InspectorProcess> {
  const child = spawn(file, args, {
    ...options,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...options.env, XDG_STATE_HOME: state },
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const exited = once(child, "exit");
  const ready = await readyLine(child, () => said).catch((error: unknown) => {
    child.kill("SIGKILL");
    throw error;
  });
  return {
    ...ready,
    process: child,
    stderr: () => said,
    hubPid: () => childOf(child.pid ?? 0),
    signalHub(signal) {
      const pid = childOf(child.pid ?? 0);
      if (pid === undefined) {
        throw new Error("no hub runs");
      }
      process.kill(pid, signal);
      if (signal === "SIGSTOP") {
        untilStopped(pid);
      }
      return pid;
    },
    async stop() {
      child.kill("SIGINT");
      await exited;
      return child.exitCode;
    },
  };
}

/** A thread that computes runs on for a moment. */
function untilStopped(pid: number): void {
  if (process.platform !== "linux") {
    return;
  }
  const threads = `/proc/${pid}/task`;
  const isStopped = (thread: string): boolean => / T \d/u.test(readFileSync(`${threads}/${thread}/stat`, "latin1"));
  while (!readdirSync(threads).every(isStopped)) {
    // Stopping takes microseconds, and what waits for it is not asynchronous.
  }
}

function childOf(pid: number): number | undefined {
  try {
    const children =
      process.platform === "linux"
        ? readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
        : execFileSync("pgrep", ["-P", `${pid}`], { encoding: "utf8" });
    const [child = ""] = children.split(/\s/u);
    return child === "" ? undefined : Number(child);
  } catch {
    return undefined;
  }
}

async function readyLine(child: ChildProcess, said: () => string): Promise<Ready> {
  const { stdout } = child;
  if (stdout === null) {
    throw new Error("the command has no output to read");
  }
  const line = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`inspector did not get ready: ${said()}`)), READY_TIMEOUT_MS);
    onWholeLines(stdout, (text) => {
      clearTimeout(timer);
      resolve(text);
    });
    stdout.once("close", () => {
      clearTimeout(timer);
      reject(new Error(`inspector did not start: ${said()}`));
    });
  });
  return JSON.parse(line);
}

/** A line of `inspector export --format ndjson`. */
export type Exported = {
  readonly seq: number;
  /** Nanoseconds since the session began. */
  readonly at: number;
  readonly stream: number;
  readonly worker: string;
  readonly from: "host" | "worker";
  readonly kind: string;
  readonly size: number;
  readonly requestId: string;
  readonly invocationId: string;
  readonly functionName: string;
  readonly status: "Success" | "Failure" | "Cancelled" | null;
  /** Of an answer, nanoseconds from its request. */
  readonly durationNs: number | null;
  /** What the inspector did to it: "held", "dropped", "replaced", "injected", "swallowed". */
  readonly interventions: readonly string[];
  /** Of an invocation that the inspector sent. */
  readonly isReplay: boolean;
  readonly heldNs: number | null;
  /** Base64 of the message as it crossed: compressed where it was. */
  readonly bytes: string;
  /** proto3 JSON, null where there is none. */
  readonly message: unknown;
};

/** Everything a session holds, through `inspector export`. */
export async function exportSession(session: string, state: string): Promise<Exported[]> {
  const messages: Exported[] = [];
  for await (const message of readExport(session, state)) {
    messages.push(message);
  }
  return messages;
}

/** As {@link exportSession}, one message at a time: a long session does not fit into memory. */
export async function* readExport(session: string, state: string): AsyncGenerator<Exported> {
  const args = [COMMAND, "export", session, "--format", "ndjson", "--no-redact"];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, XDG_STATE_HOME: state },
  });
  const exited = once(child, "exit");
  // Not node:readline: a line of a large message comes in thousands of chunks, which it joins one by one.
  let parts: Buffer[] = [];
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      parts.push(chunk.subarray(start, end));
      yield JSON.parse(Buffer.concat(parts).toString("utf8"));
      parts = [];
      start = end + 1;
    }
    parts.push(chunk.subarray(start));
  }
  await exited;
  if (child.exitCode !== 0) {
    throw new Error(`inspector export ended with ${child.exitCode}`);
  }
}
