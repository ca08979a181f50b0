import { ownValue } from "@inspector/contract/own-value";
import type { ProcessInfo, StepRow } from "@inspector/contract/page";
import type { RowStatus, Tone } from "../../shell/format/message.ts";

const SIGNALS: Readonly<Record<string, string>> = {
  SIGHUP: "its terminal was closed",
  SIGINT: "interrupted from its terminal",
  SIGILL: "it ran an instruction that this processor does not know",
  SIGABRT: "it gave itself up: a failed assertion, or an error that the runtime does not survive",
  SIGBUS: "it touched memory that is not there",
  SIGFPE: "a calculation that has no result",
  SIGKILL:
    "killed from outside, with no chance to say why: often for using too much memory, or by a host that gave up waiting",
  SIGSEGV: "it touched memory that is not its own: usually a native module",
  SIGPIPE: "it wrote to a pipe that nobody reads",
  SIGTERM: "asked to end from outside",
};

/** Numbers of signals where they are the same on Linux and macOS; shells exit with 128 more. */
const SIGNAL_NUMBERS: Readonly<Record<number, string>> = {
  1: "SIGHUP",
  2: "SIGINT",
  4: "SIGILL",
  6: "SIGABRT",
  8: "SIGFPE",
  9: "SIGKILL",
  11: "SIGSEGV",
  13: "SIGPIPE",
  15: "SIGTERM",
};

const CODES: Readonly<Record<number, string>> = {
  0: "it ended without an error: the host takes that as wanted and starts no other",
  1: "it failed: for most runtimes an error that nobody caught",
  2: "it was used wrongly: often arguments it does not know",
  126: "the file to run is no program, or may not be run",
  127: "the program to run was not found",
  200: "it asked the host for a restart",
};

/** NTSTATUS values, which Windows hands on as exit codes. */
const WINDOWS_CODES: Readonly<Record<number, string>> = {
  3221225477: "it touched memory that is not its own (access violation)",
  3221225786: "interrupted from its console",
  3221225781: "a library it needs was not found",
  3221226505: "it gave itself up, or its stack was overwritten",
  3762504530: "a .NET exception that nobody caught",
};

export type ExitMeaning = RowStatus & { readonly meaning: string };

/**
 * How a process ended and what that means, or usually means; undefined while it runs, or where its end was not seen.
 * @param steps what the host asked of the worker: behind its terminate an end is an answer
 */
export function explainExit(process: ProcessInfo, steps: readonly Asked[] = []): ExitMeaning | undefined {
  const usual = explainCode(process);
  return usual && { ...usual, ...askedMeaning(process, steps) };
}

type Asked = Pick<StepRow, "step" | "startedAt">;

/** What is known of an end on the host's word, in place of what its code usually means. */
function askedMeaning(process: ProcessInfo, steps: readonly Asked[]): Partial<ExitMeaning> {
  const { exitCode, signal, endedByHost, failure, exitedAt = 0 } = process;
  if (failure !== undefined) {
    return { tone: "bad", label: "not started", meaning: failure };
  }
  if (endedByHost === "function-timeout") {
    return { tone: "bad", meaning: "the host ended it: a function ran longer than functionTimeout" };
  }
  if (endedByHost === "failed") {
    return { tone: "bad", meaning: "the host ended it: it did not start as it should" };
  }
  const isAsked = steps.some(({ step, startedAt }) => step === "terminate" && (startedAt ?? 0) <= exitedAt);
  if (!isAsked && endedByHost !== "stop") {
    return {};
  }
  const by = signal ?? SIGNAL_NUMBERS[(exitCode ?? 0) - 128];
  if (by === "SIGKILL") {
    return { tone: "mute", meaning: isAsked ? "killed behind the host's terminate" : "the host stopped, and ended it" };
  }
  const isOrderly = exitCode === 0 || by === "SIGTERM" || by === "SIGINT" || by === "SIGHUP";
  return isOrderly
    ? { tone: "mute", meaning: "the host had asked it to end" }
    : { tone: "bad", meaning: "it failed after the host had asked it to end" };
}

function explainCode({ exitCode, signal, exitedAt }: ProcessInfo): ExitMeaning | undefined {
  if (signal !== undefined) {
    return { tone: toneOfSignal(signal), label: signal, meaning: meaningOfSignal(signal) };
  }
  if (exitCode === undefined) {
    const meaning = "how it ended was not recorded";
    return exitedAt === undefined ? undefined : { tone: "warn", label: "exited", meaning };
  }
  // Negative where the system's number was read as signed.
  const code = exitCode < 0 ? exitCode >>> 0 : exitCode;
  const byShell = SIGNAL_NUMBERS[code - 128];
  if (byShell !== undefined) {
    return {
      tone: toneOfSignal(byShell),
      label: `exit code ${code}`,
      meaning: `${byShell}: ${meaningOfSignal(byShell)}`,
    };
  }
  const windows = WINDOWS_CODES[code];
  const label = `exit code ${windows === undefined ? exitCode : `0x${code.toString(16).toUpperCase()}`}`;
  const meaning = windows ?? CODES[code] ?? "this code is the worker's own";
  return { tone: toneOfCode(code), label, meaning };
}

function toneOfCode(code: number): Tone {
  if (code === 0) {
    return "mute";
  }
  return code === 200 ? "info" : "bad";
}

function toneOfSignal(signal: string): Tone {
  return signal === "SIGTERM" || signal === "SIGINT" || signal === "SIGHUP" ? "warn" : "bad";
}

function meaningOfSignal(signal: string): string {
  return ownValue(SIGNALS, signal) ?? "ended by a signal";
}
