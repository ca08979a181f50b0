/** A custom handler as its app's files describe it, and what is recorded of the app. The shim bundles `findHandler`. */
import { existsSync, readdirSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { readPlainText } from "../read-file.ts";
import { lookUp, parseLenientJson, type Variables } from "./settings.ts";

/** Names the shim that stands for a custom handler, as FUNCTIONS_WORKER_RUNTIME names such apps. */
export const CUSTOM = "custom";

/** Of host.json; the first one wins where an app has both. */
const SECTIONS = ["customHandler", "httpWorker"] as const;
export type HandlerSection = (typeof SECTIONS)[number];

type Json = Readonly<Record<string, unknown>>;

/** Both names of the setting that takes the place of a handler's executable. */
export function handlerSettingNames(section: HandlerSection): readonly [colons: string, underscores: string] {
  const path = ["AzureFunctionsJobHost", section, "description", "defaultExecutablePath"];
  return [path.join(":"), path.join("__")];
}

/** Which section of an app's host.json describes a custom handler; undefined where none does. */
export function handlerSection(appRoot: string): HandlerSection | undefined {
  const hostJson = readJson(join(appRoot, "host.json"));
  return SECTIONS.find((section) => isJson(hostJson[section]));
}

export type HandlerSources = {
  readonly appRoot: string;
  /** With what `run` has set taken back. */
  readonly environment: Variables;
  /** `Values` of local.settings.json. */
  readonly localSettings: Variables;
  readonly isShim: (path: string) => boolean;
};

/** The program that the host would have started: a path in the app's folder where there is such a file, or a name on the PATH. */
export function findHandler({ appRoot, environment, localSettings, isShim }: HandlerSources): string | undefined {
  const hostJson = readJson(join(appRoot, "host.json"));
  for (const section of SECTIONS) {
    const described = jsonIn(jsonIn(hostJson, section), "description");
    const names = handlerSettingNames(section);
    const candidates = [
      lookUp(environment, names),
      lookUp(localSettings, names),
      textIn(described, "defaultExecutablePath"),
    ];
    const found = candidates.find((one) => one !== undefined && one !== "" && !isShim(one));
    if (found === undefined) {
      continue;
    }
    const path = found.replaceAll(/%([^%\s]+)%/gu, (whole, name: string) => lookUp(environment, [name]) ?? whole);
    const inApp = join(appRoot, textIn(described, "workerDirectory") ?? "", path);
    return !isAbsolute(path) && existsSync(inApp) ? inApp : path;
  }
  return undefined;
}

/** What the recording is told of an app, so that requests are shown as calls of its functions. */
export function describeHandlerApp(appRoot: string): Json {
  const hostJson = readJson(join(appRoot, "host.json"));
  const section = handlerSection(appRoot);
  const prefix = textIn(jsonIn(jsonIn(hostJson, "extensions"), "http"), "routePrefix") ?? "api";
  return {
    functions: functionsIn(appRoot),
    routePrefix: prefix.replaceAll(/^\/+|\/+$/gu, ""),
    // What is described as httpWorker gets callers' own requests in any case.
    isForwarding: section === "httpWorker" || jsonIn(hostJson, "customHandler")["enableForwardingHttpRequest"] === true,
  };
}

function functionsIn(appRoot: string): Json[] {
  return folders(appRoot).flatMap((name) => {
    const { bindings } = readJson(join(appRoot, name, "function.json"));
    if (!Array.isArray(bindings)) {
      return [];
    }
    const known = bindings.filter(isJson);
    const route = known.map((one) => textIn(one, "route")).find((one) => one !== undefined);
    return [
      {
        name,
        bindings: known.map((one) => ({ name: one["name"], type: one["type"], direction: one["direction"] })),
        ...(route !== undefined && { route }),
      },
    ];
  });
}

function folders(path: string): string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}

/** The object in a file of settings; empty where it cannot be read, or holds none. */
export function readJson(file: string): Json {
  try {
    const value = parseLenientJson(readPlainText(file));
    return isJson(value) ? value : {};
  } catch {
    return {};
  }
}

/** Hosts do not look at upper and lower case in names of settings. */
export function valueIn(of: Json, name: string): unknown {
  return Object.entries(of).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

function jsonIn(of: Json, name: string): Json {
  const value = valueIn(of, name);
  return isJson(value) ? value : {};
}

function textIn(of: Json, name: string): string | undefined {
  const value = valueIn(of, name);
  return typeof value === "string" ? value : undefined;
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
