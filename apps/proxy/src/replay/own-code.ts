/**
 * A session may come from a stranger. The file that a load names is run, so it has to be what the app in the chosen folder
 * says itself, in its function.json.
 */
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { reasonOf } from "@inspector/contract/inspector-error";
import { parseJsonFile } from "@inspector/host";
import type { FunctionLoadRequest } from "@inspector/proto";
import { readPlainFile } from "../read-file.ts";

/**
 * Why a function is not loaded; undefined where it may be.
 * @param app folder of the app that is to answer, absolute
 */
export function foreignCodeIn({ metadata }: FunctionLoadRequest, app: string): string | undefined {
  const { directory = "", scriptFile = "", entryPoint = "" } = metadata ?? {};
  if (scriptFile === "" && entryPoint === "") {
    return undefined;
  }
  const folder = resolve(app, directory);
  const way = relative(app, folder);
  if (way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way)) {
    return `the session has it in ${folder}, outside of the app's folder`;
  }
  const own = readFunctionJson(folder);
  if ("problem" in own) {
    return `the app does not have it: ${own.problem}`;
  }
  const script = resolve(folder, scriptFile);
  const isOwnScript =
    own.scriptFile === undefined ? dirname(script) === folder : script === resolve(folder, own.scriptFile);
  if (!isOwnScript) {
    return `the session has it in ${script}, and the app's function.json does not`;
  }
  if (entryPoint !== "" && entryPoint !== own.entryPoint) {
    return `the session begins it at ${entryPoint}, and the app's function.json does not`;
  }
  return undefined;
}

type FunctionJson = { readonly scriptFile: string | undefined; readonly entryPoint: string | undefined };

function readFunctionJson(folder: string): FunctionJson | { readonly problem: string } {
  try {
    const file = join(folder, "function.json");
    const value = parseJsonFile(file, readPlainFile(file));
    return { scriptFile: textAt(value, "scriptFile"), entryPoint: textAt(value, "entryPoint") };
  } catch (cause) {
    return { problem: reasonOf(cause) };
  }
}

function textAt(value: unknown, key: "scriptFile" | "entryPoint"): string | undefined {
  const found = typeof value === "object" && value !== null ? new Map(Object.entries(value)).get(key) : undefined;
  return typeof found === "string" && found !== "" ? found : undefined;
}
