import { stat } from "node:fs/promises";
import { isAbsolute, join, resolve, sep } from "node:path";
import { expandVariables, quoteArgument } from "./command-line.ts";
import type { Configuration } from "./configuration.ts";
import { HostError } from "./host-error.ts";
import { isTrueAt, type JsonObject, objectAt, readJsonFile, stringAt, stringsAt } from "./json.ts";
import { parseTimeSpan } from "./time-span.ts";
import { OS_NAMES, profiledDescription } from "./worker-profile.ts";

/** Limits in ms, under the names of `processOptions` in worker.config.json. */
export type ProcessOptions = {
  readonly processCount: number;
  readonly processStartupTimeout: number;
  readonly initializationTimeout: number;
  readonly environmentReloadTimeout: number;
  readonly processStartupInterval: number;
  /** The longest wait between a worker's crash and its restart. */
  readonly processRestartInterval: number;
  readonly processShutdownTimeout: number;
};

/** How to start the processes of one language worker. */
export type WorkerConfig = {
  readonly language: string;
  readonly extensions: readonly string[];
  readonly workerDirectory: string;
  readonly executable: string;
  /** What names the executable, as a user would look for it. */
  readonly executableSource: string;
  readonly executableArguments: readonly string[];
  /** Absolute; "" where the executable is the worker. */
  readonly workerPath: string;
  readonly runtimeVersion: string | undefined;
  /** The worker finds the functions of an app itself. */
  readonly isIndexing: boolean;
  readonly processOptions: ProcessOptions;
};

/** What a worker.config.json may refer to. */
export type Surroundings = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly configuration: Configuration;
  readonly platform: NodeJS.Platform;
  readonly architecture: string;
};

/** The host's own limits (`WorkerProcessCountOptions` of host 4.x), for what a description leaves open. */
const DEFAULT_OPTIONS: ProcessOptions = {
  processCount: 1,
  processStartupTimeout: 60_000,
  initializationTimeout: 10_000,
  environmentReloadTimeout: 30_000,
  processStartupInterval: 10_000,
  processRestartInterval: 10_000,
  processShutdownTimeout: 10_000,
};

/**
 * A worker that is started by a command of its own instead of a worker.config.json.
 *
 * @param command the executable, then its arguments
 */
export function commandConfig(language: string, [executable = "", ...args]: readonly string[]): WorkerConfig {
  return {
    language,
    extensions: [],
    workerDirectory: process.cwd(),
    executable,
    executableSource: "--worker",
    executableArguments: args.map(quoteArgument),
    workerPath: "",
    runtimeVersion: undefined,
    isIndexing: true,
    processOptions: DEFAULT_OPTIONS,
  };
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "X64", arm64: "Arm64", ia32: "X86", arm: "Arm" };

/**
 * Reads worker.config.json of a worker folder and lays the user's `languageWorkers:<language>:…` settings over it.
 *
 * @throws {HostError} when there is no usable description, or its worker file does not exist
 */
export async function loadWorkerConfig(workerDirectory: string, surroundings: Surroundings): Promise<WorkerConfig> {
  const described = await readDescription(resolve(workerDirectory));
  const override = surroundings.configuration.get(`languageWorkers:${languageOf(described)}:workerDirectory`);
  const chosen = override === undefined || override === "" ? described : await readDescription(resolve(override));
  const config = resolveWorkerConfig(chosen.directory, chosen.content, surroundings);
  await assertWorkerExists(config);
  return config;
}

type Described = { readonly directory: string; readonly content: JsonObject };

async function readDescription(directory: string): Promise<Described> {
  const content = await readJsonFile(join(directory, "worker.config.json"));
  if (content === undefined) {
    throw new HostError("worker-config-missing", `${directory} has no worker.config.json`, {
      hint: "Name the folder of a language worker: the one that holds its worker.config.json.",
    });
  }
  return { directory, content };
}

function languageOf({ directory, content }: Described): string {
  const language = stringAt(objectAt(content, "description"), "language");
  if (language === undefined || language === "") {
    throw new HostError("worker-config-invalid", `${join(directory, "worker.config.json")} names no language`, {
      hint: 'Set "description": { "language": … }.',
    });
  }
  return language;
}

/** Resolves profiles, overrides and placeholders of a description; touches no file. */
export function resolveWorkerConfig(directory: string, content: JsonObject, surroundings: Surroundings): WorkerConfig {
  const language = languageOf({ directory, content });
  const description = profiledDescription(content, surroundings);
  if (isTrueAt(description, "isDisabled")) {
    throw new HostError("worker-disabled", `The worker in ${directory} says that it is disabled`, {
      hint: 'Remove "isDisabled" from its worker.config.json.',
    });
  }
  const setting = (key: string): string | undefined =>
    surroundings.configuration.get(`languageWorkers:${language}:${key}`) || undefined;
  const runtimeVersion = chooseRuntimeVersion(description, setting, surroundings);
  const expand = createExpander(directory, runtimeVersion, surroundings);
  const override = setting("defaultExecutablePath");
  const executable = override ?? stringAt(description, "defaultExecutablePath") ?? "";
  if (executable === "") {
    throw new HostError("worker-config-invalid", `The worker in ${directory} names no defaultExecutablePath`);
  }
  const workerPath = expand(stringAt(description, "defaultWorkerPath") ?? "");
  const added = setting("arguments")?.split(/\s+/) ?? [];
  return {
    language,
    extensions: stringsAt(description, "extensions"),
    workerDirectory: directory,
    executable: expand(executable),
    executableSource:
      override === undefined
        ? "defaultExecutablePath in worker.config.json"
        : `the setting languageWorkers:${language}:defaultExecutablePath`,
    executableArguments: [...stringsAt(description, "arguments"), ...added].map(expand).filter((part) => part !== ""),
    workerPath: workerPath === "" || isAbsolute(workerPath) ? workerPath : join(directory, workerPath),
    runtimeVersion,
    isIndexing: isTrueAt(description, "workerIndexing"),
    processOptions: readProcessOptions(objectAt(content, "processOptions")),
  };
}

function chooseRuntimeVersion(
  description: JsonObject,
  setting: (key: string) => string | undefined,
  { environment }: Surroundings,
): string | undefined {
  const wanted =
    environment["FUNCTIONS_WORKER_RUNTIME_VERSION"] ||
    setting("defaultRuntimeVersion") ||
    stringAt(description, "defaultRuntimeVersion");
  const pattern = stringAt(description, "sanitizeRuntimeVersionRegex");
  const version = wanted && pattern ? (new RegExp(pattern).exec(wanted)?.[0] ?? wanted) : wanted;
  const supported = stringsAt(description, "supportedRuntimeVersions");
  if (version !== undefined && supported.length > 0 && !supported.includes(version)) {
    throw new HostError("worker-config-invalid", `The worker does not support runtime version ${version}`, {
      hint: `Set FUNCTIONS_WORKER_RUNTIME_VERSION to one of ${supported.join(", ")}.`,
    });
  }
  return version;
}

function createExpander(
  directory: string,
  runtimeVersion: string | undefined,
  { environment, platform, architecture }: Surroundings,
): (text: string) => string {
  const variables = { ...environment, FUNCTIONS_WORKER_RUNTIME_VERSION: runtimeVersion };
  return (text) =>
    expandVariables(text, variables)
      .replaceAll("{os}", OS_NAMES[platform] ?? platform.toUpperCase())
      .replaceAll("{architecture}", ARCHITECTURES[architecture] ?? architecture)
      .replaceAll("{workerDirectoryPath}", directory)
      .replaceAll("{WorkerRoot}", directory + sep);
}

function readProcessOptions(options: JsonObject): ProcessOptions {
  const duration = (key: keyof ProcessOptions): number => {
    const text = stringAt(options, key);
    const parsed = text === undefined ? DEFAULT_OPTIONS[key] : parseTimeSpan(text);
    if (parsed === undefined || parsed < 0) {
      throw new HostError("worker-config-invalid", `processOptions.${key} in worker.config.json is not a time span`, {
        hint: 'Write it as "hh:mm:ss", say "00:02:00".',
      });
    }
    return parsed;
  };
  const count = Number(options["processCount"] ?? DEFAULT_OPTIONS.processCount);
  return {
    processCount: Number.isInteger(count) && count > 0 ? count : DEFAULT_OPTIONS.processCount,
    processStartupTimeout: duration("processStartupTimeout"),
    initializationTimeout: duration("initializationTimeout"),
    environmentReloadTimeout: duration("environmentReloadTimeout"),
    processStartupInterval: duration("processStartupInterval"),
    processRestartInterval: duration("processRestartInterval"),
    processShutdownTimeout: duration("processShutdownTimeout"),
  };
}

/** As in the real host, the executable may be missing until it is started, the worker file may not. */
async function assertWorkerExists({ workerPath, workerDirectory }: WorkerConfig): Promise<void> {
  if (workerPath === "") {
    return;
  }
  const isFile = await stat(workerPath).then(
    (entry) => entry.isFile(),
    () => false,
  );
  if (!isFile) {
    throw new HostError("worker-missing", `${workerPath} does not exist, although worker.config.json names it`, {
      hint: `Build the worker in ${workerDirectory}, or correct defaultWorkerPath.`,
    });
  }
}
