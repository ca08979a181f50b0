import { ownValue } from "@inspector/contract/own-value";
import { ERROR_WINDOW, ERRORS_PER_PROCESS, formatSpan } from "@inspector/session/limits";
import type { ProblemSession } from "../problem-session.ts";
import { describeExit, lastWords, type ProcessExit, type WorkerProcess } from "../processes.ts";
import type { Finding, Rule } from "../rule.ts";
import type { WorkerStream } from "../worker-stream.ts";

/** A worker that wants to be started anew exits with it. */
const INTENTIONAL_RESTART = 200;
const STOP_SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"];

/** What is known of exit codes beyond their being errors. */
const MEANING: Readonly<Record<string, string>> = {
  134: "128 + 6: the process aborted itself",
  137: "128 + 9: killed, often for lack of memory",
  139: "128 + 11: a segmentation fault",
  143: "128 + 15: asked to terminate",
  SIGKILL: "killed, by the host, by hand or for lack of memory",
  SIGABRT: "the process aborted itself",
  SIGSEGV: "a segmentation fault",
};

type Ended = { readonly process: WorkerProcess; readonly exit: ProcessExit; readonly stream: WorkerStream | undefined };

/** Exits that the host counts as worker errors. */
export function isErrorExit({ code, signal }: ProcessExit): boolean {
  return signal !== undefined || (code !== 0 && code !== INTENTIONAL_RESTART);
}

/** Whether somebody made the process stop who may do so, and nothing was left undone. */
export function isStopped(session: ProblemSession, { exit, stream }: Ended): boolean {
  if (stream === undefined) {
    return false;
  }
  const terminatedAt = session.terminatedAt(stream.id);
  if (terminatedAt !== undefined && terminatedAt <= exit.at && (exit.code === 0 || exit.signal !== undefined)) {
    return true;
  }
  const isAsked = exit.signal !== undefined && STOP_SIGNALS.includes(exit.signal);
  return (
    isAsked && session.steps(stream.id, "init")[0]?.answeredSeq !== undefined && session.unanswered(stream).length === 0
  );
}

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

function findingOf(ended: Ended, description: { title: string; consequence: string; advice: string }): Finding {
  const { process, exit, stream } = ended;
  return {
    subject: `worker ${process.workerId}`,
    at: exit.at,
    stream: stream?.id,
    describe: () => ({
      ...description,
      quote: lastWords(process),
      evidence: [{ label: "process exited", event: exit.event }],
    }),
  };
}

export const processExit: Rule = {
  id: "process-exit",
  severity: "error",
  review: (session) =>
    endedProcesses(session)
      .filter(({ exit }) => isErrorExit(exit))
      .map((ended) => {
        const { exit, process, stream } = ended;
        const meaning = ownValue(MEANING, exit.signal ?? String(exit.code));
        const isOrderly = isStopped(session, ended);
        return {
          ...findingOf(ended, {
            title: `The worker's process ended with ${describeExit(exit)}${meaning === undefined ? "" : ` (${meaning})`}`,
            consequence: isOrderly
              ? "Nothing was in flight. The host ends workers like this when it needs them no more; otherwise it counts an error and starts another one."
              : "The host fails what was in flight, counts a worker error and starts another process.",
            advice:
              lastWords(process) === undefined
                ? "It wrote nothing. Run the worker by hand with the same arguments, or look for the system's own word on it (out of memory, a missing library)."
                : `Read what it wrote last${stream === undefined ? "; it had not opened a stream yet" : ""}.`,
          }),
          severity: isOrderly ? ("info" as const) : ("error" as const),
        };
      }),
};

/** Exit code 0 although nobody asked for it: the host starts nothing in its place. */
export const quietExit: Rule = {
  id: "quiet-exit",
  severity: "error",
  review: (session) =>
    endedProcesses(session)
      .filter(({ exit, stream }) => {
        if (exit.code !== 0 || exit.signal !== undefined) {
          return false;
        }
        if (stream === undefined) {
          return true;
        }
        const isEndedByHost = stream.end?.by === "host" && stream.end.how === "end";
        return session.terminatedAt(stream.id) === undefined && !isEndedByHost && !session.endedWithRelay(stream);
      })
      .map((ended) =>
        findingOf(ended, {
          title: "The worker exited with code 0 although nobody had asked it to stop",
          consequence:
            "The host takes exit code 0 for a wish and starts no other worker: its functions are gone until the host restarts.",
          advice: "Look for process.exit() or its like in the app, and for a main function that returns.",
        }),
      ),
};

/** How near the host is to stopping for too many worker errors. */
export const restartCount: Rule = {
  id: "restart-count",
  severity: "warning",
  review: (session) => {
    const errors = endedProcesses(session)
      .filter((ended) => isErrorExit(ended.exit) && !isStopped(session, ended))
      .sort((a, b) => a.exit.at - b.exit.at);
    const latest = errors.at(-1)?.exit.at ?? 0;
    const recent = errors.filter(({ exit }) => latest - exit.at < ERROR_WINDOW);
    if (recent.length < 2) {
      return [];
    }
    const processes = Math.max(1, parallelProcesses(session));
    const limit = ERRORS_PER_PROCESS * processes;
    return [
      {
        subject: "",
        at: latest,
        severity: recent.length >= limit ? "error" : "warning",
        count: recent.length,
        describe: () => ({
          title: `${recent.length} worker errors within ${formatSpan(ERROR_WINDOW)}; the host stops at ${limit}`,
          consequence:
            recent.length >= limit
              ? "The host gives up: it logs that it exceeded the restart retry count, and shuts down."
              : "The host starts another process each time, a little later each time, until it gives up and shuts down.",
          advice: "Look at the first of these exits; the later ones mostly repeat it.",
          evidence: recent.slice(0, 10).map(({ exit }) => ({ label: describeExit(exit), event: exit.event })),
        }),
      },
    ];
  },
};

/** The largest number of processes that were alive at the same time. */
function parallelProcesses({ processes }: ProblemSession): number {
  const times = [...processes.values()].flatMap(({ spawnedAt, exit }) =>
    spawnedAt === undefined ? [] : [[spawnedAt, 1] as const, ...(exit === undefined ? [] : [[exit.at, -1] as const])],
  );
  let alive = 0;
  let most = 0;
  for (const [, change] of times.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    alive += change;
    most = Math.max(most, alive);
  }
  return most;
}
