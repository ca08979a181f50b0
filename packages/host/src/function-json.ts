import { randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import { basename, extname, isAbsolute, join, parse } from "node:path";
import {
  collectFunctions,
  type Environment,
  type FunctionTable,
  type ParsedFunction,
  parseFunction,
} from "./functions.ts";
import { CUSTOM } from "./handler-settings.ts";
import { formatCause } from "./host-error.ts";
import { isTrueAt, type JsonObject, readJsonFile, stringAt } from "./json.ts";

/**
 * Reads the functions of an app that has one folder with a function.json for each, for workers that do not index.
 * Ids are new each time, as in the real host.
 *
 * @param context `extensions` are those of the worker's scripts; functions of other languages are left out, but for custom handlers,
 * which have no scripts
 */
export async function readFunctionFolders(
  appDirectory: string,
  context: { readonly language: string; readonly extensions: readonly string[]; readonly environment: Environment },
): Promise<FunctionTable> {
  const entries = await readdir(appDirectory, { withFileTypes: true });
  const folders = entries
    .filter((entry) => entry.isDirectory() && entry.name !== "node_modules")
    .map(({ name }) => name);
  const found: Array<{ name: string; parsed: ParsedFunction }> = [];
  for (const name of folders.sort()) {
    const parsed = await readFunctionFolder(join(appDirectory, name), context);
    if (parsed !== undefined) {
      found.push({ name, parsed });
    }
  }
  return collectFunctions(found);
}

async function readFunctionFolder(
  directory: string,
  context: { readonly language: string; readonly extensions: readonly string[]; readonly environment: Environment },
): Promise<ParsedFunction | undefined> {
  let content: JsonObject | undefined;
  try {
    content = await readJsonFile(join(directory, "function.json"));
  } catch (cause) {
    return { ok: false, reason: formatCause(cause) };
  }
  if (content === undefined) {
    return undefined;
  }
  const isCustom = context.language === CUSTOM;
  const scriptFile =
    findScript(directory, content, await readdir(directory), context.extensions) ?? (isCustom ? "" : undefined);
  if (scriptFile === undefined) {
    return { ok: false, reason: "function.json names no scriptFile, and no file of the folder is clearly the script" };
  }
  if (!isCustom && !context.extensions.includes(extname(scriptFile))) {
    return { ok: false, reason: `${basename(scriptFile)} is not a script of the ${context.language} worker` };
  }
  return parseFunction(
    {
      id: randomUUID(),
      name: basename(directory),
      directory,
      scriptFile,
      entryPoint: stringAt(content, "entryPoint") ?? "",
      language: context.language,
      properties: {},
    },
    Array.isArray(content["bindings"]) ? content["bindings"] : [],
    context.environment,
    isTrueAt(content, "disabled"),
  );
}

/** The named script; else the only file beside function.json; else the one called run, index or __init__. */
function findScript(
  directory: string,
  content: JsonObject,
  files: readonly string[],
  extensions: readonly string[],
): string | undefined {
  const named = stringAt(content, "scriptFile");
  if (named !== undefined && named !== "") {
    return isAbsolute(named) ? named : join(directory, named);
  }
  const scripts = files.filter((file) => extensions.includes(extname(file)));
  const chosen =
    scripts.length === 1
      ? scripts[0]
      : scripts.find((file) => ["run", "index", "__init__"].includes(parse(file).name.toLowerCase()));
  return chosen === undefined ? undefined : join(directory, chosen);
}
