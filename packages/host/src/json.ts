import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { formatCause, HostError } from "./host-error.ts";
import { decodeSettings, parseSettingsJson } from "./settings-json.ts";

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
 * Reads a settings file whose top level is an object; see {@link parseSettingsJson} for what it may look like.
 *
 * @param options see {@link parseSettingsJson}
 * @returns undefined when there is no such file
 * @throws {HostError} "configuration-invalid" when it is unreadable or not an object; it says where, and quotes nothing
 */
export async function readJsonFile(
  path: string,
  options: { readonly numbersAsText?: boolean } = {},
): Promise<JsonObject | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readRegularFile(path);
  } catch (cause) {
    if (isNodeError(cause) && cause.code === "ENOENT") {
      return undefined;
    }
    throw new HostError("configuration-invalid", `${path} could not be read: ${formatCause(cause)}`, { cause });
  }
  return parseJsonFile(path, bytes, options);
}

/** A pipe would be waited for without end, and a device may never end. @throws what the file system says, or that it is no file */
async function readRegularFile(path: string): Promise<Uint8Array> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!(await handle.stat()).isFile()) {
      throw new Error("it is no regular file");
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** The same for bytes that were read. @throws {HostError} "configuration-invalid" */
export function parseJsonFile(
  path: string,
  bytes: Uint8Array,
  options: { readonly numbersAsText?: boolean } = {},
): JsonObject {
  let value: unknown;
  try {
    value = parseSettingsJson(decodeSettings(bytes), options);
  } catch (cause) {
    throw new HostError("configuration-invalid", `${path} cannot be read as JSON: ${formatCause(cause)}`, {
      cause,
      hint: "Correct the file there; comments and trailing commas are allowed.",
    });
  }
  if (isJsonObject(value)) {
    return value;
  }
  throw new HostError("configuration-invalid", `${path} is not a JSON object`);
}

function isNodeError(value: unknown): value is NodeJS.ErrnoException {
  return value instanceof Error && "code" in value;
}
