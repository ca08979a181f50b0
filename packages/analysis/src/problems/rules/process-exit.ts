import { ownValue } from "@inspector/contract/own-value";
import { ERROR_WINDOW, ERRORS_PER_PROCESS, formatSpan } from "@inspector/session/limits";
import { optional } from "@inspector/session/sql-values";
import { askedToEndAt, type Ended, endedProcesses, isErrorExit, isStopped, signalOf, timeOutBefore } from "../exits.ts";
import type { ProblemSession } from "../problem-session.ts";
import { describeExit, type ProcessExit } from "../processes.ts";
import { lastWordsIn } from "../quotes.ts";
import type { Description, Finding, Rule, Severity } from "../rule.ts";
import { sceneOf } from "../worker-scene.ts";

/** What is known of exit codes beyond their being errors. */
const MEANING: Readonly<Record<string, string>> = {
  126: "the file to run is no program",
  127: "the program to run was not found",
  134: "128 + 6: the process aborted itself",
  137: "128 + 9: killed, by the host, by hand or for lack of memory",
  139: "128 + 11: a segmentation fault",
  143: "128 + 15: asked to terminate",
  SIGKILL: "killed, by the host, by hand or for lack of memory",
  SIGABRT: "the process aborted itself",
  SIGSEGV: "a segmentation fault",
};

type Told = Omit<Description, "quote" | "evidence">;

/** @param quoteOf what the process wrote; absent where somebody else ended it, so that it had nothing to say about it */
function findingOf(
  { process, exit, stream }: Ended,
  description: Told,
  quoteOf: () => string | undefined = () => undefined,
): Finding {
  return {
    subject: `worker ${process.workerId}`,
    at: exit.at,
    stream: stream?.id,
    describe: () => ({
      ...description,
      ...optional("quote", quoteOf()),
      evidence: [{ label: "process exited", event: exit.event }],
    }),
  };
}

/** What it wrote since what it was at when it ended had begun: an invocation, or its start; of an idle one near its end. */
function wordsOf(session: ProblemSession, { process, stream }: Ended): string | undefined {
  const window = stream === undefined ? { since: 0 } : sceneOf({ session, stream, process }).window;
  return lastWordsIn(process, window)?.text;
}

/** An exit with an error: whose it is depends on who asked for it and what was in flight, which the code does not say. */
export const processExit: Rule = {
  id: "process-exit",
  severity: "error",
  review: (session) =>
    endedProcesses(session)
      .filter(({ exit }) => isErrorExit(exit))
      .map((ended) => {
        const { severity, quoteOf, ...description } = judge(session, ended);
        return { ...findingOf(ended, description, quoteOf), severity };
      }),
};

/** `quoteOf`: what it wrote near its end, where nobody else ended it, as far as is known. */
type Judged = Told & { readonly severity: Severity; readonly quoteOf?: () => string | undefined };

function judge(session: ProblemSession, ended: Ended): Judged {
  const { exit, process, stream } = ended;
  const quoteOf = () => wordsOf(session, ended);
  const meaning = ownValue(MEANING, exit.signal ?? String(exit.code));
  const how = `${describeExit(exit)}${meaning === undefined ? "" : ` (${meaning})`}`;
  if (exit.failure !== undefined) {
    return {
      severity: "error",
      quoteOf,
      title: `The worker could not be started: ${exit.failure}`,
      consequence: "The host counts a worker error and tries again, until it gives up.",
      advice: "Install the command, or name the right one.",
    };
  }
  if (isStopped(session, ended)) {
    return {
      severity: "info",
      title: `The worker's process ended with ${how}`,
      consequence: askedToEndAt(session, ended) === undefined ? afterSignal(exit) : "The host had asked it to end.",
      advice: "Nothing is wrong unless nobody meant to stop it.",
    };
  }
  if (askedToEndAt(session, ended) !== undefined) {
    return {
      severity: "warning",
      quoteOf,
      title: `The worker failed while it stopped: ${how}`,
      consequence:
        "The host had asked it to end and does not count the error, but what was to be done at the end may not be.",
      advice: "Look at what runs at the end: hooks for appTerminate, handlers of SIGTERM, connections that are closed.",
    };
  }
  const timeOut = timeOutBefore(session, process);
  if (timeOut !== undefined || exit.endedByHost !== undefined) {
    return {
      severity: "error",
      title: `The host ended the worker's process (${describeExit(exit)})`,
      consequence: "It fails what was in flight and starts another process.",
      advice: "Look at what the host waited for: the exit code says nothing of the worker.",
    };
  }
  const words = quoteOf();
  return {
    severity: "error",
    quoteOf: () => words,
    title: `The worker's process ended with ${how}`,
    consequence: "The host fails what was in flight, counts a worker error and starts another process.",
    advice:
      words === undefined
        ? "It wrote nothing near its end. Run the worker by hand with the same arguments, or look for the system's own word on it (out of memory, a missing library)."
        : `Read what it wrote last${stream === undefined ? "; it had not opened a stream yet" : ""}.`,
  };
}

/** @param exit of an idle worker that a signal ended */
function afterSignal(exit: ProcessExit): string {
  return signalOf(exit) === "SIGTERM"
    ? "Nothing was in flight: it was asked to end, and did. Hosts since 4.1053 start another one and count no error; older ones count one unless they asked for it."
    : "Nothing was in flight. The host ends workers like this when it needs them no more; otherwise it counts an error and starts another one.";
}

/** Exit code 0 although nobody asked for it: the host starts nothing in its place. */
export const quietExit: Rule = {
  id: "quiet-exit",
  severity: "error",
  review: (session) =>
    endedProcesses(session)
      .filter((ended) => {
        const { exit, stream } = ended;
        if (exit.code !== 0 || exit.signal !== undefined || askedToEndAt(session, ended) !== undefined) {
          return false;
        }
        const isEndedByHost = stream?.end?.by === "host" && stream.end.how === "end";
        return stream === undefined || (!isEndedByHost && !session.endedWithRelay(stream));
      })
      .map((ended) =>
        findingOf(
          ended,
          {
            title: "The worker exited with code 0 although nobody had asked it to stop",
            consequence:
              "The host takes exit code 0 for a wish and starts no other worker: its functions are gone until the host restarts.",
            advice: "Look for process.exit() or its like in the app, and for a main function that returns.",
          },
          () => wordsOf(session, ended),
        ),
      ),
};

/** Exits that count against a host's patience: not those it asked for, and not a function that ran for too long. */
function isCounted(session: ProblemSession, ended: Ended): boolean {
  const { exit, process } = ended;
  const isSlowFunction =
    exit.endedByHost === "function-timeout" || timeOutBefore(session, process)?.detail["step"] === "invocation";
  return (
    isErrorExit(exit) && !isSlowFunction && !isStopped(session, ended) && askedToEndAt(session, ended) === undefined
  );
}

const GIVES_UP = "The host gives up: it logs that it exceeded the restart retry count, and shuts down.";
const STARTS_ANEW =
  "The host starts another process each time, a little later each time, until it gives up and shuts down.";
const WENT_ON = "Hosts give up at that number and shut down; this one started another worker all the same.";

function isWorkerStartedAfter({ processes, streams }: ProblemSession, at: number): boolean {
  return (
    [...processes.values()].some(({ spawnedAt }) => (spawnedAt ?? 0) > at) ||
    streams.some(({ openedAt }) => openedAt > at)
  );
}

/** How near the host is to stopping for too many worker errors. */
export const restartCount: Rule = {
  id: "restart-count",
  severity: "warning",
  review: (session) => {
    const errors = endedProcesses(session)
      .filter((ended) => isCounted(session, ended))
      .sort((a, b) => a.exit.at - b.exit.at);
    const latest = errors.at(-1)?.exit.at ?? 0;
    const recent = errors.filter(({ exit }) => latest - exit.at < ERROR_WINDOW);
    if (recent.length < 2) {
      return [];
    }
    const limit = ERRORS_PER_PROCESS * processCountOf(session);
    const hasGoneOn = isWorkerStartedAfter(session, latest);
    return [
      {
        subject: "",
        at: latest,
        severity: recent.length >= limit && !hasGoneOn ? "error" : "warning",
        count: recent.length,
        describe: () => ({
          title: `${recent.length} worker errors within ${formatSpan(ERROR_WINDOW)}; the host stops at ${limit}`,
          consequence: hasGoneOn && recent.length >= limit ? WENT_ON : recent.length >= limit ? GIVES_UP : STARTS_ANEW,
          advice: "Look at the first of these exits; the later ones mostly repeat it.",
          evidence: recent.slice(-10).map(({ exit }) => ({ label: describeExit(exit), event: exit.event })),
        }),
      },
    ];
  },
};

/** As many as its launcher said, or as were seen alive at the same time. */
function processCountOf(session: ProblemSession): number {
  const said = [...session.processes.values()].map(({ processCount }) => processCount ?? 0);
  return Math.max(1, parallelProcesses(session), ...said.slice(-100));
}

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
