/** What a worker.config.json says depending on where it is read. The shim bundles this file. */
import { isJsonObject, type JsonObject, objectAt, stringAt } from "./json.ts";

/** What the conditions of profiles look at. */
export type ProfileSurroundings = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
};

export const OS_NAMES: Partial<Record<NodeJS.Platform, string>> = { linux: "LINUX", darwin: "OSX", win32: "WINDOWS" };

/**
 * `description` of a worker.config.json: the first of its `profiles` whose conditions all hold replaces the fields that it names.
 * @see docs/protocol-notes.md, "Starting a worker"
 */
export function profiledDescription(content: JsonObject, surroundings: ProfileSurroundings): JsonObject {
  const description = objectAt(content, "description");
  const profiles = Array.isArray(content["profiles"]) ? content["profiles"].filter(isJsonObject) : [];
  const profile = profiles.find((candidate) => {
    const conditions = Array.isArray(candidate["conditions"]) ? candidate["conditions"].filter(isJsonObject) : [];
    return conditions.length > 0 && conditions.every((condition) => isMet(condition, surroundings));
  });
  return profile === undefined ? description : { ...description, ...objectAt(profile, "description") };
}

function isMet(condition: JsonObject, { environment, platform }: ProfileSurroundings): boolean {
  const name = stringAt(condition, "conditionName") ?? "";
  const properties: Readonly<Record<string, string | undefined>> = {
    platform: OS_NAMES[platform],
    sku: environment["WEBSITE_SKU"],
  };
  const isProperty = stringAt(condition, "conditionType") === "hostProperty";
  const [values, key] = isProperty ? [properties, name.toLowerCase()] : [environment, name];
  const value = Object.hasOwn(values, key) ? values[key] : undefined;
  return value !== undefined && matches(stringAt(condition, "conditionExpression") ?? "", value);
}

/** What is no pattern here matches nothing: .NET has some that JavaScript has not. */
function matches(expression: string, value: string): boolean {
  try {
    return new RegExp(expression, "i").test(value);
  } catch {
    return false;
  }
}
