/** What `inspector replay` is told about the app and the worker that are to answer. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { InspectorError } from "@inspector/contract/inspector-error";
import { ownValue } from "@inspector/contract/own-value";
import type { BareWorkerOptions } from "@inspector/host";
import type { RecordedCalls } from "../replay/recorded-calls.ts";
import { formatJson, formatJunit, formatText, type ReplayReport } from "../replay/report.ts";
import type { Timing } from "../replay/schedule.ts";

export const REPLAY_OPTIONS = {
  worker: { type: "string" },
  app: { type: "string" },
  "recorded-app": { type: "boolean" },
  "recorded-environment": { type: "boolean" },
  to: { type: "string" },
  invocation: { type: "string" },
  filter: { type: "string" },
  ignore: { type: "string", multiple: true },
  format: { type: "string" },
  output: { type: "string" },
  force: { type: "boolean" },
  timing: { type: "string" },
} as const;

/** Those that say what answers. */
export type ReplayValues = {
  readonly worker?: string | undefined;
  readonly app?: string | undefined;
  readonly "recorded-app"?: boolean | undefined;
  readonly "recorded-environment"?: boolean | undefined;
  readonly to?: string | undefined;
};

/** @throws {InspectorError} "bad-option" where they contradict each other */
export function assertConsistent(values: ReplayValues): void {
  const { worker, app, to, "recorded-app": isRecorded, "recorded-environment": isRecordedEnvironment } = values;
  if (to !== undefined && (worker ?? app ?? isRecorded ?? isRecordedEnvironment) !== undefined) {
    throw new InspectorError(
      "bad-option",
      "--to is for a worker that runs; --worker, --app and what was recorded of them are for a fresh one",
      { hint: "Give one or the other." },
    );
  }
  if (app !== undefined && isRecorded === true) {
    throw new InspectorError("bad-option", "--app and --recorded-app name two apps", {
      hint: "Give one or the other.",
    });
  }
}

const FORMATS: Readonly<Record<string, (report: ReplayReport) => string>> = {
  text: formatText,
  json: formatJson,
  junit: formatJunit,
};

/** @throws {InspectorError} "bad-format" */
export function formatOption(text = "text"): (report: ReplayReport) => string {
  const format = ownValue(FORMATS, text);
  if (format !== undefined) {
    return format;
  }
  throw new InspectorError("bad-format", `--format ${text} is not known`, {
    hint: `Formats are ${Object.keys(FORMATS).join(", ")}.`,
  });
}

/** @throws {InspectorError} "bad-timing" */
export function timingOption(text = "order"): Timing {
  if (text === "order" || text === "recorded") {
    return text;
  }
  throw new InspectorError("bad-timing", `--timing ${text} is not known`, {
    hint: "order sends each invocation after the answer of the one before, recorded sends them as far apart as they were.",
  });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * The folder of the app that is to answer. What a session names is run only when that was asked for: it may be a stranger's.
 * @throws {InspectorError} "missing-app"
 */
export function appOption(given: ReplayValues, { startup }: RecordedCalls): string {
  if (given.app !== undefined) {
    if (isFolder(given.app)) {
      return resolve(given.app);
    }
    throw new InspectorError("missing-app", `--app ${given.app} is not a folder`, {
      hint: "Name the folder of the function app that is to answer.",
    });
  }
  const recorded = startup.appDirectory;
  if (recorded === "") {
    throw new InspectorError("missing-app", "The session does not say where its app was", {
      hint: "Name the folder of the app that is to answer: --app DIR.",
    });
  }
  if (given["recorded-app"] !== true) {
    throw new InspectorError("missing-app", "Which app is to answer? Its code will run", {
      hint: `Name its folder: --app DIR. Or have the one run that the session names, ${recorded}, with --recorded-app.`,
    });
  }
  if (!isFolder(recorded)) {
    throw new InspectorError("missing-app", `The recorded app's folder ${recorded} is not here`, {
      hint: "Name the folder of the app that is to answer: --app DIR.",
    });
  }
  return recorded;
}

/** @throws {InspectorError} "missing-worker", "several-runtimes" */
export function workerOption(given: string | undefined, { workers }: RecordedCalls): BareWorkerOptions["worker"] {
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
export function runtimeOf(workers: RecordedCalls["workers"]): string {
  return [...new Set(workers.map(({ stream }) => stream.runtime ?? "an unknown language"))].join(" and ");
}
