/** What a worker said about its end: in its output, in its logs, in its answers. */

import type { Nanos, Seq } from "@inspector/contract/page";
import { KIND } from "@inspector/proto";
import { numberOf, textOf } from "@inspector/session/database";
import { SECOND } from "@inspector/session/limits";
import { type Cause, findCause } from "./cause/causes.ts";
import { type ErrorExcerpt, errorNameOf, findError, lastLines } from "./cause/error-lines.ts";
import { findLoadFailure, type LoadFailure } from "./cause/load-failure.ts";
import { firstUserFrame } from "./cause/user-frame.ts";
import { signalOf } from "./exits.ts";
import type { ProblemSession } from "./problem-session.ts";
import type { OutputLine, WorkerProcess } from "./processes.ts";
import { cutLine } from "./words.ts";
import type { WorkerStream } from "./worker-stream.ts";

/** Times between which something said counts. */
export type Window = { readonly since: Nanos; readonly until?: Nanos };

export type LastWords = {
  /** The line that names the cause first, where one does. */
  readonly text: string;
  readonly error: ErrorExcerpt | undefined;
};

const TAIL_LINES = 10;
/** Of an end that nothing else dates. */
const NEAR_END: Nanos = 10 * SECOND;

/**
 * What a process wrote in a stretch of time: from the line that says most about an error, on stderr before stdout; without
 * such a line the end of what it wrote. undefined where it wrote nothing then that says anything.
 */
export function lastWordsIn(process: WorkerProcess, window: Window): LastWords | undefined {
  const stderr = linesIn(process.stderr, window);
  const stdout = linesIn(process.stdout, window);
  const system = linesIn(process.system, window);
  const errors = [findError(stderr), findError(stdout), findError(system)].filter((error) => error !== undefined);
  const strongest = errors.toSorted((a, b) => strengthOf(a) - strengthOf(b))[0];
  if (strongest !== undefined) {
    return { text: strongest.lines.join("\n"), error: strongest };
  }
  const onStderr = lastLines(stderr, TAIL_LINES);
  const tail = onStderr.length > 0 ? onStderr : lastLines(stdout, TAIL_LINES / 2);
  return tail.length === 0 ? undefined : { text: tail.join("\n"), error: undefined };
}

/**
 * What a process wrote near its end, or so far, for rules that look at no step: of one that has ended not what it wrote long before,
 * such as a warning at its start.
 */
export function lastWords(process: WorkerProcess): string | undefined {
  const { exit } = process;
  return lastWordsIn(process, exit === undefined ? { since: 0 } : nearEnd(exit.at))?.text;
}

/** Stderr wins unless stdout has the runtime's own last word, as the JVM's of a crash. */
function strengthOf({ rank }: ErrorExcerpt): number {
  return rank === 0 ? 0 : 1;
}

function linesIn(lines: readonly OutputLine[], { since, until = Number.POSITIVE_INFINITY }: Window): string[] {
  return lines.filter(({ at }) => at >= since && at <= until).map(({ text }) => text);
}

/** The end of a stretch of life that nothing in flight dates. */
export function nearEnd(at: Nanos): Window {
  return { since: Math.max(0, at - NEAR_END) };
}

/** The newest log of some invocations: what they did last. */
export function lastLogOf(
  session: ProblemSession,
  invocations: readonly Seq[],
): { text: string; seq: Seq } | undefined {
  const [row] = session.all(
    `SELECT seq, text FROM message WHERE invocation IN (SELECT value FROM json_each(?)) AND kind = ${KIND.rpcLog}
     ORDER BY seq DESC LIMIT 1`,
    JSON.stringify(invocations),
  );
  return row === undefined ? undefined : logOf(session, numberOf(row["seq"]), textOf(row["text"]) ?? "");
}

/** Messages behind a request among which its worker's errors are looked for. */
const LOG_REACH = 5000;

/**
 * The gravest of what a worker logged behind a message, from warnings on, outside of invocations too; the newest of equals.
 * @param until the message that it led to; absent where nothing is known to have come of it
 */
export function lastErrorLog(
  session: ProblemSession,
  stream: WorkerStream,
  after: Seq,
  until: Seq = Number.MAX_SAFE_INTEGER,
): { text: string; seq: Seq } | undefined {
  const [row] = session.all(
    `SELECT seq, text FROM message WHERE seq > ? AND seq <= ? AND stream = ? AND kind = ${KIND.rpcLog} AND level IN (3, 4, 5)
     ORDER BY level DESC, seq DESC LIMIT 1`,
    after,
    Math.min(after + LOG_REACH, until),
    stream.id,
  );
  return row === undefined ? undefined : logOf(session, numberOf(row["seq"]), textOf(row["text"]) ?? "");
}

type LoadFailureSaid = { readonly text: string; readonly failure: LoadFailure };

/** The same of what a worker wrote. */
export function loadFailureIn(words: LastWords | undefined): LoadFailureSaid | undefined {
  const failure = words && findLoadFailure(words.text);
  return failure && { text: words.text, failure };
}

/** The newest log behind a message and before another in which a worker says which file it could not load. */
export function lastLoadFailure(
  session: ProblemSession,
  stream: WorkerStream,
  after: Seq,
  until: Seq,
): LoadFailureSaid | undefined {
  const rows = session.all(
    `SELECT seq, text FROM message WHERE seq > ? AND seq <= ? AND stream = ? AND kind = ${KIND.rpcLog} AND level IN (3, 4, 5)
     AND text LIKE '%load entry point "%' ORDER BY seq DESC LIMIT 1`,
    after,
    Math.min(after + LOG_REACH, until),
    stream.id,
  );
  const text = rows.map((row) => logOf(session, numberOf(row["seq"]), textOf(row["text"]) ?? "").text)[0];
  const failure = text === undefined ? undefined : findLoadFailure(text);
  return text === undefined || failure === undefined ? undefined : { text, failure };
}

function logOf(session: ProblemSession, seq: Seq, line: string): { text: string; seq: Seq } {
  const content = session.content(seq);
  return { seq, text: content?.case === "rpcLog" && content.value.message !== "" ? content.value.message : line };
}

/** What a sentence may say of a cause, and what to try; `clause` begins with its punctuation. */
export type Told = { readonly clause: string; readonly advice: string | undefined; readonly cause: Cause | undefined };

/**
 * The cause as far as last words name one.
 * @param process undefined where its output is not known
 */
export function tellCause(
  words: LastWords | undefined,
  process: WorkerProcess | undefined,
  isUnconnected = false,
): Told {
  const cause = findCause({ text: words?.text ?? "", variables: process?.variables ?? {}, isUnconnected });
  if (cause !== undefined) {
    return { clause: `: ${cause.says}`, advice: cause.advice, cause };
  }
  const error = words?.error;
  const name = error && errorNameOf(error.line);
  if (error?.isUncaught === true && !isSignalled(error, process)) {
    return { clause: `: ${describeUncaught(error, name)}`, advice: undefined, cause };
  }
  if (name !== undefined) {
    return { clause: `, after it had written ${withArticle(name)}`, advice: undefined, cause };
  }
  const isSilent = process !== undefined && words === undefined;
  return { clause: isSilent ? "; it wrote nothing about it" : "", advice: undefined, cause };
}

/** Whether a signal ended the process that no uncaught exception brings about: what it wrote is older then. */
function isSignalled({ rank }: ErrorExcerpt, process: WorkerProcess | undefined): boolean {
  const signal = process?.exit === undefined ? undefined : signalOf(process.exit);
  return rank > 0 && signal !== undefined && signal !== "SIGABRT";
}

/** "a TypeError", "an IOError"; "an error" where the type says no more. */
function withArticle(name: string): string {
  const said = name === "Error" ? "error" : name;
  return `${/^[AEIOaeio]/u.test(said) ? "an" : "a"} ${said}`;
}

function describeUncaught({ rank }: ErrorExcerpt, name: string | undefined): string {
  if (name === "panic") {
    return "a panic";
  }
  return name === undefined && rank === 0 ? "a fatal error of its runtime" : `an uncaught ${name ?? "exception"}`;
}

/**
 * What was said before something that it may have led to; begins with its punctuation, "" where no line stands out.
 * @param log what the worker logged, for where it wrote nothing
 */
export function describeWords(words: LastWords | undefined, log: string | undefined): string {
  if (words !== undefined) {
    const { error } = words;
    const place = error && firstUserFrame(words.text);
    return error === undefined
      ? ""
      : `; it had written "${cutLine(error.line)}"${place === undefined ? "" : ` (${place})`}`;
  }
  const line = log?.split("\n")[0] ?? "";
  return line === "" ? "" : `; it had logged "${cutLine(line)}"`;
}
