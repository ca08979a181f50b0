import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Configuration } from "./configuration.ts";
import { CUSTOM } from "./handler-settings.ts";
import { HostError } from "./host-error.ts";
import { readJsonFile, stringAt } from "./json.ts";

/** What an app is written in, as far as that decides which worker runs it. */
export type AppLanguage = {
  /** The value of FUNCTIONS_WORKER_RUNTIME that fits. */
  readonly runtime: string;
  /** What says so: "FUNCTIONS_WORKER_RUNTIME", "function_app.py", … */
  readonly source: string;
};

const NAMES: Readonly<Record<string, string>> = {
  python: "Python",
  java: "Java",
  powershell: "PowerShell",
  "dotnet-isolated": ".NET",
  native: "Go",
};

/** Files of an app's folder that no other language has, and those of a project that has to be built first. */
const FILES: readonly (readonly [RegExp, string])[] = [
  [/^function_app\.py$/u, "python"],
  [/^(?:requirements\.psd1|profile\.ps1)$/u, "powershell"],
  [/^worker\.config\.json$/u, "dotnet-isolated"],
  [/\.(?:cs|fs)proj$/u, "dotnet-isolated"],
  [/^(?:pom\.xml|build\.gradle(?:\.kts)?)$/u, "java"],
  [/^go\.mod$/u, "native"],
];

/** By the ending of `scriptFile` in a function.json. */
const SCRIPTS: Readonly<Record<string, string>> = { ".py": "python", ".jar": "java", ".ps1": "powershell" };

/** What FUNCTIONS_WORKER_RUNTIME says, else what the app's files say; undefined where neither does. */
async function detectAppLanguage(
  appDirectory: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<AppLanguage | undefined> {
  const runtime = environment["FUNCTIONS_WORKER_RUNTIME"]?.trim().toLowerCase() ?? "";
  if (runtime !== "") {
    return { runtime, source: "FUNCTIONS_WORKER_RUNTIME" };
  }
  const entries = await readdir(appDirectory, { withFileTypes: true }).catch((): Dirent[] => []);
  for (const [pattern, language] of FILES) {
    const file = entries.find((entry) => entry.isFile() && pattern.test(entry.name));
    if (file !== undefined) {
      return { runtime: language, source: file.name };
    }
  }
  return await languageOfScripts(appDirectory, entries);
}

/**
 * The folder of the worker that an app needs: the Node.js worker's, or what `languageWorkers:<language>:workerDirectory` says.
 *
 * @param app its environment holds the app's settings
 * @throws {HostError} "wrong-worker" where neither is one for the app's language, "configuration-invalid"
 */
export async function chooseWorker(app: {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly configuration: Configuration;
  readonly nodeWorkerDirectory: string;
}): Promise<string> {
  const language = await detectAppLanguage(app.directory, app.environment);
  if (language === undefined || language.runtime === "node") {
    return app.nodeWorkerDirectory;
  }
  return app.configuration.get(`languageWorkers:${language.runtime}:workerDirectory`) || refuse(language);
}

function refuse({ runtime, source }: AppLanguage): never {
  if (runtime === CUSTOM) {
    throw new HostError("wrong-worker", `This app is a custom handler (${source}), and its host.json describes none`, {
      hint: 'Name the program in host.json: "customHandler": { "description": { "defaultExecutablePath": … } }.',
    });
  }
  if (runtime === "dotnet") {
    throw new HostError("wrong-worker", `This is an in-process .NET app (${source}): it has no worker`, {
      hint: "Its functions run in the Functions host itself: there is no stream to look at.",
    });
  }
  const name = Object.hasOwn(NAMES, runtime) ? NAMES[runtime] : runtime;
  const article = /^[aeiou]/iu.test(name ?? "") ? "an" : "a";
  throw new HostError("wrong-worker", `This is ${article} ${name} app (${source}): name its worker with --worker DIR`, {
    hint: hintFor(runtime),
  });
}

function hintFor(runtime: string): string {
  if (runtime === "dotnet-isolated") {
    return "DIR is the folder that the build made, with a worker.config.json; it is the app's folder too.";
  }
  const installed = `DIR is the folder that holds the worker.config.json of ${runtime}`;
  return `${installed}; Core Tools have one in workers/${runtime}. The worker that comes with the inspector runs Node.js apps only.`;
}

/** The language of the first script that a function.json names and that is not JavaScript. */
async function languageOfScripts(appDirectory: string, entries: readonly Dirent[]): Promise<AppLanguage | undefined> {
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name === "node_modules") {
      continue;
    }
    const folder = join(appDirectory, entry.name);
    // One that is broken is told of when the functions are read.
    const content = await readJsonFile(join(folder, "function.json")).catch(() => undefined);
    if (content === undefined) {
      continue;
    }
    const named = stringAt(content, "scriptFile");
    const scripts = named === undefined || named === "" ? await readdir(folder) : [named];
    const script = scripts.find((file) => Object.hasOwn(SCRIPTS, extname(file).toLowerCase()));
    const runtime = script === undefined ? undefined : SCRIPTS[extname(script).toLowerCase()];
    if (runtime !== undefined) {
      return { runtime, source: `${entry.name}/function.json` };
    }
  }
  return undefined;
}
