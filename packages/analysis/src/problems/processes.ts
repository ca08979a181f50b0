import type { Nanos } from "@inspector/contract/page";
import { isRecord, type SessionFact } from "./events.ts";

/** One line that a process wrote. */
export type OutputLine = {
  readonly at: Nanos;
  readonly text: string;
  /** "system": stdout that the worker marked as meant for the host's log. */
  readonly from: "stderr" | "stdout" | "system";
};

/** A worker's process, from what its launcher recorded. */
export type WorkerProcess = {
  readonly workerId: string;
  pid: number | undefined;
  argv: readonly string[];
  spawnedAt: Nanos | undefined;
  spawnedEvent: number | undefined;
  exit: ProcessExit | undefined;
  /** What is known of its environment: few variables by few launchers. */
  variables: Readonly<Record<string, string>>;
  /** What its app's folder lacks: "node_modules". */
  missing: readonly string[];
  /** Processes of its app that run side by side, where that is known. */
  processCount: number | undefined;
  /** How long its host lets an invocation run; undefined where that is not known, or for ever. */
  invocationLimit: Nanos | undefined;
  /** The last lines it wrote, oldest first, at most {@link MAX_LINES} of each kind. */
  readonly stderr: OutputLine[];
  readonly stdout: OutputLine[];
  readonly system: OutputLine[];
};

export type ProcessExit = {
  readonly at: Nanos;
  readonly event: number;
  readonly code: number | undefined;
  readonly signal: string | undefined;
  /** What a host that is known to have ended it did so for: "failed", "function-timeout", "stop". */
  readonly endedByHost: string | undefined;
  /** Why it could not be started at all: "there is no command python (…)". */
  readonly failure: string | undefined;
};

/** A runtime that gives up writes some fifty lines of native stack behind the one that says why. */
const MAX_LINES = 120;
const MAX_LINE_CHARS = 2000;

/** Python's worker puts the host's mark on stderr too, where no host looks for it. */
const SYSTEM_MARK = /^LanguageWorkerConsoleLog(?:\[\w+\])?\s*/u;

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
      process.variables = textsIn(detail["variables"]);
      process.missing = Array.isArray(detail["missing"]) ? detail["missing"].map(String) : [];
      process.processCount = numberIn(detail["processCount"]);
      process.invocationLimit = invocationLimitIn(detail["limits"]);
      break;
    case "process-output": {
      const text = String(detail["text"] ?? "").replace(SYSTEM_MARK, "");
      const from = detail["stream"] === "stderr" ? "stderr" : detail["isSystemLog"] === true ? "system" : "stdout";
      noteLine(process[from], { at, text: text.slice(0, MAX_LINE_CHARS), from });
      break;
    }
    case "process-exited":
      process.exit = {
        at,
        event: id,
        code: numberIn(detail["code"]),
        signal: textIn(detail["signal"]),
        endedByHost: textIn(detail["endedByHost"]),
        failure: textIn(detail["failure"]),
      };
      break;
    default:
      return;
  }
  processes.set(workerId, process);
}

/** "exit code 1", "SIGKILL". */
export function describeExit({ code, signal }: Pick<ProcessExit, "code" | "signal">): string {
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
    variables: {},
    missing: [],
    processCount: undefined,
    invocationLimit: undefined,
    stderr: [],
    stdout: [],
    system: [],
  };
}

function noteLine(lines: OutputLine[], line: OutputLine): void {
  lines.push(line);
  if (lines.length > MAX_LINES) {
    lines.shift();
  }
}

/** From milliseconds; null is for ever. */
function invocationLimitIn(limits: unknown): Nanos | undefined {
  const limit = isRecord(limits) ? numberIn(limits["invocation"]) : undefined;
  return limit === undefined ? undefined : limit * 1e6;
}

function textsIn(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) {
    return {};
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, text]) => (typeof text === "string" ? [[name, text]] : [])),
  );
}

function textIn(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function numberIn(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
