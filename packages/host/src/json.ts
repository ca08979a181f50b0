import { readFile } from "node:fs/promises";
import { formatCause, HostError } from "./host-error.ts";

export type JsonObject = { readonly [key: string]: unknown };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The string at `key`, or undefined when it is absent or something else. */
export function stringAt(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === "string" ? value : undefined;
}

/** The strings of the list at `key`; whatever else it holds is left out. */
export function stringsAt(object: JsonObject, key: string): readonly string[] {
  const value = object[key];
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === "string") : [];
}

/** The object at `key`, or an empty one. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}

/** Configuration files write booleans both as `true` and as `"true"`. */
export function isTrueAt(object: JsonObject, key: string): boolean {
  const value = object[key];
  return value === true || (typeof value === "string" && value.toLowerCase() === "true");
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Reads a JSON file whose top level is an object; a byte order mark is allowed, as .NET tools write one.
 *
 * @returns undefined when there is no such file
 * @throws {HostError} "configuration-invalid" when it is unreadable or not an object
 */
export async function readJsonFile(path: string): Promise<JsonObject | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (isNodeError(cause) && cause.code === "ENOENT") {
      return undefined;
    }
    throw new HostError("configuration-invalid", `${path} could not be read: ${formatCause(cause)}`, { cause });
  }
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    if (isJsonObject(value)) {
      return value;
    }
  } catch (cause) {
    throw new HostError("configuration-invalid", `${path} is not JSON: ${formatCause(cause)}`, { cause });
  }
  throw new HostError("configuration-invalid", `${path} is not a JSON object`);
}

function isNodeError(value: unknown): value is NodeJS.ErrnoException {
  return value instanceof Error && "code" in value;
}
