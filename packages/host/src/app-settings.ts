import { join } from "node:path";
import { HostError } from "./host-error.ts";
import { isTrueAt, type JsonObject, objectAt, readJsonFile, stringAt } from "./json.ts";
import { parseTimeSpan } from "./time-span.ts";

/** What the stand-in host takes from an app's host.json. */
export type HostJson = {
  /** Whether the app has one. */
  readonly isThere: boolean;
  /** First part of every http route, without slashes; "" for none. */
  readonly routePrefix: string;
  /** ms; undefined means no limit. */
  readonly functionTimeout: number | undefined;
  readonly maxDequeueCount: number;
  /** ms between a queue message's failure and its next try. */
  readonly visibilityTimeout: number;
  /** Queue messages one function handles at a time. */
  readonly batchSize: number;
};

const DEFAULT_FUNCTION_TIMEOUT = 30 * 60_000;

/**
 * Reads host.json of an app; an app without one gets the defaults of host 4.x.
 *
 * @throws {HostError} "configuration-invalid"
 */
export async function readHostJson(appDirectory: string): Promise<HostJson> {
  const content = await readJsonFile(join(appDirectory, "host.json"));
  return { ...parseHostJson(content ?? {}), isThere: content !== undefined };
}

export function parseHostJson(content: JsonObject): HostJson {
  const extensions = objectAt(content, "extensions");
  const queues = objectAt(extensions, "queues");
  return {
    isThere: true,
    routePrefix: (stringAt(objectAt(extensions, "http"), "routePrefix") ?? "api").replace(/^\/+|\/+$/g, ""),
    functionTimeout: parseFunctionTimeout(stringAt(content, "functionTimeout")),
    maxDequeueCount: positiveAt(queues, "maxDequeueCount") ?? 5,
    visibilityTimeout: parseTimeSpan(stringAt(queues, "visibilityTimeout") ?? "") ?? 0,
    batchSize: positiveAt(queues, "batchSize") ?? 16,
  };
}

function parseFunctionTimeout(text: string | undefined): number | undefined {
  if (text === undefined) {
    return DEFAULT_FUNCTION_TIMEOUT;
  }
  if (text === "-1") {
    return undefined;
  }
  const limit = parseTimeSpan(text);
  if (limit === undefined || limit <= 0) {
    throw new HostError("configuration-invalid", "functionTimeout in host.json is not a time span", {
      hint: 'Write it as "hh:mm:ss", or "-1" for no limit.',
    });
  }
  return limit;
}

function positiveAt(object: JsonObject, key: string): number | undefined {
  const value = object[key];
  return typeof value === "number" && Number.isInteger(value) && value > 0 ? value : undefined;
}

/** The environment an app runs in, and what of its settings is not in it. */
export type AppEnvironment = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** One sentence each, for people. No value is in them. */
  readonly warnings: readonly string[];
};

/**
 * The given environment, and `Values` of local.settings.json where it has no such name.
 *
 * @throws {HostError} "configuration-invalid"
 */
export async function readAppEnvironment(
  appDirectory: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<AppEnvironment> {
  // Settings are text: a number must not lose the digits that it was written with.
  const settings = (await readJsonFile(join(appDirectory, SETTINGS_FILE), { numbersAsText: true })) ?? {};
  if (isTrueAt(settings, "IsEncrypted")) {
    const count = Object.keys(objectAt(settings, "Values")).length;
    const warning =
      `Warning: ${SETTINGS_FILE} is encrypted, so none of its values is set. ` +
      "Decrypt it with `func settings decrypt`, or set them as environment variables.";
    return { environment, warnings: count === 0 ? [] : [warning] };
  }
  const merged: Record<string, string | undefined> = { ...environment };
  const warnings: string[] = [];
  for (const [name, value] of Object.entries(objectAt(settings, "Values"))) {
    const isTaken = Object.hasOwn(merged, name) && merged[name] !== undefined;
    const obstacle = obstacleTo(name, value);
    if (obstacle !== undefined) {
      warnings.push(`Warning: ${obstacle} in ${SETTINGS_FILE}, which no environment variable can be: it is not set`);
    } else if (!isTaken && value !== null) {
      merged[name] = String(value);
    }
  }
  return { environment: merged, warnings };
}

const SETTINGS_FILE = "local.settings.json";

function obstacleTo(name: string, value: unknown): string | undefined {
  if (name === "" || name.includes("=") || name.includes("\0")) {
    return `the name ${JSON.stringify(name)} stands among the Values`;
  }
  if (typeof value === "object" && value !== null) {
    return `Values.${name} is ${Array.isArray(value) ? "a list" : "an object"}`;
  }
  return String(value).includes("\0") ? `Values.${name} has a zero character` : undefined;
}
