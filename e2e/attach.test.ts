/** `inspector run` over hosts that know nothing of it: recorded from the first byte, and the same at both ends as without us. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import {
  type AttachedRun,
  hostCommand,
  officialNodeWorker,
  type Ready,
  startDirectly,
  startRun,
} from "./attached-run.ts";
import { eventually } from "./eventually.ts";
import { type Exported, exportSession, temporaryFolder, WITHOUT_TIMER } from "./inspector-process.ts";
import { prepareFunctionsWorker, prepareWorker, whyMissing } from "./peers/toolchains.ts";
import { readSession } from "./session-file.ts";

const SAMPLE = fileURLToPath(new URL("../apps/proxy/sample-app", import.meta.url));

const PYTHON_APP = fileURLToPath(new URL("peers/official-python/app", import.meta.url));

const python = await prepareWorker("official-python");
const java = await prepareFunctionsWorker("java");
const go = await prepareFunctionsWorker("go");

const state = temporaryFolder();
afterAll(() => state.remove());

type Conversation = { readonly seen: readonly Exported[]; readonly hostSide: readonly Exported[] };

/** What passed between two ends, in the order of each side, as bytes. */
function bytesOf(messages: readonly Exported[], from: "host" | "worker"): string[] {
  return messages.filter((one) => one.from === from).map(({ kind, bytes }) => `${kind} ${bytes}`);
}

/** Ends a command as Ctrl-C does where there is no terminal, and reads both sessions. */
async function finish(run: AttachedRun): Promise<Conversation> {
  const { session } = await run.ready;
  run.process.kill("SIGINT");
  expect(await run.exited).toEqual({ code: 0, signal: null });
  const [seen, hostSide] = await Promise.all([
    exportSession(run.session, state.path),
    exportSession(session, state.path),
  ]);
  return { seen, hostSide };
}

/** The recording has every byte that the host's own one has, and it began with the stream's first message. */
function expectWhole({ seen, hostSide }: Conversation): void {
  expect(seen[0]?.kind).toBe("start_stream");
  for (const from of ["worker", "host"] as const) {
    expect(bytesOf(seen, from)).toEqual(bytesOf(hostSide, from));
  }
}

/** Facts of the worker's process that are the same in every run. */
function processOf(session: string) {
  const { events } = readSession(session);
  const spawned = events.find(({ type }) => type === "process-spawned")?.detail ?? {};
  const exited = events.find(({ type }) => type === "process-exited")?.detail ?? {};
  const output = events.filter(({ type }) => type === "process-output").map(({ detail }) => detail);
  return { spawned, exited, output };
}

function javaHome(): string {
  const java = execFileSync("sh", ["-c", "command -v java"], { encoding: "utf8" }).trim();
  return process.env["JAVA_HOME"] ?? dirname(dirname(realpathSync(java)));
}

/** A folder with a worker.config.json. */
function workerFolder(language: string, description: Readonly<Record<string, unknown>>): string {
  const folder = join(state.path, `workers with ü`, language);
  mkdirSync(folder, { recursive: true });
  const config = { description: { language, extensions: [".x"], ...description }, processOptions: { processCount: 1 } };
  writeFileSync(join(folder, "worker.config.json"), JSON.stringify(config));
  return folder;
}

/** An app with one function that a request calls, in a folder with blanks and letters beyond ASCII. */
function functionApp(name: string): string {
  const app = join(state.path, `an app of ü with ${name}`);
  mkdirSync(join(app, "hello"), { recursive: true });
  writeFileSync(join(app, "host.json"), '{"version": "2.0"}');
  writeFileSync(join(app, "hello", "hello.x"), "");
  const bindings = [
    { type: "httpTrigger", direction: "in", name: "request", authLevel: "anonymous", methods: ["get"] },
    { type: "http", direction: "out", name: "$return" },
  ];
  writeFileSync(join(app, "hello", "function.json"), JSON.stringify({ scriptFile: "hello.x", bindings }));
  return app;
}

/** How many of these there are is a matter of time: logs, and the host's pings every ten seconds. */
const TIMED = new Set(["rpc_log", "worker_status_request", "worker_status_response"]);

/** What a worker was asked and said, but for ids and times: the kinds, in each side's order. */
function shapeOf(messages: readonly Exported[]): Record<string, string[]> {
  const kinds = (from: string): string[] =>
    messages.filter((one) => one.from === from && !TIMED.has(one.kind)).map(({ kind }) => kind);
  return { worker: kinds("worker"), host: kinds("host") };
}

/** How a process was started, but for ports and ids. */
function startOf({ argv }: Readonly<Record<string, unknown>>): string[] {
  const parts = Array.isArray(argv) ? argv.map(String) : [];
  return parts.map((part) =>
    part.replace(/^(http:\/\/127\.0\.0\.1:)?\d{4,5}(\/)?$/u, "$1PORT$2").replace(/^[0-9a-f]{8}-[0-9a-f-]{27}$/u, "ID"),
  );
}

type Language = {
  readonly app: string;
  readonly worker: string;
  readonly path: string;
  readonly answer: string;
  readonly environment?: Readonly<Record<string, string>>;
};

/** Runs a language with us and without us, and compares all that can be. */
async function compare({ app, worker, path, answer, environment = {} }: Language) {
  const command = hostCommand(app, "--worker", worker);
  const options = { state: state.path, environment };
  const call = async ({ http }: Ready): Promise<void> => {
    const heard = await eventually(async () => {
      const response = await fetch(`${http}${path}`);
      return response.ok && (await response.text());
    });
    expect(heard).toContain(answer);
  };
  const direct = startDirectly(command, options);
  const directReady = await direct.ready;
  await call(directReady);
  direct.process.kill("SIGINT");
  expect(await direct.exited).toEqual({ code: 0, signal: null });

  const run = startRun(command, options);
  await call(await run.ready);
  const conversation = await finish(run);
  expectWhole(conversation);
  const directly = await exportSession(directReady.session, state.path);
  expect(shapeOf(conversation.seen)).toEqual(shapeOf(directly));
  const own = processOf(run.session);
  const withoutUs = processOf(directReady.session);
  expect(startOf(own.spawned).slice(1)).toEqual(startOf(withoutUs.spawned).slice(1));
  expect(own.exited["code"]).toBe(withoutUs.exited["code"]);
  expect(own.output).toEqual(processOf((await run.ready).session).output);
  return { run, own, withoutUs };
}

describe("below a command, recorded from the first byte to the exit, and the same as without us at both ends:", () => {
  test("the Node worker, in a folder like the official one", async () => {
    const worker = officialNodeWorker(state.path);
    const { run, own } = await compare({
      app: SAMPLE,
      worker,
      path: "/api/hello?name=Ada",
      answer: "Ada",
      // One of the two runs may be there for it.
      environment: WITHOUT_TIMER,
    });
    expect(own.spawned).toMatchObject({
      language: "node",
      cwd: SAMPLE,
      workerConfig: { processOptions: { processCount: 1 } },
    });
    expect(own.output).not.toEqual([]);
    expect(run.stderr()).toMatch(/inspector: recorded 1 worker; look again with: inspector open .*run-/u);
  });

  test.skipIf(python.missing !== undefined)(`the official Python worker${whyMissing(python)}`, async () => {
    const [defaultExecutablePath, defaultWorkerPath] = python.command ?? [];
    const worker = workerFolder("python", { extensions: [".py"], defaultExecutablePath, defaultWorkerPath });
    const app = join(state.path, "a python app");
    cpSync(PYTHON_APP, app, { recursive: true });
    const { own } = await compare({ app, worker, path: "/api/greet?name=Ada", answer: "Ada" });
    expect(own.spawned["argv"]).toEqual(expect.arrayContaining([defaultExecutablePath, defaultWorkerPath]));
  });

  test.skipIf(java.missing !== undefined)(
    `a Java worker that stops at the first option it does not know${whyMissing(java)}`,
    async () => {
      const worker = workerFolder("java", {
        defaultExecutablePath: "%JAVA_HOME%/bin/java",
        defaultWorkerPath: java.command?.[0],
        arguments: ["-XX:+TieredCompilation", "-XX:TieredStopAtLevel=1", "-jar"],
      });
      const environment = { JAVA_HOME: javaHome() };
      await compare({ app: functionApp("Java"), worker, path: "/api/hello", answer: "Hello from Java", environment });
    },
  );

  test.skipIf(go.missing !== undefined)(`a Go worker that is the app's own program${whyMissing(go)}`, async () => {
    const app = functionApp("Go");
    mkdirSync(join(app, "bin"));
    cpSync(go.command?.[0] ?? "", join(app, "bin", "app"));
    const worker = workerFolder("native", { defaultExecutablePath: "bin/app" });
    const { own } = await compare({ app, worker, path: "/api/hello", answer: "Hello from Go" });
    expect(own.spawned).toMatchObject({ cwd: app, language: "native" });
  });
});
