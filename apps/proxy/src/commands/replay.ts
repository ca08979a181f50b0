/** `inspector replay FILE [--worker CMD_OR_DIR]` */
import { existsSync, statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { BareWorkerOptions } from "@inspector/host";
import { InspectorError, parseIgnoredPath } from "@inspector/session";
import { openForReading } from "../hub/sqlite.ts";
import { startFreshWorker } from "../replay/fresh-worker.ts";
import { assertAny, type RecordedCalls, type RecordedWorker, readRecordedCalls } from "../replay/recorded-calls.ts";
import { type CallOutcome, replayCalls } from "../replay/replay-calls.ts";
import { formatJson, formatJunit, formatText, formatTotals, isAllSame, type ReplayReport } from "../replay/report.ts";
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
  for (const path of ignore) parseIgnoredPath(path);
  const choice = { invocation: values.invocation, filter: parsedFilterOption(values.filter) };

  const session = sessionArgument(positionals[0]);
  const database = openForReading(session);
  try {
    const recorded = readRecordedCalls(database, choice);
    assertAny(recorded, choice);
    const appDirectory = appOption(values.app, recorded);
    const worker = workerOption(values.worker, recorded);
    const outcomes = await replayOn({ recorded, appDirectory, worker, timing, ignore });
    const report = { session, worker: nameOf(worker), outcomes };
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

type Run = {
  readonly recorded: RecordedCalls;
  readonly appDirectory: string;
  readonly worker: BareWorkerOptions["worker"];
  readonly timing: "order" | "recorded";
  readonly ignore: readonly string[];
};

async function replayOn({ recorded, appDirectory, worker, timing, ignore }: Run): Promise<CallOutcome[]> {
  const said: string[] = [];
  try {
    const fresh = await startFreshWorker({
      worker,
      appDirectory,
      startup: recorded.startup,
      onOutput: ({ stream, text }) => {
        if (stream === "stderr") said.push(text);
        if (said.length > LAST_LINES) said.shift();
      },
    });
    const workers = new Map(recorded.workers.map((one) => [one.stream.id, one]));
    return await replayCalls({
      calls: recorded.calls,
      worker: fresh,
      timing,
      ignore,
      known: ({ row }) => ({
        recorded: knownOf(workers.get(row.stream)),
        replayed: { workerId: fresh.workerId, appDirectory },
      }),
      onProgress: createProgress(recorded.calls.length),
    });
  } catch (cause) {
    for (const line of said) process.stderr.write(`  [worker] ${line}\n`);
    throw cause;
  }
}

function knownOf(worker: RecordedWorker | undefined): Readonly<Record<string, string>> {
  if (worker === undefined) return {};
  return { workerId: worker.stream.workerId ?? "", appDirectory: worker.startup.appDirectory };
}

/** A line that grows, where somebody looks. */
function createProgress(total: number): (done: number) => void {
  if (!process.stderr.isTTY) return () => {};
  return (done) => process.stderr.write(done === total ? "\r\u001b[K" : `\r${done} of ${total}`);
}

function timingOption(text = "order"): "order" | "recorded" {
  if (text === "order" || text === "recorded") return text;
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
    if (isFolder(given)) return resolve(given);
    throw new InspectorError("missing-app", `--app ${given} is not a folder`, {
      hint: "Name the folder of the function app that is to answer.",
    });
  }
  const recorded = startup.appDirectory;
  if (recorded !== "" && isFolder(recorded)) return recorded;
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
  const runtimes = [...new Set(workers.map(({ stream }) => stream.runtime ?? "unknown"))];
  const [runtime = "unknown"] = runtimes;
  if (runtimes.length > 1) {
    throw new InspectorError("several-runtimes", `The invocations went to workers of ${runtimes.join(" and ")}`, {
      hint: `Replay those of one: --filter worker:${runtime}.`,
    });
  }
  if (given !== undefined) {
    if (isFolder(given)) return { directory: resolve(given) };
    if (/^[^\s"]*[\\/]$/u.test(given)) {
      throw new InspectorError("missing-worker", `--worker ${given} is not a folder`, {
        hint: "Name a folder with a worker.config.json, or a command line.",
      });
    }
    return { commandLine: given, language: runtime };
  }
  if (/^node/iu.test(runtime)) return { directory: fileURLToPath(new URL("./worker", import.meta.url)) };
  throw new InspectorError("missing-worker", `There is no worker for ${runtime} here`, {
    hint: "Name a folder with a worker.config.json, or the command that starts one: --worker DIR_OR_COMMAND.",
  });
}

function nameOf(worker: BareWorkerOptions["worker"]): string {
  return "directory" in worker ? worker.directory : worker.commandLine;
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
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InspectorError("not-written", `The report cannot be written: ${reason}`, {
      hint: "Give --output another file.",
      cause,
    });
  }
  process.stdout.write(`${formatTotals(report)}\n`);
}
