import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { HostEvent } from "../events.ts";
import { createHost, type Host, type HostOptions } from "../host.ts";
import { isJsonObject, type JsonObject, objectAt } from "../json.ts";
import { createDeferred } from "../time-limit.ts";
import type { WorkerScript } from "./worker-script.ts";

type Kind = HostEvent["kind"];
type EventOf<K extends Kind> = Extract<HostEvent, { kind: K }>;

/** A host in a folder of its own, all that it told, and what its workers were sent. */
export type ScriptedHost = {
  readonly host: Host;
  readonly folder: string;
  readonly events: readonly HostEvent[];
  /** The first event of this kind that fits, now or later. */
  until<K extends Kind>(kind: K, fits?: (event: EventOf<K>) => boolean): Promise<EventOf<K>>;
  all<K extends Kind>(kind: K): ReadonlyArray<EventOf<K>>;
  /** The content of messages of this kind that workers have received, in proto3 JSON, once there are `count`. */
  received(kind: string, count?: number): Promise<readonly JsonObject[]>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  rewrite(script: WorkerScript): Promise<void>;
};

export type ScriptedOptions = Partial<Omit<HostOptions, "appDirectory" | "workerDirectory" | "onEvent">> & {
  readonly script: WorkerScript;
  /** Files of the app by path, beside script.json. */
  readonly files?: Readonly<Record<string, string>>;
  readonly description?: JsonObject;
  readonly processOptions?: JsonObject;
};

/** Opens scripted hosts; {@link ScriptedHosts.closeAll} after each test leaves no process and no file. */
export type ScriptedHosts = {
  open(options: ScriptedOptions): Promise<ScriptedHost>;
  closeAll(): Promise<void>;
};

export function createScriptedHosts(): ScriptedHosts {
  const opened: Array<() => Promise<void>> = [];
  return {
    open: async (options) => {
      const folder = await mkdtemp(join(tmpdir(), "scripted-host-"));
      opened.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
      const recorder = createRecorder();
      const appDirectory = join(folder, "app");
      const workerDirectory = join(folder, "worker");
      const { script, files, description, processOptions, ...rest } = options;
      await writeFiles(appDirectory, { "script.json": JSON.stringify(script), ...files });
      await writeFiles(workerDirectory, {
        "worker.config.json": JSON.stringify({
          description: {
            language: "test",
            extensions: [".js"],
            defaultExecutablePath: process.execPath,
            defaultWorkerPath: await buildWorker(),
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
        received: recorder.received,
        fetch: (path, init) => fetch(`http://127.0.0.1:${host.httpAddress.port}${path}`, init),
        rewrite: (changed) => writeFile(join(appDirectory, "script.json"), JSON.stringify(changed)),
      };
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

let built: Promise<string> | undefined;

/** Node runs no TypeScript, so the scripted worker is bundled, once for each test file. */
function buildWorker(): Promise<string> {
  built ??= (async () => {
    const outfile = join(await mkdtemp(join(tmpdir(), "scripted-worker-")), "worker.cjs");
    process.once("exit", () => void rm(dirname(outfile), { recursive: true, force: true }));
    await build({
      entryPoints: [fileURLToPath(new URL("./scripted-worker.ts", import.meta.url))],
      outfile,
      bundle: true,
      platform: "node",
      format: "cjs",
      logLevel: "error",
    });
    return outfile;
  })();
  return built;
}

type Recorder = Pick<ScriptedHost, "events" | "until" | "all" | "received"> & { record(event: HostEvent): void };

function createRecorder(): Recorder {
  const events: HostEvent[] = [];
  let more = createDeferred<void>();
  const all = <K extends Kind>(kind: K): ReadonlyArray<EventOf<K>> =>
    events.filter((event): event is EventOf<K> => event.kind === kind);
  const receivedOf = (kind: string): readonly JsonObject[] =>
    all("worker-output")
      .filter(({ text }) => text.startsWith("RECEIVED "))
      .map(({ text }): unknown => JSON.parse(text.slice("RECEIVED ".length)))
      .filter((message): message is JsonObject => isJsonObject(message) && kind in message)
      .map((message) => objectAt(message, kind));
  const wait = async <T>(find: () => T | undefined): Promise<T> => {
    for (;;) {
      const found = find();
      if (found !== undefined) {
        return found;
      }
      await more.promise;
    }
  };
  return {
    events,
    all,
    record: (event) => {
      events.push(event);
      const { resolve } = more;
      more = createDeferred();
      resolve();
    },
    until: (kind, fits = () => true) => wait(() => all(kind).find(fits)),
    received: (kind, count = 1) =>
      wait(() => {
        const found = receivedOf(kind);
        return found.length >= count ? found : undefined;
      }),
  };
}
