/** How processes of workers ended, and on whose word. */

import type { Nanos } from "@inspector/contract/page";
import { SECOND } from "@inspector/session/limits";
import type { SessionFact } from "./events.ts";
import type { ProblemSession } from "./problem-session.ts";
import type { ProcessExit, WorkerProcess } from "./processes.ts";
import type { WorkerStream } from "./worker-stream.ts";

export type Ended = {
  readonly process: WorkerProcess;
  readonly exit: ProcessExit;
  readonly stream: WorkerStream | undefined;
};

/** A worker that wants to be started anew exits with it. */
const INTENTIONAL_RESTART = 200;
const STOP_SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"];
/** 128 + the signal's number: of processes that handle the signal, and of shells around one that does not. */
const SIGNAL_CODES: Readonly<Record<number, string>> = {
  129: "SIGHUP",
  130: "SIGINT",
  131: "SIGQUIT",
  134: "SIGABRT",
  135: "SIGBUS",
  137: "SIGKILL",
  139: "SIGSEGV",
  143: "SIGTERM",
};

/** The signal that ended a process, also where only its exit code says so. */
export function signalOf({ code, signal }: Pick<ProcessExit, "code" | "signal">): string | undefined {
  return signal ?? (code === undefined ? undefined : SIGNAL_CODES[code]);
}

/** Exits that the host counts as worker errors, unless it asked for them. */
export function isErrorExit({ code, signal }: ProcessExit): boolean {
  return signal !== undefined || (code !== 0 && code !== INTENTIONAL_RESTART);
}

/** Processes that ended, with the newest stream of each. */
export function endedProcesses(session: ProblemSession): Ended[] {
  return [...session.processes.values()].flatMap((process) =>
    process.exit === undefined
      ? []
      : [
          {
            process,
            exit: process.exit,
            stream: session.streams.findLast(({ workerId }) => workerId === process.workerId),
          },
        ],
  );
}

/** When the host asked a worker to end: by message, or because it stopped. */
export function askedToEndAt(session: ProblemSession, { exit, stream }: Ended): Nanos | undefined {
  const at = stream === undefined ? undefined : session.terminatedAt(stream.id);
  if (at !== undefined && at <= exit.at) {
    return at;
  }
  return exit.endedByHost === "stop" ? exit.at : undefined;
}

/**
 * Whether somebody made the process stop who may do so, and nothing was left undone: the host with its WorkerTerminate, or
 * anybody with a signal while the worker was idle. The code alone does not say which: 143 is both.
 */
export function isStopped(session: ProblemSession, ended: Ended): boolean {
  const { exit, stream } = ended;
  const signal = signalOf(exit);
  const isSignal = signal !== undefined && STOP_SIGNALS.includes(signal);
  if (askedToEndAt(session, ended) !== undefined) {
    return exit.code === 0 || isSignal;
  }
  if (!isSignal || exit.endedByHost !== undefined) {
    return false;
  }
  const isStarted = stream !== undefined && session.steps(stream.id, "init")[0]?.answeredSeq !== undefined;
  return (isStarted || endedWithRecording(session, exit)) && (stream === undefined || !isBusy(session, stream));
}

/** Whoever stops a run stops its host and its workers, also those that are only starting. */
function endedWithRecording(session: ProblemSession, { at }: ProcessExit): boolean {
  return session.events.of("relay-ended").some((ended) => ended.at >= at && ended.at - at < WITH_RECORDING);
}

const WITH_RECORDING: Nanos = 10 * SECOND;

/** Whether a signal ended it that comes from outside, not from a fault of the process itself. */
export function isFromOutside(exit: ProcessExit): boolean {
  return STOP_SIGNALS.includes(signalOf(exit) ?? "");
}

/** Whether something was under way in a stream: an invocation without its answer, or a message half sent. */
export function isBusy(session: ProblemSession, stream: WorkerStream): boolean {
  return session.unanswered(stream).length > 0 || session.cutMessage(stream) !== undefined;
}

/** What the host waited for in vain before it ended a process; undefined where it did not, or is not known to have. */
export function timeOutBefore(session: ProblemSession, { workerId, exit }: WorkerProcess): SessionFact | undefined {
  const { at, endedByHost } = exit ?? {};
  if (
    at === undefined ||
    (endedByHost === undefined && signalOf(exit ?? { code: 0, signal: undefined }) !== "SIGKILL")
  ) {
    return undefined;
  }
  return session.events
    .of("host-timed-out")
    .findLast(
      (event) => event.detail["workerId"] === workerId && event.at <= at && ENDING.has(String(event.detail["step"])),
    );
}

/** Steps whose time-out makes the host end the process. */
const ENDING = new Set(["start-stream", "init", "metadata", "invocation"]);
