/** What the processes of an inspector use, as Linux tells it, looked at twice a second. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { InspectorProcess } from "../inspector-process.ts";

const LOOK_MS = 500;

export type Peaks = {
  relayBytes: number;
  hubBytes: number;
  relayDescriptors: number;
  hubDescriptors: number;
  journalBytes: number;
  sessionBytes: number;
};

export class Resources {
  readonly peaks: Peaks = {
    relayBytes: 0,
    hubBytes: 0,
    relayDescriptors: 0,
    hubDescriptors: 0,
    journalBytes: 0,
    sessionBytes: 0,
  };
  /** Every hub that ever ran. */
  readonly hubs = new Set<number>();
  readonly #inspector: InspectorProcess;
  readonly #state: string;
  readonly #timer: NodeJS.Timeout;

  /** @param state the folder that the command keeps everything in */
  constructor(inspector: InspectorProcess, state: string) {
    this.#inspector = inspector;
    this.#state = state;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  get relayDescriptors(): number {
    return descriptorsOf(this.#relay);
  }

  get #relay(): number {
    return this.#inspector.process.pid ?? 0;
  }

  end(): void {
    clearInterval(this.#timer);
    this.#look();
  }

  #look(): void {
    const hub = this.#inspector.hubPid();
    this.#note("relayBytes", residentBytes(this.#relay));
    this.#note("relayDescriptors", descriptorsOf(this.#relay));
    this.#note("journalBytes", folderBytes(join(this.#state, "inspector", "journals")));
    this.#note("sessionBytes", folderBytes(join(this.#state, "inspector", "sessions")));
    if (hub === undefined) {
      return;
    }
    this.hubs.add(hub);
    this.#note("hubBytes", residentBytes(hub));
    this.#note("hubDescriptors", descriptorsOf(hub));
  }

  #note(name: keyof Peaks, value: number): void {
    this.peaks[name] = Math.max(this.peaks[name], value);
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function residentBytes(pid: number): number {
  return orZero(() => {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB/mu.exec(status)?.[1] ?? 0) * 1024;
  });
}

function descriptorsOf(pid: number): number {
  return orZero(() => readdirSync(`/proc/${pid}/fd`).length);
}

/** Files come and go meanwhile. */
function folderBytes(folder: string): number {
  return filesBelow(folder).reduce((sum, file) => sum + orZero(() => statSync(file).blocks * 512), 0);
}

export function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ parentPath, name }) => join(parentPath, name));
  } catch {
    return [];
  }
}

function orZero(look: () => number): number {
  try {
    return look();
  } catch {
    return 0;
  }
}
