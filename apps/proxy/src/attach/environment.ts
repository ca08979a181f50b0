/** The environment of a command whose hosts are to start shims. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { readPlainText } from "../read-file.ts";
import { hookVariables } from "./dotnet-hook.ts";
import { CUSTOM, type HandlerSection, handlerSection, handlerSettingNames } from "./handler-app.ts";
import { LANGUAGES } from "./languages.ts";
import {
  lookUp,
  parseLocalSettings,
  RUN_VARIABLE,
  type RunSettings,
  settingNames,
  type Variables,
} from "./settings.ts";
import type { Shims } from "./shims.ts";

export type AttachedVariables = {
  /** What is set, over what is there. */
  readonly variables: Readonly<Record<string, string>>;
  /** What each of them was. */
  readonly before: RunSettings["before"];
};

/**
 * The settings that put a shim in each language's place. Both forms of the executable, since the one with colons wins and
 * others (Core Tools, for Python) set it where it is not there; where a shell drops names with colons, the other one remains.
 *
 * Core Tools sets Python's executable itself, so a launcher stands before the worker's path besides: the arguments are nobody's but the
 * user's, and theirs stay behind it.
 */
export function attachedVariables(
  environment: Variables,
  languages: readonly string[],
  shims: Shims,
  run: Omit<RunSettings, "before">,
  handlers: readonly HandlerSection[] = [],
): AttachedVariables {
  const variables: Record<string, string> = {};
  for (const section of handlers) {
    const [colons, underscores] = handlerSettingNames(section);
    // One that is set in both spellings has either.
    for (const name of lookUp(environment, [colons]) === undefined ? [underscores] : [colons, underscores]) {
      variables[name] = shims.executable(CUSTOM);
    }
  }
  for (const language of languages) {
    for (const name of settingNames(language, "defaultExecutablePath")) {
      variables[name] = shims.executable(language);
    }
  }
  if (languages.includes("python")) {
    const [colons, underscores] = settingNames("python", "arguments");
    const name = lookUp(environment, [colons]) === undefined ? underscores : colons;
    const own = lookUp(environment, [colons, underscores]);
    // Hosts divide the value at blanks and join the parts again, so the quotes keep a path with blanks together.
    variables[name] = `"${shims.pythonLauncher}"${own === undefined ? "" : ` ${own}`}`;
  }
  if (languages.includes("dotnet-isolated")) {
    Object.assign(variables, hookVariables(environment, shims.dotnetHook, shims.executable("dotnet-isolated")));
  }
  const before = Object.fromEntries(
    [...Object.keys(variables), RUN_VARIABLE].map((name) => [name, environment[name] ?? null]),
  );
  const settings: RunSettings = { ...run, before };
  return { variables: { ...variables, [RUN_VARIABLE]: JSON.stringify(settings) }, before };
}

/**
 * The folders of apps that a command is about, as far as it says: where it runs, and what its arguments name.
 */
export function appFolders(command: readonly string[], cwd: string): string[] {
  const named = command.slice(1).flatMap((argument) => [argument, argument.split("=").slice(1).join("=")]);
  const folders = [".", ...named].filter((one) => one !== "").map((one) => resolve(cwd, one));
  return [...new Set(folders)].filter((folder) => existsSync(join(folder, "host.json")));
}

/**
 * Which sections describe custom handlers in these apps. The setting for one makes a custom handler of every app that gets it, so it is
 * set for nothing but them.
 * @param isNamed the user says that there is one where nothing is seen of it
 */
export function handlersFor(folders: readonly string[], isNamed: boolean): HandlerSection[] {
  const found = folders.flatMap((folder) => handlerSection(folder) ?? []);
  return [...new Set(isNamed && found.length === 0 ? (["customHandler"] as const) : found)];
}

/** An app of in-process .NET among these: its functions run in the host itself. */
export function findInProcess(folders: readonly string[], environment: Variables): string | undefined {
  const name = ["FUNCTIONS_WORKER_RUNTIME"];
  return folders.find((folder) => {
    const runtime = lookUp(environment, name) ?? lookUp(localSettingsOf(folder), name);
    return runtime?.trim().toLowerCase() === "dotnet";
  });
}

function localSettingsOf(folder: string): Variables {
  try {
    return parseLocalSettings(readPlainText(join(folder, "local.settings.json")));
  } catch {
    return {};
  }
}

/** Those that hosts are known to have, what the user names, and what the user's own settings are about. */
export function languagesFor(environment: Variables, named: readonly string[]): string[] {
  const own = Object.keys(environment).flatMap(
    (name) => /^languageWorkers(?:__|:)([^:]+?)(?:__|:)/iu.exec(name)?.[1] ?? [],
  );
  return [...new Set([...LANGUAGES, ...named, ...own])].filter((language) => /^[\w.+#-]+$/u.test(language));
}
