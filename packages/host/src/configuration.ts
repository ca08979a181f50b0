import { isJsonObject } from "./json.ts";

/** Where settings come from. Of one key the command line wins over the environment, and that over the JSON. */
export type ConfigurationSources = {
  /** Content of a JSON settings file: nested objects, or flat keys with colons. */
  readonly json?: unknown;
  /** `/key=value`, `--key=value`, `/key value`, `--key value` or `key=value`. */
  readonly arguments?: readonly string[];
  /** Variables; `a:b` and `a__b` name the same key, and the one with colons wins. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
};

/** Settings under keys of sections divided by colons. Case does not matter in keys. */
export type Configuration = {
  get(key: string): string | undefined;
};

/** Lays the sources over each other as the configuration of a .NET host does. */
export function createConfiguration(sources: ConfigurationSources): Configuration {
  const values = new Map<string, string>();
  const put = (key: string, value: string): void => {
    values.set(key.toLowerCase(), value);
  };
  flatten("", sources.json, put);
  const environment = Object.entries(sources.environment ?? {});
  for (const [name, value] of environment) {
    if (value !== undefined && name.includes("__")) {
      put(name.replaceAll("__", ":"), value);
    }
  }
  for (const [name, value] of environment) {
    if (value !== undefined && !name.includes("__")) {
      put(name, value);
    }
  }
  for (const [key, value] of parseArguments(sources.arguments ?? [])) {
    put(key, value);
  }
  return { get: (key) => values.get(key.toLowerCase()) };
}

function flatten(prefix: string, value: unknown, put: (key: string, value: string) => void): void {
  if (isJsonObject(value) || Array.isArray(value)) {
    for (const [key, child] of Object.entries(value)) {
      flatten(prefix === "" ? key : `${prefix}:${key}`, child, put);
    }
  } else if (prefix !== "" && value !== undefined && value !== null) {
    put(prefix, String(value));
  }
}

function parseArguments(args: readonly string[]): ReadonlyArray<readonly [string, string]> {
  const found: Array<readonly [string, string]> = [];
  for (let index = 0; index < args.length; index++) {
    const argument = args[index] ?? "";
    const isSwitch = argument.startsWith("--") || argument.startsWith("/");
    const bare = argument.replace(/^(--|\/)/, "");
    const equals = bare.indexOf("=");
    if (equals > 0) {
      found.push([bare.slice(0, equals), bare.slice(equals + 1)]);
    } else if (isSwitch && index + 1 < args.length) {
      index++;
      found.push([bare, args[index] ?? ""]);
    }
  }
  return found;
}
