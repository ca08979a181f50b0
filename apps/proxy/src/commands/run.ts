/** `inspector run -- COMMAND…` */
import { InspectorError } from "@inspector/contract/inspector-error";
import { openStateFolder } from "@inspector/hub/state-folder";
import { CommandSignals, runCommand } from "../attach/command.ts";
import { appRoots, changeConfigs, restoreConfigs } from "../attach/dotnet-hook.ts";
import { type Ending, endAs } from "../attach/ending.ts";
import { appFolders, attachedVariables, findInProcess, handlersFor, languagesFor } from "../attach/environment.ts";
import { type Gate, openGate } from "../attach/gate.ts";
import { CUSTOM } from "../attach/handler-app.ts";
import { makeRunFolder } from "../attach/run-folder.ts";
import { writeShims } from "../attach/shims.ts";
import { findByEnvironment } from "../attach/worker-processes.ts";
import { complain, printJson, say } from "../output.ts";
import { type Recording, startRoutedRecording } from "../recording/recording.ts";
import { VERSION } from "../version.ts";
import { openPage } from "./open-page.ts";
import { parseOptions, RECORDING_OPTIONS, recordingValues } from "./options.ts";

/** Not used: a run listens where a worker is, on a port of its own for each. */
const NO_PORT = { host: "127.0.0.1", port: 0 };

const ISOLATED = "dotnet-isolated";

export async function run(args: readonly string[]): Promise<number> {
  const { options, command } = divide(args);
  const { listen: _, ...shared } = RECORDING_OPTIONS;
  const { values } = parseOptions(
    "run",
    options,
    {
      ...shared,
      headless: { type: "boolean" },
      "no-build": { type: "boolean" },
      language: { type: "string", multiple: true },
    } as const,
    0,
  );
  const isHeadless = values.headless === true;
  const named = values.language ?? [];
  const languages = languagesFor(
    process.env,
    named.filter((one) => one !== CUSTOM),
  );
  const apps = appFolders(command, process.cwd());
  const handlers = handlersFor(apps, named.includes(CUSTOM));
  const signals = new CommandSignals();
  const state = openStateFolder();
  const shims = writeShims(
    state,
    handlers.length > 0 ? [...languages, CUSTOM] : languages,
    new URL("./shim/", import.meta.url),
  );
  const { isJson, isOpening, ...given } = recordingValues(values, NO_PORT);
  const { signal } = signals;
  const recording = await startRoutedRecording({ ...given, isHeadless, state, signal }, { command }).catch(
    async (error: unknown) => {
      if (signals.early !== undefined) {
        return await endBy({ code: null, signal: signals.early });
      }
      throw error;
    },
  );
  const folder = makeRunFolder();
  const gate = await openGate(recording, folder);
  tellBeginning(recording, { isJson, isHeadless });
  const inProcess = findInProcess(apps, process.env);
  if (inProcess !== undefined) {
    say(
      `the app in ${inProcess} is in-process .NET (FUNCTIONS_WORKER_RUNTIME is dotnet): its functions run in the host itself, so there is no worker to record`,
    );
  }
  if (isOpening && !isHeadless) {
    await openPage(recording.url);
  }
  const isBuilt = values["no-build"] !== true && !command.includes("--no-build");
  const changed = isBuilt
    ? []
    : changeConfigs(appRoots(command, process.cwd()), shims.executable(ISOLATED), folder.path);
  const { variables } = attachedVariables(
    process.env,
    languages,
    shims,
    { socket: folder.socket, hasCommand: true },
    handlers,
  );
  const { failure, isStopped, ...ending } =
    signals.early === undefined
      ? await runCommand({
          command,
          environment: { ...process.env, ...variables },
          signals,
          folder: folder.path,
          changed,
        })
      : { code: null, signal: signals.early, failure: undefined, isStopped: true };
  // What a command leaves behind on purpose, an editor for example, may stay; hosts lose their workers here, and end.
  await gate.close([...gate.hosts, ...(isStopped ? findByEnvironment(folder.path) : [])]);
  restoreConfigs(changed);
  folder.remove();
  await recording.close();
  tellEnd(recording, gate, failure);
  return await endBy(ending);
}

/** Never returns: this process's own end is under way. */
async function endBy(ending: Ending): Promise<never> {
  endAs(ending);
  return await new Promise(() => {});
}

/** All before `--` is ours. */
function divide(args: readonly string[]): { readonly options: readonly string[]; readonly command: readonly string[] } {
  const border = args.indexOf("--");
  const command = border < 0 ? [] : args.slice(border + 1);
  if (command.length === 0 || command[0] === "") {
    throw new InspectorError("missing-command", "Which command? It stands behind --, and is missing", {
      hint: "For example: inspector run -- func start",
    });
  }
  return { options: args.slice(0, border), command };
}

type Manner = { readonly isJson: boolean; readonly isHeadless: boolean };

/** On stderr: standard output is the command's, but for the one line that --json asks for. */
function tellBeginning({ url, session }: Recording, { isJson, isHeadless }: Manner): void {
  if (isJson) {
    printJson({ ready: true, session, ...(!isHeadless && { ui: url }) });
    return;
  }
  complain(`inspector ${VERSION}\n  session    ${session}\n${isHeadless ? "" : `  page       ${url}\n`}\n`);
}

function tellEnd({ session }: Recording, { workerCount }: Gate, failure: string | undefined): void {
  if (failure !== undefined) {
    say(`the command could not be started: ${failure}`);
  } else if (workerCount === 0) {
    say("no worker was started below this command, so nothing was recorded; docs/attach.md says what to check");
  } else {
    say(`recorded ${workerCount} worker${workerCount === 1 ? "" : "s"}; look again with: inspector open ${session}`);
  }
}
