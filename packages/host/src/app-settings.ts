import { join } from "node:path";
import { HostError } from "./host-error.ts";
import { type JsonObject, objectAt, readJsonFile, stringAt } from "./json.ts";
import { parseTimeSpan } from "./time-span.ts";

/** What the stand-in host takes from an app's host.json. */
export type HostJson = {
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
  return parseHostJson((await readJsonFile(join(appDirectory, "host.json"))) ?? {});
}

export function parseHostJson(content: JsonObject): HostJson {
  const extensions = objectAt(content, "extensions");
  const queues = objectAt(extensions, "queues");
  return {
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
    throw new HostError("configuration-invalid", `functionTimeout in host.json is not a time span: ${text}`, {
      hint: 'Write it as "hh:mm:ss", or "-1" for no limit.',
    });
  }
  return limit;
}

function positiveAt(object: JsonObject, key: string): number | undefined {
  const value = object[key];
  return typeof value === "number" && Number.isInteger(value) && value > 0 ? value : undefined;
}

/**
 * The environment an app runs in: the given one, and `Values` of local.settings.json where it has no such name.
 *
 * @throws {HostError} "configuration-invalid"
 */
export async function readAppEnvironment(
  appDirectory: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Record<string, string | undefined>> {
  const settings = (await readJsonFile(join(appDirectory, "local.settings.json"))) ?? {};
  const merged: Record<string, string | undefined> = { ...environment };
  for (const [name, value] of Object.entries(objectAt(settings, "Values"))) {
    if (!(Object.hasOwn(merged, name) && merged[name] !== undefined) && value !== null) {
      merged[name] = String(value);
    }
  }
  return merged;
}
