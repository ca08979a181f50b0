/**
 * Which lines of a process's output say why it ended.
 *
 * Runtimes print their last words in shapes of their own: Node and .NET put the cause first and the stack behind it, Python
 * the other way round, V8 writes pages of statistics around one line that says FATAL ERROR, and the JVM warns of old options
 * at every start.
 */

/** A part of some output: the line that names the cause, then what stands with it. */
export type ErrorExcerpt = {
  readonly line: string;
  readonly lines: readonly string[];
  /** 0 for a runtime that gives up, then weaker and weaker marks of an error. */
  readonly rank: number;
  /** The runtime says that nobody caught it. */
  readonly isUncaught: boolean;
};

const MAX_EXCERPT_LINES = 30;
/** Lines of one exception's message. */
const MAX_MESSAGE_LINES = 20;

/** Written at every start by runtimes that are well, or behind every error alike. */
const NOISE = [
  /^(?:OpenJDK|Java HotSpot\(TM\)|Eclipse OpenJ9)?.*\bVM warning:/u,
  /^Picked up (?:JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS):/u,
  /^WARNING: (?:An illegal reflective|Illegal reflective|Please consider reporting|Use --illegal-access|All illegal access|A restricted method|A terminally deprecated|sun\.misc\.Unsafe|Use --enable-native|Restricted methods)/u,
  /^SLF4J: /u,
  /^\(node:\d+\) (?:\[\w+\] )?\w*Warning:/u,
  /^\(Use `node --trace/u,
  /^Debugger (?:listening|attached)|^For help, see: https:\/\/nodejs\.org|^Waiting for the debugger/u,
  /^Node\.js v\d/u,
  /^Error: (?:A fatal exception has occurred\. Program will exit|A JNI error has occurred)/u,
  /^\s*$/u,
];

/** What a runtime says when it gives up, the strongest first. */
const GIVING_UP = [
  /^FATAL ERROR:/u,
  /^# A fatal error has been detected/u,
  /^Fatal Python error:/u,
  /^(?:fatal error|panic|runtime): /u,
  /^Unhandled exception/iu,
  /^Worker uncaught exception/u,
  /^Exception in thread /u,
  /^(?:Process terminated|Stack overflow)/u,
  /^Unrecognized (?:VM )?option/u,
  /^(?:Invalid|Too small) (?:initial|maximum|minimum) heap size|^Initial heap size set to a larger value/u,
];

/** "TypeError: x", "Error [ERR_X]: y", "java.lang.IllegalStateException: z", "[UnhandledPromiseRejection: …". */
const NAMED_ERROR =
  /^(?:Uncaught |\[|Caused by: |Error: )?(?:[\p{L}_$][\p{L}\p{N}_$]*\.)*[\p{L}\p{N}_$]*(?:Error|Exception|Rejection|Fault)\b(?: \[\w+\])?(?::|$|\s)/u;
const LEVEL_WORD = /\b(?:FATAL|SEVERE|CRITICAL|EMERG)\b/u;
const ERROR_WORD = /\b(?:ERROR|Error|error|Exception|not found|No such file|cannot|Cannot|failed|Failed)\b/u;

/** The newest of the strongest errors in some lines, oldest first; undefined where none looks like one. */
export function findError(lines: readonly string[]): ErrorExcerpt | undefined {
  const ranked = lines.map((_, index) => rankOf(lines, index));
  const best = Math.min(...ranked);
  if (!Number.isFinite(best)) {
    return undefined;
  }
  return excerptAt(lines, ranked.lastIndexOf(best), best);
}

/** The last lines that say something, as they stood; [] where all is noise. */
export function lastLines(lines: readonly string[], count: number): string[] {
  return lines.filter((line) => !isNoise(line)).slice(-count);
}

function isNoise(line: string): boolean {
  return NOISE.some((pattern) => pattern.test(line));
}

/** 0 for the strongest mark, Infinity for none. */
function rankOf(lines: readonly string[], index: number): number {
  const line = lines[index] ?? "";
  if (isNoise(line)) {
    return Number.POSITIVE_INFINITY;
  }
  const givingUp = GIVING_UP.findIndex((pattern) => pattern.test(line));
  if (givingUp >= 0) {
    return 0;
  }
  if (LEVEL_WORD.test(line)) {
    return 1;
  }
  if (/^\s/u.test(line)) {
    return Number.POSITIVE_INFINITY;
  }
  if (isCaughtCause(line)) {
    return Number.POSITIVE_INFINITY;
  }
  if (isBelowArrow(lines, index) || isAboveStack(lines, index) || isBelowTraceback(lines, index)) {
    return 2;
  }
  if (NAMED_ERROR.test(line)) {
    return 2;
  }
  return ERROR_WORD.test(line) && !/^Traceback/u.test(line) ? 3 : Number.POSITIVE_INFINITY;
}

/** Java's "Caused by" belongs to the exception above it. */
function isCaughtCause(line: string): boolean {
  return /^(?:Caused by: |Suppressed: |\.\.\. \d+ more)/u.test(line);
}

/** Node points at the place of an uncaught error, a blank line above what was thrown. */
function isBelowArrow(lines: readonly string[], index: number): boolean {
  let above = index - 1;
  while (above >= 0 && lines[above]?.trim() === "") {
    above -= 1;
  }
  return above >= 0 && /^\s*\^[\^~]*\s*$/u.test(lines[above] ?? "");
}

/** A line right below a stack goes on with it: "for call at", "Emitted 'error' event on Server instance at:". */
function isAboveStack(lines: readonly string[], index: number): boolean {
  return isFrame(lines[index + 1]) && !isFrame(lines[index - 1]) && !isOfLongMessage(lines, index);
}

function isFrame(line: string | undefined): boolean {
  return /^\s+at \S/u.test(line ?? "");
}

/** Whether a line goes on with a message that began above: "Error: Cannot find module 'x'", "Require stack:", "- /app/a.js". */
function isOfLongMessage(lines: readonly string[], index: number): boolean {
  for (let above = index - 1; above >= Math.max(0, index - MAX_MESSAGE_LINES); above -= 1) {
    const line = lines[above] ?? "";
    if (line.trim() === "" || isFrame(line)) {
      return false;
    }
    if (NAMED_ERROR.test(line)) {
      return true;
    }
  }
  return false;
}

/** Python writes the exception at the margin, below its frames. */
function isBelowTraceback(lines: readonly string[], index: number): boolean {
  return tracebackAbove(lines, index) !== undefined;
}

/** Where the traceback begins that ends right above a line. */
function tracebackAbove(lines: readonly string[], index: number): number | undefined {
  let above = index - 1;
  while (above >= 0 && /^\s+\S/u.test(lines[above] ?? "")) {
    above -= 1;
  }
  return above >= 0 && above < index - 1 && /^Traceback \(most recent call last\)/u.test(lines[above] ?? "")
    ? above
    : undefined;
}

/** The line first, then what belongs to it: frames above it as Python and Node's parser write them, and all below. */
function excerptAt(lines: readonly string[], index: number, rank: number): ErrorExcerpt {
  const line = lines[index] ?? "";
  const traceback = tracebackAbove(lines, index);
  const from = traceback ?? syntaxPlace(lines, index);
  const above = from === undefined ? [] : lines.slice(from, index).slice(-MAX_EXCERPT_LINES / 2);
  const below = lines.slice(index + 1).filter((one) => !isNoise(one));
  const isLast = traceback !== undefined && below.length === 0;
  return {
    line,
    lines: [line, ...above.filter((one) => one.trim() !== ""), ...below].slice(0, MAX_EXCERPT_LINES),
    rank,
    isUncaught: rank === 0 || isLast || isBelowArrow(lines, index),
  };
}

/** "TypeError" of "TypeError: x is not a function"; undefined for a line that names no type. */
export function errorNameOf(line: string): string | undefined {
  if (/^panic: /u.test(line)) {
    return "panic";
  }
  const said = line.replace(/^(?:Exception in thread "[^"]*"|Unhandled exception\.?) /iu, "");
  return TYPE_AT_FRONT.exec(said)?.[1] ?? TYPE_ANYWHERE.exec(said)?.[1];
}

/** Any capitalised name before a colon, as classes of the app's own are. */
const TYPE_AT_FRONT = /^(?:Uncaught )?((?:[\p{L}_$][\p{L}\p{N}_$]*\.)*\p{Lu}[\p{L}\p{N}_$]*)(?: \[\w+\])?:/u;
const TYPE_ANYWHERE = /(?:^|[\s[(])((?:[\p{L}_$][\p{L}\p{N}_$]*\.)*[\p{L}\p{N}_$]*(?:Error|Exception|Rejection))\b/u;

/** Where Node and Python name the file that they could not parse: no stack does. */
function syntaxPlace(lines: readonly string[], index: number): number | undefined {
  if (!/^(?:Syntax|Indentation|Tab)Error/u.test(lines[index] ?? "") || !isBelowArrow(lines, index)) {
    return undefined;
  }
  for (let above = index - 1; above >= Math.max(0, index - 8); above -= 1) {
    if (/:\d+$|^\s*File ".*", line \d+$/u.test(lines[above] ?? "")) {
      return above;
    }
  }
  return undefined;
}
