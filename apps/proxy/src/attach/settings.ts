/**
 * The `languageWorkers:<language>:<key>` settings, and what `run` lays down for the shims below it. The shim bundles this file:
 * it imports nothing.
 */

/** Variables, as a process has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Names the run that shims are to reach, as {@link RunSettings} in JSON. */
export const RUN_VARIABLE = "INSPECTOR_RUN";

export type RunSettings = {
  /** The local socket on which `run` waits for shims. */
  readonly socket: string;
  /** What stood in each variable that `run` has set; null where it was not set. */
  readonly before: Readonly<Record<string, string | null>>;
  /** Hosts end with the run, whatever ends it: they are below its command. Absent for a run that others attach to. */
  readonly hasCommand?: boolean;
};

export type SettingKey = "defaultExecutablePath" | "arguments" | "workerDirectory";

/** Both names of a setting; hosts look for the one with colons first. */
export function settingNames(language: string, key: SettingKey): readonly [colons: string, underscores: string] {
  return [`languageWorkers:${language}:${key}`, `languageWorkers__${language}__${key}`];
}

/** Of several names the first that is set, to more than "". Hosts do not look at upper and lower case. */
export function lookUp(variables: Variables, names: readonly string[]): string | undefined {
  const keys = Object.keys(variables);
  for (const name of names) {
    const key = Object.hasOwn(variables, name) ? name : keys.find((one) => one.toLowerCase() === name.toLowerCase());
    const value = key === undefined ? undefined : variables[key];
    if (value !== undefined && value !== "") {
      return value;
    }
  }
  return undefined;
}

/** @returns undefined where the variable is not there, or is not what `run` writes */
export function parseRunSettings(text: string | undefined): RunSettings | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "");
    if (typeof value !== "object" || value === null || !("socket" in value) || typeof value.socket !== "string") {
      return undefined;
    }
    const before = "before" in value && typeof value.before === "object" && value.before !== null ? value.before : {};
    const strings = Object.entries(before).filter(([, one]) => one === null || typeof one === "string");
    return {
      socket: value.socket,
      before: Object.fromEntries(strings),
      hasCommand: "hasCommand" in value && value.hasCommand === true,
    };
  } catch {
    return undefined;
  }
}

/**
 * `Values` of an app's local.settings.json, with what Core Tools allows in it: comments and a comma too many.
 * @returns nothing where they are encrypted, or are no JSON
 */
export function parseLocalSettings(text: string): Variables {
  const value = parseLenientJson(text);
  if (typeof value !== "object" || value === null || ("IsEncrypted" in value && value.IsEncrypted === true)) {
    return {};
  }
  const values = "Values" in value && typeof value.Values === "object" && value.Values !== null ? value.Values : {};
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, one]) =>
      one === null || typeof one === "object" ? [] : [[name, String(one)]],
    ),
  );
}

/** JSON with comments, trailing commas and a byte order mark; undefined where it is not even that. */
export function parseLenientJson(text: string): unknown {
  const plain = text
    .replace(/^\u{feff}/u, "")
    .replaceAll(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//gu, (_, literal: string | undefined) => literal ?? "")
    .replaceAll(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/gu, (_, literal: string | undefined) => literal ?? "");
  try {
    return JSON.parse(plain);
  } catch {
    return undefined;
  }
}
