/** Processes of workers, as the system knows them. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { isRunningProcess, type ProcessIdentity, processIdentity } from "@inspector/relay/process-identity";
import { parseWorkerArguments } from "./worker-arguments.ts";

/** Ends it at once, if it is still that process. */
export function kill(process_: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isRunningProcess(process_)) {
    return;
  }
  try {
    process.kill(process_.pid, signal);
  } catch {
    // It has just ended.
  }
}

/**
 * Processes that were given this worker id: of a worker whose shim was killed before it could say which process it had started.
 * @param except are not meant
 */
export function findByWorkerId(workerId: string, except: readonly number[]): number[] {
  return commandLines().flatMap(({ pid, args }) =>
    parseWorkerArguments(args)?.workerId === workerId && pid !== process.pid && !except.includes(pid) ? [pid] : [],
  );
}

/** Processes in whose environment this text stands, where each variable stands between two "\0". Only Linux tells. */
export function findByEnvironment(text: string): ProcessIdentity[] {
  try {
    return readdirSync("/proc").flatMap((name) =>
      /^\d+$/u.test(name) && Number(name) !== process.pid && `\0${read(`/proc/${name}/environ`)}`.includes(text)
        ? [processIdentity(Number(name))]
        : [],
    );
  } catch {
    return [];
  }
}

function commandLines(): { readonly pid: number; readonly args: readonly string[] }[] {
  if (process.platform === "win32") {
    return [];
  }
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/u.test(name))
      .map((name) => ({ pid: Number(name), args: read(`/proc/${name}/cmdline`).split("\0") }));
  } catch {
    const listed = execFileSync("ps", ["-axo", "pid=,command="], { encoding: "utf8", timeout: 2_000 });
    return listed.split("\n").map((line) => ({ pid: Number.parseInt(line, 10), args: line.trim().split(" ") }));
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
