/** How many file descriptors this process may use, and how many of them connections may take. */
import { readFileSync } from "node:fs";

/** Left for the journal, the line to the hub, forks, and everything else that is no connection. */
const RESERVED = 64;
/** A connection has a socket on each side, and a stand-in host in this process has one more. */
const PER_CONNECTION = 3;
/** Platforms whose limit cannot be asked for allow at least this many. */
const ASSUMED_LIMIT = 4096;

/** The soft limit of open files, which Node raises to the hard one when it starts. */
export function descriptorLimit(): number {
  try {
    const [, soft] = /^Max open files\s+(\d+)/mu.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return soft === undefined ? ASSUMED_LIMIT : Number(soft);
  } catch {
    return ASSUMED_LIMIT;
  }
}

/** Connections that fit into the limit, all kinds of connection of this process together. */
export function maxConnections(limit = descriptorLimit()): number {
  return Math.max(1, Math.floor((limit - RESERVED) / PER_CONNECTION));
}

/** Whether a call failed because this process, or the machine, has no descriptor left. */
export function isOutOfDescriptors(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "EMFILE" || error.code === "ENFILE");
}

/** Counts the connections of a process, so that they never use up the descriptors that the rest of it needs. */
export class ConnectionBudget {
  readonly limit: number;
  #used = 0;

  constructor(limit = maxConnections()) {
    this.limit = limit;
  }

  /** @returns false where the connection has to be refused. */
  take(): boolean {
    if (this.#used >= this.limit) {
      return false;
    }
    this.#used += 1;
    return true;
  }

  giveBack(): void {
    this.#used -= 1;
  }
}
