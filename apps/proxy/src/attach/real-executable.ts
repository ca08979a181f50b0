/** Which program a host would have started, had the shim not stood in its place. The shim bundles this file. */
import { profiledDescription } from "@inspector/host/worker-profile";
import { usualExecutable } from "./languages.ts";
import { lookUp, parseLenientJson, settingNames, type Variables } from "./settings.ts";

/** Where to look, in this order. */
export type ExecutableSources = {
  readonly language: string;
  /** The shim's own environment, with what `run` has set taken back. */
  readonly environment: Variables;
  /** `Values` of the app's local.settings.json, which Core Tools lays below the environment. */
  readonly localSettings: Variables;
  /** The text of the worker's own worker.config.json. */
  readonly workerConfig: string | undefined;
  /** The folder that holds it. */
  readonly workerDirectory: string | undefined;
  /** Whether a path leads to a shim, which must not start itself. */
  readonly isShim: (path: string) => boolean;
};

/**
 * A name on the PATH, or a path, as the host would have it: the user's own setting, or what the worker's worker.config.json
 * says, or what official workers say. `undefined` for a language that nobody knows.
 */
export function findExecutable(sources: ExecutableSources): string | undefined {
  const { language, environment, localSettings, workerConfig, workerDirectory, isShim } = sources;
  const names = settingNames(language, "defaultExecutablePath");
  const candidates = [
    lookUp(environment, names),
    lookUp(localSettings, names),
    ...describedExecutables(workerConfig, environment),
    usualExecutable(language),
  ];
  for (const candidate of candidates) {
    const path = candidate === undefined ? "" : expand(candidate, environment, workerDirectory ?? "");
    if (path !== "" && !isShim(path)) {
      return path;
    }
  }
  return language === "java" ? "java" : undefined;
}

/** Of a worker.config.json, and where a build hook has changed that, of the one before. */
export const DISPLACED_KEY = "inspectorDisplacedExecutablePath";

function describedExecutables(workerConfig: string | undefined, environment: Variables): (string | undefined)[] {
  const described = workerConfig === undefined ? undefined : profiledIn(workerConfig, environment);
  return ["defaultExecutablePath", DISPLACED_KEY].map((key) => {
    const value = described?.[key];
    return typeof value === "string" ? value : undefined;
  });
}

/** As the host reads it here: with what a profile of the file replaces. */
function profiledIn(workerConfig: string, environment: Variables): Readonly<Record<string, unknown>> | undefined {
  const value = parseLenientJson(workerConfig);
  return typeof value === "object" && value !== null
    ? profiledDescription({ ...value }, { environment, platform: process.platform })
    : undefined;
}

/** `description` of a worker.config.json; undefined where the text has none. */
export function parseDescription(workerConfig: string): Readonly<Record<string, unknown>> | undefined {
  const value = parseLenientJson(workerConfig);
  if (typeof value !== "object" || value === null || !("description" in value)) {
    return undefined;
  }
  const { description } = value;
  return typeof description === "object" && description !== null
    ? Object.fromEntries(Object.entries(description))
    : undefined;
}

/**
 * `%NAME%` and what a worker.config.json may stand for its own folder with. A path with a variable that is not set is none:
 * `%JAVA_HOME%/bin/java` would be another program.
 */
function expand(path: string, environment: Variables, workerDirectory: string): string {
  let isWhole = true;
  const expanded = path.replaceAll(/%([^%\s]+)%/gu, (_, name: string) => {
    const value = lookUp(environment, [name]);
    isWhole &&= value !== undefined;
    return value ?? "";
  });
  const folder = workerDirectory === "" || /[\\/]$/u.test(workerDirectory) ? workerDirectory : `${workerDirectory}/`;
  const placed = expanded.replaceAll("{WorkerRoot}", folder).replaceAll("{workerDirectoryPath}", workerDirectory);
  return isWhole ? placed : "";
}
