/** `inspector replay FILE [--worker CMD_OR_DIR | --to LISTEN]` */
import { parsePath as parseIgnoredPath } from "@inspector/analysis/replay/json-path";
import { InspectorError } from "@inspector/contract/inspector-error";
import type { StreamInfo } from "@inspector/contract/page";
import type { OutputLine } from "@inspector/host";
import { isSameFile } from "@inspector/hub/same-file";
import { openForReading } from "@inspector/hub/sqlite";
import { openStateFolder } from "@inspector/hub/state-folder";
import { CUSTOM_HANDLER_PATH } from "@inspector/proto";
import { parseAddress } from "../address.ts";
import { complain, print, say, showProgress } from "../output.ts";
import { openOutput, STANDARD_OUTPUT } from "../output-file.ts";
import { findRecording } from "../recording/page-address.ts";
import { startFreshWorker } from "../replay/fresh-worker.ts";
import { createHubClient } from "../replay/hub-client.ts";
import { lendSession } from "../replay/lent-session.ts";
import {
  assertAny,
  type RecordedCalls,
  type RecordedWorker,
  readRecordedCalls,
  readStartupOf,
} from "../replay/recorded-calls.ts";
import { replayCalls } from "../replay/replay-calls.ts";
import { replayLive } from "../replay/replay-live.ts";
import { formatTotals, isAllSame, type ReplayReport } from "../replay/report.ts";
import type { Timing } from "../replay/schedule.ts";
import type { Startup } from "../replay/startup.ts";
import { parsedFilterOption } from "./filter-option.ts";
import { parseOptions } from "./options.ts";
import {
  appOption,
  assertConsistent,
  formatOption,
  REPLAY_OPTIONS,
  type ReplayValues,
  runtimeOf,
  timingOption,
  workerOption,
} from "./replay-options.ts";
import { wholeSession } from "./session-argument.ts";

/** Lines of the worker's error output that are shown when it fails. */
const LAST_LINES = 10;

export async function replay(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions("replay", args, REPLAY_OPTIONS, 1);
  const format = formatOption(values.format);
  const timing = timingOption(values.timing);
  const ignore = values.ignore ?? [];
  for (const path of ignore) {
    parseIgnoredPath(path);
  }
  assertConsistent(values);
  const choice = { invocation: values.invocation, filter: parsedFilterOption(values.filter) };

  const session = await wholeSession(positionals[0]);
  const database = openForReading(session);
  // Made before the app's code runs: afterwards it would be a pity.
  const output = openOutput(values.output, { isForced: values.force === true, session });
  try {
    const recorded = readRecordedCalls(database, choice);
    assertAny(recorded, choice);
    if (values.to === undefined) {
      assertStreams(recorded);
    }
    const run = { recorded, timing, ignore };
    const report = {
      session,
      ...(values.to === undefined ? await replayFresh(run, values, session) : await replayTo(run, session, values.to)),
    };
    const { outcomes } = report;
    process.exitCode = isAllSame(report) ? 0 : 1;
    await output.write(format(report));
    await output.commit();
    if (output !== STANDARD_OUTPUT) {
      print(`${formatTotals(report)}\n`);
    }
    if (outcomes.every(({ outcome }) => outcome === "skipped")) {
      throw new InspectorError("nothing-to-replay", "No invocation could be replayed, so nothing was compared", {
        hint: `The first was skipped because ${outcomes[0]?.reason ?? "of nothing known"}.`,
      });
    }
    return isAllSame(report) ? 0 : 1;
  } finally {
    output.discard();
    database.close();
  }
}

type Run = { readonly recorded: RecordedCalls; readonly timing: Timing; readonly ignore: readonly string[] };

type Ran = Pick<ReplayReport, "worker" | "outcomes">;

async function replayFresh({ recorded, timing, ignore }: Run, given: ReplayValues, session: string): Promise<Ran> {
  const appDirectory = appOption(given, recorded);
  const worker = workerOption(given.worker, recorded);
  const workerName = "directory" in worker ? worker.directory : worker.commandLine;
  const isRecordedEnvironment = given["recorded-environment"] === true;
  if (given["recorded-app"] === true) {
    say(`running the app in ${appDirectory}, which ${session} names, with the worker ${workerName}`);
  }
  sayEnvironment(recorded.startup, isRecordedEnvironment);
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
    const fresh = await startFreshWorker({
      worker,
      appDirectory,
      startup: recorded.startup,
      isRecordedEnvironment,
      onOutput,
      onWarning: say,
    });
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
    return { worker: workerName, outcomes };
  } catch (cause) {
    for (const line of said) {
      complain(`  [worker] ${line}\n`);
    }
    throw cause instanceof InspectorError && cause.code === "no-answer" ? otherWorker(cause, recorded) : cause;
  }
}

/** @throws {InspectorError} "not-supported" */
function assertStreams({ workers }: RecordedCalls): void {
  if (workers.some(({ stream }) => stream.path === CUSTOM_HANDLER_PATH)) {
    throw new InspectorError(
      "not-supported",
      "These are invocations of a custom handler, which its host asks over HTTP",
      {
        hint: "A fresh worker has no server for them. Start the app with inspector host, and send them there with --to.",
      },
    );
  }
}

/** A session's environment stands for what its host was told, secrets included; a stranger's could be anything. */
function sayEnvironment({ reload }: Startup, isRecorded: boolean): void {
  const count = Object.keys(reload?.environmentVariables ?? {}).length;
  if (count === 0) {
    return;
  }
  const variables = `${count} environment variable${count === 1 ? "" : "s"} of the session`;
  say(
    isRecorded
      ? `giving the worker the ${variables}`
      : `the worker has the environment of this terminal, not the ${variables} (--recorded-environment)`,
  );
}

/** A worker that does not know a message of its start says nothing to it. */
function otherWorker(cause: InspectorError, { workers }: RecordedCalls): InspectorError {
  return new InspectorError(cause.code, `The worker did not start up: ${cause.message}`, {
    hint: `The recorded one was a worker of ${runtimeOf(workers)}. Is this one, and does it take the app's programming model?`,
    cause,
  });
}

/** @throws {InspectorError} "no-such-recording" */
async function replayTo({ recorded, timing, ignore }: Run, file: string, to: string): Promise<Ran> {
  const state = openStateFolder();
  const listen = parseAddress(to, "--to", { host: "127.0.0.1", port: 50051 });
  const running = await findRecording(state, listen);
  const lent = isSameFile(file, running.session) ? undefined : lendSession(file, state.sessions);
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
      session: lent?.name,
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
    lent?.giveBack();
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
  return (done) => showProgress(done === total ? "" : `${done} of ${total}`);
}
