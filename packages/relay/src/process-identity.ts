/** Names a process for longer than it lives: a number alone is used again. */
import { readdirSync, readFileSync } from "node:fs";
import { uptime } from "node:os";

/** A process by its number and, where the system tells, when it started: numbers are used again. */
export type ProcessIdentity = {
  readonly pid: number;
  /** In milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** When it was started in the system's own count, where that can be asked for. */
  readonly ticks: string | undefined;
};

/** The identity of this process. */
export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, startedAt: Math.floor(performance.timeOrigin), ticks: ticksOf(process.pid) };
}

/** Of a process that runs now. */
export function processIdentity(pid: number): ProcessIdentity {
  return { pid, startedAt: Date.now(), ticks: ticksOf(pid) };
}

/** Whether that very process runs. Where the system does not tell, one with its number is taken for it. */
export function isRunningProcess({ pid, startedAt, ticks }: ProcessIdentity): boolean {
  if (ticks !== undefined) {
    return ticksOf(pid) === ticks;
  }
  const bootedAt = Date.now() - uptime() * 1000;
  return startedAt >= bootedAt && hasProcess(pid);
}

/** Whether a process has that number now, whoever owns it. Numbers are used again: {@link isRunningProcess} knows one for longer. */
export function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * Whether any thread of a process computes, or would if it got a processor, rather than being stopped or waiting. Linux
 * tells; else false.
 */
export function isBusyProcess(pid: number): boolean {
  return threadsOf(pid).some((thread) => statOf(`${pid}/task/${thread}`)?.[0] === "R");
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** Field 22 of Linux's /proc/PID/stat. */
function ticksOf(pid: number): string | undefined {
  const [state, ...rest] = statOf(pid) ?? [];
  return state === "Z" ? undefined : rest[18];
}

/** Fields of /proc/…/stat from the state on: the name before it may have spaces and parentheses. */
function statOf(process: number | string): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/** @returns undefined where the value, from a file, is none */
export function parseProcessIdentity(value: unknown): ProcessIdentity | undefined {
  if (typeof value !== "object" || value === null || !("pid" in value) || typeof value.pid !== "number") {
    return undefined;
  }
  const { pid } = value;
  const startedAt = "startedAt" in value ? Number(value.startedAt) : 0;
  return { pid, startedAt, ticks: "ticks" in value && typeof value.ticks === "string" ? value.ticks : undefined };
}
