import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { App } from "./app.ts";
import { ensureError, SystemError } from "./failures.ts";
import { findFiles } from "./glob.ts";
import { runHooks } from "./hooks.ts";
import type { Log } from "./logs.ts";

/**
 * Loads every file that `main` in the app's package.json names, CommonJS or ESM by Node's own rules, then runs the
 * appStart hooks. An error in a file ends the loading and is kept in `app.entryPointError`: hosts show it per function,
 * and functions of earlier files stay usable.
 * @throws what an appStart hook throws
 */
export async function loadApp(app: App, directory: string, log: Log): Promise<void> {
  const pattern = await readMain(directory, log);
  if (pattern !== undefined) {
    const failed = await loadEntryPoints(app, directory, pattern, log);
    if (failed !== undefined) {
      app.entryPointError = failed;
      // Only the worker's console shows it now; on the stream it waits for the metadata request.
      console.error(failed.stack);
      return;
    }
  }
  const context = { hookData: app.hookData, appHookData: app.hookData };
  await runHooks(app.hooks, "appStart", context, (message) => log("debug", "system", message));
}

async function readMain(directory: string, log: Log): Promise<string | undefined> {
  try {
    const parsed: unknown = JSON.parse(await readFile(join(directory, "package.json"), "utf8"));
    const main = typeof parsed === "object" && parsed !== null && "main" in parsed ? parsed.main : undefined;
    return typeof main === "string" && main !== "" ? main : undefined;
  } catch (error) {
    log("warning", "system", `Could not read package.json of the app: ${ensureError(error).message}`);
    return undefined;
  }
}

async function loadEntryPoints(app: App, directory: string, pattern: string, log: Log): Promise<Error | undefined> {
  const files = await findFiles(directory, pattern);
  if (files.length === 0) {
    return new SystemError(`No file matches "main" in package.json: "${pattern}"`);
  }
  for (const file of files) {
    app.entryPoint = join(directory, file);
    log("debug", "system", `Loading entry point ${file}`);
    try {
      await import(pathToFileURL(app.entryPoint).href);
    } catch (thrown) {
      return entryPointError(file, ensureError(thrown));
    }
    log("debug", "system", `Loaded entry point ${file}`);
  }
  return undefined;
}

function entryPointError(file: string, error: Error): SystemError {
  const wrapped = new SystemError(`The worker could not load entry point "${file}": ${error.message}`, {
    cause: error,
  });
  if (error.stack !== undefined) {
    wrapped.stack = error.stack;
  }
  return wrapped;
}
