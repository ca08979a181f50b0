import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { createHost, type Host, type HostOptions } from "../src/host.ts";
import { isJsonObject, type JsonObject, objectAt } from "../src/json.ts";
import { createEventRecorder, type EventRecorder } from "./event-recorder.ts";
import type { WorkerScript } from "./worker-script.ts";

const RECEIVED = "RECEIVED ";

/** A host in a folder of its own, its events, and the messages that its workers got. */
export type ScriptedHost = Pick<EventRecorder, "events" | "all" | "until" | "search"> & {
  readonly host: Host;
  readonly folder: string;
  /** The content of messages of this kind that workers have received, in proto3 JSON, once there are `count`. */
  received(kind: string, count?: number): Promise<readonly JsonObject[]>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
};

export type ScriptedOptions = Partial<Omit<HostOptions, "appDirectory" | "workerDirectory" | "onEvent">> & {
  readonly script: WorkerScript;
  /** Files of the app by path, beside script.json. */
  readonly files?: Readonly<Record<string, string>>;
  readonly description?: JsonObject;
  readonly processOptions?: JsonObject;
};

export type ScriptedHosts = {
  open(options: ScriptedOptions): Promise<ScriptedHost>;
  /** After each test: ends the processes and removes the folders of all that were opened. */
  closeAll(): Promise<void>;
  /** After all tests: removes the worker they shared. */
  dispose(): Promise<void>;
};

export function createScriptedHosts(): ScriptedHosts {
  const opened: Array<() => Promise<void>> = [];
  let built: Promise<string> | undefined;
  return {
    open: async (options) => {
      built ??= mkdtemp(join(tmpdir(), "scripted-worker-")).then((path) => buildWorker(join(path, "worker.cjs")));
      const workerPath = await built;
      const folder = await mkdtemp(join(tmpdir(), "scripted-host-"));
      opened.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
      const recorder = createEventRecorder();
      const appDirectory = join(folder, "app");
      const workerDirectory = join(folder, "worker");
      const { script, files, description, processOptions, ...rest } = options;
      await writeFiles(appDirectory, { "host.json": "{}", "script.json": JSON.stringify(script), ...files });
      await writeFiles(workerDirectory, {
        "worker.config.json": JSON.stringify({
          description: {
            language: "test",
            extensions: [".js"],
            defaultExecutablePath: process.execPath,
            defaultWorkerPath: workerPath,
            workerIndexing: "true",
            ...description,
          },
          processOptions: {
            processStartupInterval: "00:00:00.01",
            processRestartInterval: "00:00:00.01",
            ...processOptions,
          },
        }),
      });
      const host = await createHost({ appDirectory, workerDirectory, onEvent: recorder.record, ...rest });
      opened.push(() => host.close());
      return {
        host,
        folder: appDirectory,
        events: recorder.events,
        until: recorder.until,
        all: recorder.all,
        search: recorder.search,
        received: (kind, count = 1) =>
          recorder.search(() => {
            const found = receivedOf(recorder, kind);
            return found.length >= count ? found : undefined;
          }),
        fetch: (path, init) => fetch(`http://127.0.0.1:${host.httpAddress.port}${path}`, init),
      };
    },
    dispose: async () => {
      if (built !== undefined) {
        await rm(dirname(await built), { recursive: true });
      }
    },
    closeAll: async () => {
      for (const close of opened.splice(0).reverse()) {
        await close();
      }
    },
  };
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** Node runs no TypeScript, so the scripted worker is bundled. */
async function buildWorker(outfile: string): Promise<string> {
  await build({
    entryPoints: [fileURLToPath(new URL("./scripted-worker.ts", import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    logLevel: "error",
  });
  return outfile;
}

/** Messages of this kind among what workers have printed. */
function receivedOf(recorder: EventRecorder, kind: string): readonly JsonObject[] {
  return recorder
    .all("worker-output")
    .filter(({ text }) => text.startsWith(RECEIVED))
    .map(({ text }): unknown => JSON.parse(text.slice(RECEIVED.length)))
    .filter((message): message is JsonObject => isJsonObject(message) && kind in message)
    .map((message) => objectAt(message, kind));
}
