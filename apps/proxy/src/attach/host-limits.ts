/** How long the host of an app waits, as far as the app's own configuration says so. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { timeSpanOf } from "@inspector/session/limits";
import { readJson, valueIn } from "./handler-app.ts";
import { lookUp, type Variables } from "./settings.ts";

/** Takes the place of what host.json says. */
const SETTING = ["AzureFunctionsJobHost:functionTimeout", "AzureFunctionsJobHost__functionTimeout"];
/** Loading may take at least as long, in ms. @see docs/protocol-notes.md */
const LEAST_LOAD_MS = 60_000;

/** Milliseconds by step, null for ever: what the event "process-spawned" says. */
export type HostLimits = { readonly index: number; readonly load: number; readonly invocation: number | null };

/**
 * From `functionTimeout` in the environment or in host.json; nothing where neither says it, or what it says is no time span.
 * @param folders where the app may be; the first that has a host.json is taken
 */
export function hostLimitsIn(
  folders: readonly (string | undefined)[],
  variables: Variables,
): { readonly limits?: HostLimits } {
  const text = lookUp(variables, SETTING) ?? functionTimeoutIn(folders);
  if (text === "-1") {
    return { limits: { index: LEAST_LOAD_MS, load: LEAST_LOAD_MS, invocation: null } };
  }
  const span = timeSpanOf(text);
  if (span === undefined || span <= 0) {
    return {};
  }
  const invocation = span / 1e6;
  const load = Math.max(LEAST_LOAD_MS, invocation);
  return { limits: { index: load, load, invocation } };
}

function functionTimeoutIn(folders: readonly (string | undefined)[]): unknown {
  const files = folders.flatMap((folder) => (folder === undefined ? [] : [join(folder, "host.json")]));
  const file = files.find((one) => existsSync(one));
  return file === undefined ? undefined : valueIn(readJson(file), "functionTimeout");
}
