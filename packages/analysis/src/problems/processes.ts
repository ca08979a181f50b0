import type { Nanos } from "@inspector/contract/page";
import type { SessionFact } from "./events.ts";

/** A worker's process, from what its launcher recorded. */
export type WorkerProcess = {
  readonly workerId: string;
  pid: number | undefined;
  argv: readonly string[];
  spawnedAt: Nanos | undefined;
  spawnedEvent: number | undefined;
  exit: ProcessExit | undefined;
  /** The last lines it wrote, at most {@link MAX_LINES} of each. */
  readonly stderr: string[];
  readonly stdout: string[];
};

export type ProcessExit = {
  readonly at: Nanos;
  readonly event: number;
  readonly code: number | undefined;
  readonly signal: string | undefined;
};

const MAX_LINES = 30;
const MAX_LINE_CHARS = 2000;

/** Takes one more event into the processes known so far. */
export function noteProcessEvent(processes: Map<string, WorkerProcess>, { id, at, type, detail }: SessionFact): void {
  const workerId = detail["workerId"];
  if (typeof workerId !== "string") {
    return;
  }
  const process = processes.get(workerId) ?? newProcess(workerId);
  switch (type) {
    case "process-spawned":
      process.spawnedAt = at;
      process.spawnedEvent = id;
      process.pid = numberIn(detail["pid"]);
      process.argv = Array.isArray(detail["argv"]) ? detail["argv"].map(String) : [];
      break;
    case "process-output":
      // What a worker says to the host on its way is no last word.
      if (detail["stream"] !== "stderr" && detail["isSystemLog"] === true) {
        break;
      }
      noteLine(detail["stream"] === "stderr" ? process.stderr : process.stdout, String(detail["text"] ?? ""));
      break;
    case "process-exited": {
      const signal = detail["signal"];
      process.exit = {
        at,
        event: id,
        code: numberIn(detail["code"]),
        signal: typeof signal === "string" ? signal : undefined,
      };
      break;
    }
    default:
      return;
  }
  processes.set(workerId, process);
}

/** The end of its stderr as one quote, or of stdout where stderr is silent; undefined where it wrote nothing. */
export function lastWords({ stderr, stdout }: WorkerProcess): string | undefined {
  const lines = (stderr.length > 0 ? stderr : stdout.slice(-5)).filter((line) => line.trim() !== "");
  return lines.length === 0 ? undefined : lines.join("\n");
}

/** "exit code 1", "SIGKILL". */
export function describeExit({ code, signal }: ProcessExit): string {
  return signal ?? (code === undefined ? "no exit code" : `exit code ${code}`);
}

function newProcess(workerId: string): WorkerProcess {
  return {
    workerId,
    pid: undefined,
    argv: [],
    spawnedAt: undefined,
    spawnedEvent: undefined,
    exit: undefined,
    stderr: [],
    stdout: [],
  };
}

function noteLine(lines: string[], text: string): void {
  lines.push(text.slice(0, MAX_LINE_CHARS));
  if (lines.length > MAX_LINES) {
    lines.shift();
  }
}

function numberIn(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
