/** `inspector replay FILE [--worker CMD_OR_DIR | --to LISTEN]` */
import { accessSync, constants, existsSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parsePath as parseIgnoredPath } from "@inspector/analysis/replay/json-path";
import { InspectorError } from "@inspector/contract/inspector-error";
import type { StreamInfo } from "@inspector/contract/page";
import type { BareWorkerOptions, OutputLine } from "@inspector/host";
import { nameOf } from "@inspector/hub/kept-sessions";
import { openForReading } from "@inspector/hub/sqlite";
import { openStateFolder, SESSION_SUFFIX } from "@inspector/hub/state-folder";
import { parseAddress } from "../address.ts";
import { findRecording } from "../recording/page-address.ts";
import { startFreshWorker } from "../replay/fresh-worker.ts";
import { createHubClient } from "../replay/hub-client.ts";
import {
  assertAny,
  type RecordedCalls,
  type RecordedWorker,
  readRecordedCalls,
  readStartupOf,
} from "../replay/recorded-calls.ts";
import { replayCalls } from "../replay/replay-calls.ts";
import { replayLive } from "../replay/replay-live.ts";
import { formatJson, formatJunit, formatText, formatTotals, isAllSame, type ReplayReport } from "../replay/report.ts";
import type { Timing } from "../replay/schedule.ts";
import type { Startup } from "../replay/startup.ts";
import { parsedFilterOption } from "./filter-option.ts";
import { parseOptions } from "./options.ts";
import { sessionArgument } from "./session-argument.ts";

const FORMATS: Readonly<Record<string, (report: ReplayReport) => string>> = {
  text: formatText,
  json: formatJson,
  junit: formatJunit,
};

/** Lines of the worker's error output that are shown when it fails. */
const LAST_LINES = 10;

export async function replay(args: readonly string[]): Promise<number> {
  const options = {
    worker: { type: "string" },
    app: { type: "string" },
    to: { type: "string" },
    invocation: { type: "string" },
    filter: { type: "string" },
    ignore: { type: "string", multiple: true },
    format: { type: "string" },
    output: { type: "string" },
    timing: { type: "string" },
  } as const;
  const { values, positionals } = parseOptions("replay", args, options, 1);
  const format = FORMATS[values.format ?? "text"];
  if (format === undefined) {
    throw new InspectorError("bad-format", `--format ${values.format} is not known`, {
      hint: `Formats are ${Object.keys(FORMATS).join(", ")}.`,
    });
  }
  const timing = timingOption(values.timing);
  const ignore = values.ignore ?? [];
  for (const path of ignore) {
    parseIgnoredPath(path);
  }
  if (values.to !== undefined && (values.worker ?? values.app) !== undefined) {
    throw new InspectorError("bad-option", "--to is for a worker that runs, --worker and --app are for a fresh one", {
      hint: "Give one or the other.",
    });
  }
  const choice = { invocation: values.invocation, filter: parsedFilterOption(values.filter) };

  assertWritable(values.output);
  const session = sessionArgument(positionals[0]);
  const database = openForReading(session);
  try {
    const recorded = readRecordedCalls(database, choice);
    assertAny(recorded, choice);
    const run = { recorded, timing, ignore };
    const report = {
      session,
      ...(values.to === undefined ? await replayFresh(run, values) : await replayTo(run, session, values.to)),
    };
    const { outcomes } = report;
    write(values.output, format(report), report);
    if (outcomes.every(({ outcome }) => outcome === "skipped")) {
      throw new InspectorError("nothing-to-replay", "No invocation could be replayed, so nothing was compared", {
        hint: `The first was skipped because ${outcomes[0]?.reason ?? "of nothing known"}.`,
      });
    }
    return isAllSame(report) ? 0 : 1;
  } finally {
    database.close();
  }
}

type Run = { readonly recorded: RecordedCalls; readonly timing: Timing; readonly ignore: readonly string[] };

type Ran = Pick<ReplayReport, "worker" | "outcomes">;

async function replayFresh(
  { recorded, timing, ignore }: Run,
  given: { readonly app?: string | undefined; readonly worker?: string | undefined },
): Promise<Ran> {
  const appDirectory = appOption(given.app, recorded);
  const worker = workerOption(given.worker, recorded);
  const said: string[] = [];
  const onOutput = ({ stream, text }: OutputLine): void => {
    if (stream === "stderr") {
      said.push(text);
    }
    if (said.length > LAST_LINES) {
      said.shift();
    }
  };
  try {
    const fresh = await startFreshWorker({ worker, appDirectory, startup: recorded.startup, onOutput });
    const outcomes = await replayCalls({
      calls: recorded.calls,
      worker: fresh,
      timing,
      ignore,
      known: ({ row }) => ({
        recorded: knownOf(recorded.workers.find((one) => one.stream.id === row.stream)),
        replayed: { workerId: fresh.workerId, appDirectory },
      }),
      onProgress: createProgress(recorded.calls.length),
    });
    return { worker: "directory" in worker ? worker.directory : worker.commandLine, outcomes };
  } catch (cause) {
    for (const line of said) {
      process.stderr.write(`  [worker] ${line}\n`);
    }
    throw cause instanceof InspectorError && cause.code === "no-answer" ? otherWorker(cause, recorded) : cause;
  }
}

/** A worker that does not know a message of its start says nothing to it. */
function otherWorker(cause: InspectorError, { workers }: RecordedCalls): InspectorError {
  return new InspectorError(cause.code, `The worker did not start up: ${cause.message}`, {
    hint: `The recorded one was a worker of ${runtimeOf(workers)}. Is this one, and does it take the app's programming model?`,
    cause,
  });
}

/** @throws {InspectorError} "no-such-recording", "not-kept" */
async function replayTo({ recorded, timing, ignore }: Run, file: string, to: string): Promise<Ran> {
  const state = openStateFolder();
  const listen = parseAddress(to, "--to", { host: "127.0.0.1", port: 50051 });
  const running = await findRecording(state, listen);
  const isKept = dirname(file) === state.sessions && file.endsWith(SESSION_SUFFIX);
  if (file !== running.session && !isKept) {
    throw new InspectorError("not-kept", `The inspector on ${to} knows only sessions in ${state.sessions}`, {
      hint: `Copy the file there, with ${SESSION_SUFFIX} at its end, and name that.`,
    });
  }
  const live = openForReading(running.session);
  const told = new Map<number, Startup>();
  const startupOf = ({ id }: StreamInfo): Startup => {
    const startup = told.get(id) ?? readStartupOf(live, id);
    told.set(id, startup);
    return startup;
  };
  try {
    const outcomes = await replayLive({
      calls: recorded.calls,
      hub: createHubClient(running.url),
      session: file === running.session ? undefined : nameOf(file),
      timing,
      ignore,
      known: ({ row }, stream) => ({
        recorded: knownOf(recorded.workers.find((worker) => worker.stream.id === row.stream)),
        replayed: knownOf({ stream, startup: startupOf(stream) }),
      }),
      onProgress: createProgress(recorded.calls.length),
    });
    return { worker: to, outcomes };
  } finally {
    live.close();
  }
}

function knownOf(worker: RecordedWorker | undefined): Readonly<Record<string, string>> {
  if (worker === undefined) {
    return {};
  }
  return { workerId: worker.stream.workerId ?? "", appDirectory: worker.startup.appDirectory };
}

/** A line that grows, where somebody looks. */
function createProgress(total: number): (done: number) => void {
  if (!process.stderr.isTTY) {
    return () => {};
  }
  return (done) => process.stderr.write(done === total ? "\r\u001b[K" : `\r${done} of ${total}`);
}

function timingOption(text = "order"): Timing {
  if (text === "order" || text === "recorded") {
    return text;
  }
  throw new InspectorError("bad-timing", `--timing ${text} is not known`, {
    hint: "order sends each invocation after the answer of the one before, recorded sends them as far apart as they were.",
  });
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

/** @throws {InspectorError} "missing-app" */
function appOption(given: string | undefined, { startup }: RecordedCalls): string {
  if (given !== undefined) {
    if (isFolder(given)) {
      return resolve(given);
    }
    throw new InspectorError("missing-app", `--app ${given} is not a folder`, {
      hint: "Name the folder of the function app that is to answer.",
    });
  }
  const recorded = startup.appDirectory;
  if (recorded !== "" && isFolder(recorded)) {
    return recorded;
  }
  throw new InspectorError(
    "missing-app",
    recorded === ""
      ? "The session does not say where its app was"
      : `The recorded app's folder ${recorded} is not here`,
    { hint: "Name the folder of the app that is to answer: --app DIR." },
  );
}

/** @throws {InspectorError} "missing-worker", "several-runtimes" */
function workerOption(given: string | undefined, { workers }: RecordedCalls): BareWorkerOptions["worker"] {
  const [runtime, ...others] = [...new Set(workers.map(({ stream }) => stream.runtime))];
  if (others.length > 0) {
    throw new InspectorError("several-runtimes", `The invocations went to workers of ${runtimeOf(workers)}`, {
      hint: `Replay those of one: --filter worker:${runtime ?? others[0]}.`,
    });
  }
  if (given !== undefined) {
    if (isFolder(given)) {
      return { directory: resolve(given) };
    }
    if (/^[^\s"]*[\\/]$/u.test(given)) {
      throw new InspectorError("missing-worker", `--worker ${given} is not a folder`, {
        hint: "Name a folder with a worker.config.json, or a command line.",
      });
    }
    return { commandLine: given, language: runtime ?? "unknown" };
  }
  if (runtime !== undefined && /^node/iu.test(runtime)) {
    return { directory: fileURLToPath(new URL("./worker", import.meta.url)) };
  }
  const why =
    runtime === undefined
      ? "The session does not say of which language its worker is"
      : `There is no worker for ${runtime} here`;
  throw new InspectorError("missing-worker", why, {
    hint: "Name a folder with a worker.config.json, or the command that starts one: --worker DIR_OR_COMMAND.",
  });
}

/** "node", "node and dotnet-isolated"; workers need not say. */
function runtimeOf(workers: RecordedCalls["workers"]): string {
  return [...new Set(workers.map(({ stream }) => stream.runtime ?? "an unknown language"))].join(" and ");
}

/** Before the app's code runs: afterwards it would be a pity. @throws {InspectorError} "not-written" */
function assertWritable(output: string | undefined): void {
  if (output === undefined || output === "-") {
    return;
  }
  try {
    accessSync(existsSync(output) ? output : dirname(resolve(output)), constants.W_OK);
  } catch (cause) {
    throw notWritten(cause);
  }
}

function notWritten(cause: unknown): InspectorError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new InspectorError("not-written", `The report cannot be written: ${reason}`, {
    hint: "Give --output another file.",
    cause,
  });
}

/** A report holds what functions answered, so its file is for its owner only. */
function write(output: string | undefined, text: string, report: ReplayReport): void {
  if (output === undefined || output === "-") {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(output, text, { mode: 0o600 });
  } catch (cause) {
    throw notWritten(cause);
  }
  process.stdout.write(`${formatTotals(report)}\n`);
}
