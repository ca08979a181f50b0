/** The command that `run` runs: input, output, terminal and exit code are its own. */
import { type ChildProcess, spawn } from "node:child_process";
import type { ChangedConfig } from "./dotnet-hook.ts";
import { type Ending, passSignalsOn } from "./ending.ts";
import { startKeeper } from "./keeper.ts";
import type { Variables } from "./settings.ts";
import { windowsCommand } from "./windows-command.ts";

/** What the command gets to end by itself where `run` was killed, in seconds. */
const SECONDS_TO_END = 1;
/** As shells answer for a program that is not there, and for one that cannot be run. */
const NOT_FOUND = 127;
const NOT_RUNNABLE = 126;

export type CommandEnd = Ending & {
  /** Why it was not even started. */
  readonly failure?: string;
  /** It did not end by itself: it was killed, or this process was told to end. */
  readonly isStopped: boolean;
};

/**
 * What is told to this process from its beginning on. Before there is a command a signal gives up on the start; then the command
 * is told.
 */
export class CommandSignals {
  #child: ChildProcess | undefined;
  #early: NodeJS.Signals | undefined;
  #wasTold = false;
  readonly #controller = new AbortController();

  constructor() {
    passSignalsOn(
      () => {
        this.#wasTold = true;
        return this.#child;
      },
      (signal) => {
        this.#early ??= signal;
        this.#controller.abort(new Error(`stopped by ${signal} before the command was started`));
      },
    );
  }

  /** Aborted by a signal that comes before the command. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The signal that came before the command was started. */
  get early(): NodeJS.Signals | undefined {
    return this.#early;
  }

  /** Whether any signal came. */
  get wasTold(): boolean {
    return this.#wasTold;
  }

  belongTo(child: ChildProcess): void {
    this.#child = child;
  }
}

export type CommandOptions = {
  readonly command: readonly string[];
  readonly environment: Variables;
  readonly signals: CommandSignals;
  /** What is to happen where this process is killed: the command is ended, this folder removed, these files are put back. */
  readonly folder: string;
  readonly changed: readonly ChangedConfig[];
};

/** Runs the command until it ends. It stays in this process's group, so a terminal tells it of Ctrl-C by itself. */
export async function runCommand({
  command: [file = "", ...args],
  environment,
  signals,
  folder,
  changed,
}: CommandOptions): Promise<CommandEnd> {
  const started = windowsCommand(file, args, environment);
  const keeper = startKeeper({ seconds: SECONDS_TO_END, folder, changed });
  const child = spawn(started.file, started.args, {
    stdio: "inherit",
    env: { ...environment },
    ...started.options,
  });
  if (child.pid === undefined) {
    keeper.release();
    return await new Promise((resolve) => {
      child.once("error", (error: NodeJS.ErrnoException) => {
        const isMissing = error.code === "ENOENT";
        const failure = isMissing ? `there is no program ${JSON.stringify(file)}` : error.message;
        resolve({ code: isMissing ? NOT_FOUND : NOT_RUNNABLE, signal: null, failure, isStopped: false });
      });
    });
  }
  signals.belongTo(child);
  keeper.watch(child.pid);
  child.on("error", () => {});
  return await new Promise((resolve) => {
    child.once("exit", (code, signal) => {
      keeper.release();
      resolve({ code, signal, isStopped: signal !== null || signals.wasTold });
    });
  });
}
