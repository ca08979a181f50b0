/** Custom handlers: programs of an app that its host starts, and asks over HTTP, as host.json says. */
import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { expandVariables, quoteArgument } from "./command-line.ts";
import type { Configuration } from "./configuration.ts";
import type { Environment } from "./functions.ts";
import {
  isJsonObject,
  isTrueAt,
  type JsonObject,
  objectAt,
  parseJson,
  readJsonFile,
  stringAt,
  stringsAt,
} from "./json.ts";
import { parseTimeSpan } from "./time-span.ts";
import { commandConfig, type WorkerConfig } from "./worker-config.ts";

/** What FUNCTIONS_WORKER_RUNTIME is for such apps. */
export const CUSTOM = "custom";

const SECTIONS = ["customHandler", "httpWorker"];
const INITIALIZATION_TIMEOUT_MS = 30_000;

export type HandlerSettings = {
  readonly config: WorkerConfig;
  /** What follows the worker's path on the command line. */
  readonly tail: string;
  readonly cwd: string;
  /** Requests of functions with http in and out only go to the handler as they came. */
  readonly isForwarding: boolean;
  /** They go to the path "/<function name>"; otherwise to the caller's own. */
  readonly isByName: boolean;
};

/**
 * The handler that an app's host.json describes, with what settings below `AzureFunctionsJobHost` say instead.
 *
 * @returns undefined where it describes none
 * @throws {HostError} "configuration-invalid"
 */
export async function readHandlerSettings(app: {
  readonly directory: string;
  readonly environment: Environment;
  readonly configuration: Configuration;
}): Promise<HandlerSettings | undefined> {
  const hostJson = (await readJsonFile(join(app.directory, "host.json"))) ?? {};
  for (const section of SECTIONS) {
    const content = hostJson[section];
    const found = isJsonObject(content) ? handlerOf(section, content, app) : undefined;
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

function handlerOf(
  section: string,
  content: JsonObject,
  { directory, environment, configuration }: Parameters<typeof readHandlerSettings>[0],
): HandlerSettings | undefined {
  const description = objectAt(content, "description");
  const setting = (key: string): string | undefined =>
    configuration.get(`AzureFunctionsJobHost:${section}:${key}`) || undefined;
  const text = (key: string): string =>
    expandVariables(setting(`description:${key}`) ?? stringAt(description, key) ?? "", environment);
  const list = (key: string): readonly string[] => {
    const told = parseJson(setting(`description:${key}`) ?? "");
    return Array.isArray(told) ? told.map(String) : stringsAt(description, key);
  };
  const named = text("defaultExecutablePath");
  if (named === "") {
    return undefined;
  }
  const inApp = join(directory, text("workerDirectory"), named);
  const executable = !isAbsolute(named) && existsSync(inApp) ? inApp : named;
  const workingDirectory = text("workingDirectory");
  const forwarding = setting("enableForwardingHttpRequest");
  const config = commandConfig(CUSTOM, [executable, ...list("arguments")]);
  return {
    config: {
      ...config,
      executableSource:
        setting("description:defaultExecutablePath") === undefined
          ? `${section} in host.json`
          : `the setting AzureFunctionsJobHost:${section}:description:defaultExecutablePath`,
      workerDirectory: directory,
      workerPath: text("defaultWorkerPath"),
      isIndexing: false,
      processOptions: {
        ...config.processOptions,
        initializationTimeout:
          parseTimeSpan(stringAt(content, "initializationTimeout") ?? "") ?? INITIALIZATION_TIMEOUT_MS,
      },
    },
    tail: list("workerArguments").map(quoteArgument).join(" "),
    cwd: isAbsolute(workingDirectory) ? workingDirectory : join(directory, workingDirectory),
    isForwarding:
      section === "httpWorker" ||
      (forwarding === undefined
        ? isTrueAt(content, "enableForwardingHttpRequest")
        : forwarding.toLowerCase() === "true"),
    isByName: section === "httpWorker",
  };
}
