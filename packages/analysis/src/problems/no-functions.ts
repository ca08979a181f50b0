/** A worker that started well and has no functions: nothing on the stream says why. */

import type { Seq } from "@inspector/contract/page";
import type { WorkerStep } from "@inspector/session/invocation/worker-step";
import { SECOND } from "@inspector/session/limits";
import { findCause } from "./cause/causes.ts";
import type { LoadFailure } from "./cause/load-failure.ts";
import { isRecord, type SessionFact, textIn } from "./events.ts";
import type { ProblemSession } from "./problem-session.ts";
import { describeWords, lastErrorLog, lastLoadFailure, lastWordsIn, loadFailureIn } from "./quotes.ts";
import type { Case, VerdictWords } from "./verdict-words.ts";
import { cutLine, evidenceOf, nameOfWorker } from "./words.ts";

/** How long after the list of functions the first load may come. */
const LOAD_DELAY = 5 * SECOND;

/** A host that loads nothing behind a worker's list of functions. */
export function noFunctions(one: Case): VerdictWords | undefined {
  return noneListed(one) ?? noFolders(one);
}

/** A worker that lists no functions itself, in an app without a function.json: only the host can say so. */
function noFolders({ session, stream }: Case): VerdictWords | undefined {
  const init = session.steps(stream.id, "init").at(-1);
  const said = session.events
    .of("host-indexed")
    .find(({ at, detail }) => at >= (init?.answeredAt ?? Number.POSITIVE_INFINITY) && detail["count"] === 0);
  if (said === undefined || session.steps(stream.id, "index").length > 0 || hasLoads(session, init?.id ?? 0)) {
    return undefined;
  }
  const rejected = leftOut(said);
  const why =
    rejected === undefined ? "there is no function.json" : "the host accepted none of those with a function.json";
  return {
    kind: rejected === undefined ? "no-folders" : "none-accepted",
    step: "index",
    sentence: `The host has no functions: the ${nameOfWorker({ ...stream, workerId: undefined })} lists none itself, and ${why}.`,
    quote: rejected,
    advice: adviceOf(stream.runtime, rejected !== undefined),
    evidence: [{ label: "functions known", event: said.id }],
  };
}

function noneListed(one: Case): VerdictWords | undefined {
  const { session, stream } = one;
  const list = session.steps(stream.id, "index").at(-1);
  if (list?.answeredSeq === undefined || list.answeredAt === undefined || list.status !== 1) {
    return undefined;
  }
  const isUsed = session.all("SELECT 1 FROM invocation WHERE stream = ? LIMIT 1", stream.id).length > 0;
  if (
    isUsed ||
    hasLoads(session, list.startedSeq ?? list.id) ||
    !isOver(one, list) ||
    session.hasGap(list.answeredAt, session.now)
  ) {
    return undefined;
  }
  const content = session.content(list.answeredSeq);
  if (content?.case !== "functionMetadataResponse") {
    return undefined;
  }
  const { functionMetadataResults: listed, useDefaultMetadataIndexing: isByFolders } = content.value;
  const names = listed.map(({ name }) => name);
  const { answeredAt } = list;
  const indexed = session.events.of("host-indexed").find(({ at }) => at >= answeredAt);
  const rejected = indexed && leftOut(indexed);
  const worker = nameOfWorker({ ...stream, workerId: undefined });
  const told = tellEmptyList(one, list, rejected);
  const unloaded = names.length === 0 ? told.unloaded : undefined;
  const sentence =
    unloaded === undefined
      ? `${describeList(worker, names, isByFolders)}${told.because}`
      : `${isByFolders ? "there is no function.json, and " : ""}the ${worker} failed to load ${unloaded.file}: ${cutLine(unloaded.reason)}`;
  return {
    kind: names.length > 0 ? "none-loaded" : "none-listed",
    step: "index",
    sentence: `The host has no functions: ${sentence}.`,
    quote: told.quote,
    advice: told.advice ?? (unloaded === undefined ? adviceOf(stream.runtime, names.length > 0) : UNLOADED_ADVICE),
    evidence: evidenceOf(["list of functions", list.answeredSeq]),
  };
}

const UNLOADED_ADVICE = "Correct what the quote names: the worker ran the file to learn its functions.";

type EmptyList = {
  readonly quote: string | undefined;
  /** What may be said of the cause; begins with its punctuation. */
  readonly because: string;
  readonly advice: string | undefined;
  readonly unloaded: LoadFailure | undefined;
};

/** What host and worker said until the list: what the host left out, then what the worker could not load, wrote and logged. */
function tellEmptyList(
  { session, stream, process }: Case,
  { answeredAt = 0, answeredSeq = 0 }: WorkerStep,
  rejected: string | undefined,
): EmptyList {
  const since = session.steps(stream.id, "init")[0]?.startedAt ?? stream.openedAt;
  const first = session.firstMessages.get(stream.id)?.seq ?? 0;
  const words = process && lastWordsIn(process, { since, until: answeredAt + SECOND });
  const unloaded =
    rejected === undefined ? (lastLoadFailure(session, stream, first, answeredSeq) ?? loadFailureIn(words)) : undefined;
  const log = lastErrorLog(session, stream, first, answeredSeq);
  const quote = rejected ?? unloaded?.text ?? words?.text ?? log?.text;
  const cause = findCause({ text: quote ?? "", missing: process?.missing ?? [] });
  const rest = { quote, advice: cause?.advice, unloaded: unloaded?.failure };
  if (cause !== undefined) {
    return { ...rest, because: `: ${cause.says}` };
  }
  if (rejected !== undefined || unloaded !== undefined) {
    return { ...rest, because: "" };
  }
  return { ...rest, because: quote === undefined ? unexplained(process) : describeWords(words, log?.text) };
}

/** Which functions a host left out, and why. */
function leftOut({ detail }: SessionFact): string | undefined {
  const { rejected } = detail;
  const lines = Array.isArray(rejected)
    ? rejected.filter(isRecord).map((one) => `${textIn(one, "name")}: ${textIn(one, "reason")}`)
    : [];
  return lines.length === 0 ? undefined : lines.join("\n");
}

function unexplained(process: Case["process"]): string {
  return process === undefined ? "" : "; it wrote nothing about it";
}

function describeList(worker: string, names: readonly string[], isByFolders: boolean): string {
  if (names.length > 0) {
    const shown = `${names.slice(0, 3).join(", ")}${names.length > 3 ? ", …" : ""}`;
    return `the ${worker} listed ${names.length} (${shown}), and none was loaded`;
  }
  return `the ${worker} listed none${isByFolders ? " and there is no function.json" : ""}`;
}

/** Whether any worker was told to load functions since: one that lists them need not be the one that runs them. */
function hasLoads(session: ProblemSession, since: Seq): boolean {
  return session.streams.some(({ id }) => session.steps(id, "load").some(({ startedSeq = 0 }) => startedSeq >= since));
}

/** Whether the host would have loaded something by now: it says that it has none, had time, or is gone. */
function isOver({ session, stream }: Case, { answeredAt = 0 }: WorkerStep): boolean {
  const hasNone = session.events.of("host-indexed").some(({ at, detail }) => at >= answeredAt && detail["count"] === 0);
  return hasNone || stream.endedAt !== undefined || session.now - answeredAt > LOAD_DELAY;
}

const BY_RUNTIME: Readonly<Record<string, string>> = {
  node: "Look at \"main\" in the app's package.json: it names the built files (a glob such as dist/src/functions/*.js), those exist, and each calls app.http or another app.… of @azure/functions. Then run node on one of them in the app's folder: it shows what the worker swallows.",
  python:
    'Look whether function_app.py is in the app\'s folder and has its functions on an object called app, or whether each function has a folder with function.json. Then run python -c "import function_app" there.',
  java: "Build the app (mvn package) and start the host in target/azure-functions/<name>, where each function has a folder with function.json.",
  powershell: "Look whether each function has a folder with function.json and run.ps1 in the app's folder.",
  dotnet:
    "Build the app again: functions.metadata and worker.config.json belong into its output folder, and each function needs [Function].",
};

function adviceOf(runtime: string | undefined, isListed: boolean): string {
  if (isListed) {
    return "Read what the host logged about the functions it left out: names, triggers or bindings that it does not accept, or AzureWebJobs.<name>.Disabled.";
  }
  return (
    BY_RUNTIME[runtime ?? ""] ??
    "Look whether the host was started in the app's folder, and whether the worker finds the app's files there."
  );
}
