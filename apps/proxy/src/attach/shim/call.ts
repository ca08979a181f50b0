/** What the shim was called with, and what it would have been without us. */
import { basename, dirname, join } from "node:path";
import { readPlainText } from "../../read-file.ts";
import { coreToolsPython, findOnPath } from "../core-tools-python.ts";
import type { HandlerPlace } from "../gate-lines.ts";
import { CUSTOM, findHandler } from "../handler-app.ts";
import { findExecutable } from "../real-executable.ts";
import {
  lookUp,
  parseLocalSettings,
  parseRunSettings,
  RUN_VARIABLE,
  type RunSettings,
  settingNames,
  type Variables,
} from "../settings.ts";

/** In the folder of the shims: stands before a Python worker's path, where the executable cannot be replaced. */
export const PYTHON_LAUNCHER = "launch.py";
/** In front of all arguments: what {@link PYTHON_LAUNCHER} was started with. */
const EXECUTABLE_OPTION = "--inspector-executable";

/** What a host tells a custom handler of its port; hosts set both to the same. */
const HANDLER_PORTS = ["FUNCTIONS_CUSTOMHANDLER_PORT", "FUNCTIONS_HTTPWORKER_PORT"];

export type Call = {
  readonly language: string;
  /** undefined where nobody knows what runs the language's workers. */
  readonly executable: string | undefined;
  readonly args: readonly string[];
  readonly environment: Variables;
  readonly settings: RunSettings | undefined;
  /** Set where this is a custom handler that a host starts. */
  readonly handler?: HandlerPlace;
};

/**
 * @param self the shim's own path: its name is the language, its folder holds nothing but shims
 * @param given what follows it
 */
export function readCall(self: string, given: readonly string[], variables: Variables, cwd: string): Call {
  const folder = dirname(self);
  const language = basename(self).replace(/\.[a-z]+$/u, "");
  const settings = parseRunSettings(variables[RUN_VARIABLE]);
  const appRoot = language === CUSTOM ? (lookUp(variables, ["FUNCTIONS_APP_ROOT_PATH"]) ?? cwd) : cwd;
  const localSettings = parseLocalSettings(read(join(appRoot, "local.settings.json")));
  const environment = restore(variables, settings, folder, localSettings);
  // The shim of a run around this one is the same program, with that run's settings.
  const isShim = (path: string): boolean => dirname(path) === folder && environment[RUN_VARIABLE] === undefined;
  if (language === CUSTOM) {
    const executable = findHandler({ appRoot, environment, localSettings, isShim });
    const handler = handlerPlace(environment, appRoot);
    return { language, executable, args: given, environment, settings, ...(handler !== undefined && { handler }) };
  }
  const [isOption, own, ...behind] = given;
  const [told, args] = isOption === EXECUTABLE_OPTION ? [own, behind] : [undefined, given];
  const workerDirectory = lookUp(environment, ["FUNCTIONS_WORKER_DIRECTORY"]);
  const found =
    told ??
    findExecutable({
      language,
      environment,
      localSettings,
      workerConfig: workerDirectory === undefined ? undefined : read(join(workerDirectory, "worker.config.json")),
      workerDirectory,
      isShim,
    });
  return {
    language,
    executable: language === "python" ? pythonOf(found, args, environment) : found,
    args: withoutLauncher(args, join(folder, PYTHON_LAUNCHER), settings, localSettings),
    environment,
    settings,
  };
}

function handlerPlace(environment: Variables, appRoot: string): HandlerPlace | undefined {
  const port = Number(lookUp(environment, HANDLER_PORTS));
  const workerId = lookUp(environment, ["FUNCTIONS_CUSTOMHANDLER_WORKER_ID", "FUNCTIONS_HTTPWORKER_ID"]);
  return Number.isSafeInteger(port) && port > 0
    ? { port, workerId: workerId ?? `handler on port ${port}`, appRoot }
    : undefined;
}

/** The environment of a custom handler that is to listen on another port. */
export function withHandlerPort(environment: Variables, port: number): Variables {
  const ports = HANDLER_PORTS.filter((name) => environment[name] !== undefined);
  return { ...environment, ...Object.fromEntries(ports.map((name) => [name, String(port)])) };
}

/** The environment as it would be without us: what `run` has set is taken back, what others have set since stays. */
function restore(
  variables: Variables,
  settings: RunSettings | undefined,
  folder: string,
  localSettings: Variables,
): Variables {
  const restored: Record<string, string | undefined> = { ...variables };
  const isNested = typeof settings?.before[RUN_VARIABLE] === "string";
  for (const [name, before] of Object.entries(settings?.before ?? {})) {
    if (name === RUN_VARIABLE || restored[name]?.includes(folder) === true) {
      const own = before ?? localSettings[name];
      // What `inspector env` prints may stand in local.settings.json.
      restored[name] = own?.includes(folder) === true && !isNested ? undefined : own;
    }
  }
  return Object.fromEntries(Object.entries(restored).filter(([, value]) => value !== undefined));
}

/** Core Tools looks for a Python, unless it is told of one; and asks for its version first. */
function pythonOf(found: string | undefined, args: readonly string[], environment: Variables): string {
  const path = lookUp(environment, ["PATH"]) ?? "";
  if (found !== undefined && found !== "python") {
    return found;
  }
  const isCoreTools = lookUp(environment, ["FUNCTIONS_CORETOOLS_ENVIRONMENT"]) !== undefined;
  const isAsked = args.length === 1 && args[0] === "--version";
  const usual = isCoreTools || isAsked ? undefined : findOnPath("python", path);
  return usual ?? coreToolsPython(path) ?? "python";
}

/**
 * Takes our launcher out of the arguments. It stands there by a setting that hides the one of local.settings.json, so what that says
 * takes its place; what the environment said stands behind the launcher already.
 */
function withoutLauncher(
  args: readonly string[],
  launcher: string,
  settings: RunSettings | undefined,
  localSettings: Variables,
): readonly string[] {
  const index = args.indexOf(launcher);
  if (index < 0) {
    return args;
  }
  const names = settingNames("python", "arguments");
  const wasSet = names.some((name) => typeof settings?.before[name] === "string");
  const hidden = wasSet ? "" : (lookUp(localSettings, names) ?? "");
  const words = (hidden.match(/(?:"[^"]*"|\S)+/gu) ?? []).map((word) => word.replaceAll('"', ""));
  return [...args.slice(0, index), ...words.filter((word) => word !== launcher), ...args.slice(index + 1)];
}

function read(file: string): string {
  try {
    return readPlainText(file);
  } catch {
    return "";
  }
}
