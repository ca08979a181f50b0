/**
 * How a shim gets before a .NET isolated worker. The app itself tells its host which executable runs it, from the worker.config.json of its
 * build's output, after all settings; so that file has to name the shim. A build writes it anew each time, and a hook changes what is
 * written; where nothing is built, the file is changed for as long as the run lasts.
 * @see docs/protocol-notes.md, "Starting a worker"
 */
import { copyFileSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { basename, isAbsolute, join, resolve } from "node:path";
import { readPlainText } from "../read-file.ts";
import { DISPLACED_KEY, parseDescription } from "./real-executable.ts";
import type { Variables } from "./settings.ts";

/** In the folder of the shims. */
export const HOOK_FILE = "inspector.targets";
/** MSBuild imports what this names behind its own targets, and takes it from the environment. */
const IMPORT_VARIABLE = "CustomAfterMicrosoftCommonTargets";
const SHIM_VARIABLE = "InspectorShim";
const NEXT_VARIABLE = "InspectorNextTargets";

const PATTERN = '"defaultExecutablePath"\\s*:\\s*"((?:\\\\.|[^"\\\\])*)"';
const FOLDERS = ["bin", "obj"];
const CONFIG = "worker.config.json";
/** Below an app's folder: bin/Debug/net8.0, or bin/output. */
const MAX_DEPTH = 3;

/**
 * The targets that change what either SDK has just written, before it is copied to the output: the older one names the file in
 * `_FunctionsWorkerConfigPath`, the newer one in `_WorkerConfigOutputPath`. What is published is left as it is.
 */
export const HOOK: string = `<Project>
  <Import Project="$(${NEXT_VARIABLE})" Condition="'$(${NEXT_VARIABLE})' != '' and Exists('$(${NEXT_VARIABLE})')" />
${[
  ["_FunctionsGenerateWorkerConfig", "_FunctionsWorkerConfigPath"],
  ["_GenerateWorkerConfig", "_WorkerConfigOutputPath"],
]
  .map(
    ([target, file]) => `  <Target Name="_Inspector${target}" AfterTargets="${target}"
      Condition="'$(${SHIM_VARIABLE})' != '' and '$(_IsPublishing)' != 'true' and Exists('$(${file})')">
    <PropertyGroup>
      <_InspectorText>$([System.IO.File]::ReadAllText('$(${file})'))</_InspectorText>
      <_InspectorPattern><![CDATA[${PATTERN}]]></_InspectorPattern>
      <_InspectorNew><![CDATA["defaultExecutablePath": "$(${SHIM_VARIABLE})", "${DISPLACED_KEY}": "$1"]]></_InspectorNew>
    </PropertyGroup>
    <PropertyGroup Condition="!$(_InspectorText.Contains('${DISPLACED_KEY}'))">
      <_InspectorText>$([System.Text.RegularExpressions.Regex]::Replace($(_InspectorText), $(_InspectorPattern), $(_InspectorNew)))</_InspectorText>
    </PropertyGroup>
    <WriteLinesToFile File="$(${file})" Lines="$([MSBuild]::Escape($(_InspectorText)))" Overwrite="true" WriteOnlyWhenDifferent="true" />
  </Target>`,
  )
  .join("\n")}
</Project>
`;

/** What makes a build below a command use the hook; one of the user's own is imported by it. */
export function hookVariables(environment: Variables, hook: string, shim: string): Record<string, string> {
  const next = environment[IMPORT_VARIABLE];
  return {
    [IMPORT_VARIABLE]: hook,
    // As it is to stand in JSON, and in the replacement of a regular expression.
    [SHIM_VARIABLE]: JSON.stringify(shim).slice(1, -1).replaceAll("$", "$$$$"),
    ...(next !== undefined && next !== hook && { [NEXT_VARIABLE]: next }),
  };
}

/** The same text with the shim as its executable, and beside it what stood there; undefined where there is nothing to change. */
export function hookConfig(text: string, shim: string): string | undefined {
  if (parseDescription(text)?.["language"] !== "dotnet-isolated" || text.includes(DISPLACED_KEY)) {
    return undefined;
  }
  const hooked = text.replace(
    new RegExp(PATTERN, "u"),
    (_, before: string) => `"defaultExecutablePath": ${JSON.stringify(shim)}, "${DISPLACED_KEY}": "${before}"`,
  );
  return hooked === text ? undefined : hooked;
}

export type ChangedConfig = { readonly file: string; readonly copy: string };

/** Changes each worker.config.json of a .NET isolated app that is there. @param folder keeps the files as they were */
export function changeConfigs(roots: readonly string[], shim: string, folder: string): ChangedConfig[] {
  const changed: ChangedConfig[] = [];
  for (const file of new Set(roots.flatMap((root) => findConfigs(root, MAX_DEPTH)))) {
    const hooked = hookConfig(readPlainText(file), shim);
    if (hooked === undefined) {
      continue;
    }
    const copy = join(folder, `${changed.length}.${CONFIG}`);
    const { atime, mtime } = statSync(file);
    copyFileSync(file, copy);
    utimesSync(copy, atime, mtime);
    try {
      writeFileSync(file, hooked);
      // So old that the next build replaces it, should nobody restore it.
      utimesSync(file, atime, new Date(0));
    } catch {
      continue; // A folder that cannot be written keeps its own worker.
    }
    changed.push({ file, copy });
  }
  return changed;
}

/** Puts the files back, with their times, where they are still as they were changed. */
export function restoreConfigs(changed: readonly ChangedConfig[]): void {
  for (const { file, copy } of changed) {
    try {
      if (readPlainText(file).includes(DISPLACED_KEY)) {
        const { atime, mtime } = statSync(copy);
        copyFileSync(copy, file);
        utimesSync(file, atime, mtime);
      }
    } catch {
      // It was removed, with its folder perhaps.
    }
  }
}

/** Where a command's app is: here, and where `--script-root` or `--prefix` says. */
export function appRoots(command: readonly string[], cwd: string): string[] {
  const named = command.flatMap((argument, index) => {
    const [, joined] = /^--(?:script-root|prefix)=(.*)$/u.exec(argument) ?? [];
    const path = joined ?? (/^--(?:script-root|prefix)$/u.test(argument) ? command[index + 1] : undefined);
    return path === undefined ? [] : [isAbsolute(path) ? path : resolve(cwd, path)];
  });
  return [cwd, ...named];
}

function findConfigs(folder: string, depth: number): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    const isBelow = FOLDERS.includes(basename(folder)) || depth < MAX_DEPTH;
    return entries.flatMap((entry) => {
      if (entry.isFile() && entry.name === CONFIG) {
        return [join(folder, entry.name)];
      }
      const isWanted = entry.isDirectory() && depth > 0 && (isBelow || entry.name === "bin");
      return isWanted ? findConfigs(join(folder, entry.name), depth - 1) : [];
    });
  } catch {
    return [];
  }
}
