/** `inspector run` and `--attach` where something else has a say, too: settings of the user's, Core Tools, shells, other runs. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AttachedRun, bundleHost, officialNodeWorker, startDirectly, startRun } from "./attached-run.ts";
import { eventually } from "./eventually.ts";
import { COMMAND, exportSession, startInspector, temporaryFolder } from "./inspector-process.ts";
import { prepareWorker, whyMissing } from "./peers/toolchains.ts";
import { readSession } from "./session-file.ts";

const SAMPLE = fileURLToPath(new URL("../apps/proxy/sample-app", import.meta.url));
const PYTHON_APP = fileURLToPath(new URL("peers/official-python/app", import.meta.url));

const python = await prepareWorker("official-python");

const state = temporaryFolder();
let worker = "";
let command: Awaited<ReturnType<typeof bundleHost>>;

beforeAll(async () => {
  worker = officialNodeWorker(state.path);
  command = await bundleHost(state.path, SAMPLE);
});

afterAll(() => state.remove());

/** Waits until the host is ready, stops the command, and reads what was recorded. */
async function recordOnce(run: AttachedRun) {
  await run.ready;
  run.process.kill("SIGTERM");
  expect(await run.exited).toEqual({ code: 0, signal: null });
  const messages = await exportSession(run.session, state.path);
  const { events } = readSession(run.session);
  const spawned = events.filter(({ type }) => type === "process-spawned").map(({ detail }) => detail);
  return { starts: messages.filter(({ kind }) => kind === "start_stream").length, spawned, messages };
}

const argvOf = ({ argv }: Readonly<Record<string, unknown>>): string[] => (Array.isArray(argv) ? argv.map(String) : []);

/** A program that is Node, and writes down that it was used. */
function ownNode(name: string): { readonly path: string; readonly wasUsed: () => boolean } {
  const path = join(state.path, name);
  writeFileSync(path, `#!/bin/sh\ntouch '${path}.used'\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 });
  return { path, wasUsed: () => existsSync(`${path}.used`) };
}

describe("the user's own settings are kept:", () => {
  test.each([
    ["in the environment", (path: string) => ({ languageWorkers__node__defaultExecutablePath: path })],
    ["in the environment, with colons", (path: string) => ({ "languageWorkers:node:defaultExecutablePath": path })],
  ])("an executable %s", async (name, setting) => {
    const own = ownNode(`own node ${name}`);
    const run = startRun(command(worker), { state: state.path, environment: setting(own.path) });
    const { starts, spawned } = await recordOnce(run);
    expect(starts).toBe(1);
    expect(own.wasUsed()).toBe(true);
    expect(argvOf(spawned[0] ?? {})[0]).toBe(own.path);
  });

  test("an executable and a debugger's flags in local.settings.json, which Core Tools lays below the environment", async () => {
    const own = ownNode("own node of local settings");
    const app = join(state.path, "app with settings");
    cpSync(SAMPLE, app, { recursive: true });
    symlinkSync(fileURLToPath(new URL("../node_modules", import.meta.url)), join(app, "node_modules"));
    const values = {
      "languageWorkers:node:defaultExecutablePath": own.path,
      languageWorkers__node__arguments: "--no-deprecation --stack-size=2000",
    };
    writeFileSync(join(app, "local.settings.json"), JSON.stringify({ IsEncrypted: false, Values: values }));
    const host = (await bundleHost(state.path, app))(worker);
    const { starts, spawned } = await recordOnce(startRun(host, { state: state.path }));
    expect(starts).toBe(1);
    expect(argvOf(spawned[0] ?? {}).slice(0, 3)).toEqual([own.path, "--no-deprecation", "--stack-size=2000"]);
    await bundleHost(state.path, SAMPLE);
  });

  test("what a script below the run sets itself", async () => {
    const own = ownNode("own node of a script");
    const line = command(worker)
      .map((part) => `'${part}'`)
      .join(" ");
    const script = `languageWorkers__node__defaultExecutablePath='${own.path}' exec ${line}`;
    // A shell that drops names with colons, as Debian's does, leaves the host with the script's setting alone.
    const run = startRun(["bash", "-c", script], { state: state.path });
    const { starts, spawned } = await recordOnce(run);
    expect([starts, argvOf(spawned[0] ?? {})[0]]).toEqual([1, own.path]);
  });
});

const title = `a Python worker, whose executable Core Tools sets itself,${whyMissing(python)}`;

describe.skipIf(python.missing !== undefined)(title, () => {
  const folder = join(state.path, "python worker");
  const app = join(state.path, "python app");
  const [venvPython = "", workerPath = ""] = python.command ?? [];
  let host: readonly string[] = [];

  beforeAll(async () => {
    mkdirSync(folder);
    cpSync(PYTHON_APP, app, { recursive: true });
    const description = { language: "python", extensions: [".py"], defaultExecutablePath: "python" };
    const config = { description: { ...description, defaultWorkerPath: workerPath } };
    writeFileSync(join(folder, "worker.config.json"), JSON.stringify(config));
    host = (await bundleHost(state.path, app))(folder);
  });

  afterAll(async () => {
    await bundleHost(state.path, SAMPLE);
  });

  test.each([
    ["4, with colons, below a shell that drops such names", "languageWorkers:python:defaultExecutablePath", "sh"],
    ["5, over ours", "languageWorkers__python__defaultExecutablePath", "bash"],
  ])("is recorded below Core Tools %s", async (_, name, shell) => {
    const line = [`env '${name}=${venvPython}'`, ...host.map((part) => `'${part}'`)].join(" ");
    const debugging = { languageWorkers__python__arguments: "-X dev" };
    const run = startRun([shell, "-c", `exec ${line}`], { state: state.path, environment: debugging });
    const { starts, spawned } = await recordOnce(run);
    expect(starts).toBe(1);
    expect(argvOf(spawned[0] ?? {}).slice(0, 4)).toEqual([venvPython, "-X", "dev", workerPath]);
  });

  test("is asked for its version through the shim", () => {
    const script = `"$(printenv languageWorkers:python:defaultExecutablePath)" --version`;
    const environment = { ...process.env, XDG_STATE_HOME: state.path };
    const asked = [COMMAND, "run", "--headless", "--", "bash", "-c", script];
    const shim = execFileSync(process.execPath, asked, { env: environment, stdio: ["ignore", "pipe", "ignore"] });
    expect(String(shim)).toMatch(/^Python 3\.\d+\.\d+\n$/u);
  });
});

describe("several runs", () => {
  test("at once record each its own workers", async () => {
    const runs = ["one", "two"].map((name) => {
      const own = join(state.path, name);
      mkdirSync(own);
      return startRun(command(worker), { state: own, environment: { XDG_STATE_HOME: state.path } });
    });
    const recorded = await Promise.all(runs.map(recordOnce));
    expect(recorded.map(({ starts }) => starts)).toEqual([1, 1]);
    const [one, two] = recorded.map(({ messages }) => messages[0]?.worker);
    expect(one).not.toBe(two);
  });

  test("within each other both record the worker, one behind the other", async () => {
    const inner = join(state.path, "inner.inspector");
    const nested = [process.execPath, COMMAND, "run", "--headless", "--session", inner, "--", ...command(worker)];
    const run = startRun(nested, { state: state.path });
    const { starts, spawned, messages } = await recordOnce(run);
    const below = await exportSession(inner, state.path);
    expect(starts).toBe(1);
    expect(below.map(({ bytes }) => bytes).sort()).toEqual(messages.map(({ bytes }) => bytes).sort());
    // For the outer run the real worker, for the inner one the outer run's shim.
    expect(argvOf(spawned[0] ?? {})[0]).toBe("node");
  });

  test("have one session for several hosts, processes and restarts", async () => {
    const hosts = [1, 2].map(() =>
      command(worker)
        .map((part) => `'${part}'`)
        .join(" "),
    );
    const run = startRun(["bash", "-c", `${hosts[0]} & ${hosts[1]}; wait`], {
      state: state.path,
      environment: { FUNCTIONS_WORKER_PROCESS_COUNT: "2" },
    });
    await run.ready;
    await eventually(() => run.stdout().match(/"ready":true/gu)?.length === 2);
    run.process.kill("SIGTERM");
    await run.exited;
    const messages = await exportSession(run.session, state.path);
    const workers = new Set(messages.flatMap(({ kind, worker: id }) => (kind === "start_stream" ? [id] : [])));
    expect(workers.size).toBeGreaterThanOrEqual(2);
  });
});

describe("a command", () => {
  // Where this runs as root, nothing keeps it from writing.
  test("in an app's folder that cannot be written is recorded all the same", async () => {
    const app = join(state.path, "read only");
    cpSync(SAMPLE, app, { recursive: true });
    symlinkSync(fileURLToPath(new URL("../node_modules", import.meta.url)), join(app, "node_modules"));
    chmodSync(app, 0o500);
    const host = (await bundleHost(state.path, app))(worker);
    const run = startRun([...host, "--no-build"], { state: state.path, cwd: app });
    expect((await recordOnce(run)).starts).toBe(1);
    chmodSync(app, 0o700);
    await bundleHost(state.path, SAMPLE);
  });

  test("has standard input, output and exit code to itself, and is told of what is not there", () => {
    const environment = { ...process.env, XDG_STATE_HOME: state.path };
    const run = (...args: readonly string[]) =>
      spawnSync(process.execPath, [COMMAND, "run", "--headless", ...args], {
        env: environment,
        input: "to the command",
        encoding: "utf8",
      });
    const { stdout, stderr, status } = run("--", "sh", "-c", "cat; echo; echo its own >&2; exit 41");
    expect([stdout, status]).toEqual(["to the command\n", 41]);
    expect(stderr).toMatch(/^inspector .*\n.*its own\n.*no worker was started below this command/su);
    expect(run("--", "sh", "-c", "kill -9 $$").signal).toBe("SIGKILL");
    const missing = run("--", "no-such-command");
    expect(missing.status).toBe(127);
    expect(missing.stderr).toContain('could not be started: there is no program "no-such-command"');
    const json = run("--json", "--", "echo", "hello").stdout.split("\n");
    expect(JSON.parse(json[0] ?? "")).toMatchObject({ ready: true, session: expect.any(String) });
    expect(json[1]).toBe("hello");
  });

  test("gives a worker pipes to write to, as hosts do, and not what Node makes of them", () => {
    const probe = join(state.path, "probe.js");
    writeFileSync(
      probe,
      'const fs = require("fs"); console.log([1, 2].map((fd) => fs.fstatSync(fd).isFIFO()).join());',
    );
    const told = '--functions-uri http://127.0.0.1:9/ --functions-worker-id "a worker"';
    const script = `"$languageWorkers__node__defaultExecutablePath" '${probe}' ${told} 2>&1 | cat`;
    const { stdout, stderr } = spawnSync(process.execPath, [COMMAND, "run", "--headless", "--", "sh", "-c", script], {
      env: { ...process.env, XDG_STATE_HOME: state.path },
      encoding: "utf8",
    });
    expect(stdout).toBe("true,true\n");
    expect(stderr).toContain("recorded 1 worker;");
  });

  test("hears Ctrl-C of its terminal once", async () => {
    const counting = `
      let heard = 0;
      process.on("SIGINT", () => { heard += 1; setTimeout(() => { console.log("heard " + heard); process.exit(heard); }, 300); });
      setInterval(() => {}, 1000);
      console.log("waiting");`;
    const inner = [process.execPath, COMMAND, "run", "--headless", "--", process.execPath, "-e", counting];
    const pty = `
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
said = b""
told = False
while True:
    try:
        chunk = os.read(fd, 65536)
    except OSError:
        break
    if not chunk:
        break
    said += chunk
    if b"waiting" in said and not told:
        told = True
        os.write(fd, b"\\x03")
sys.stdout.write(said.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;
    const child = spawn("python3", ["-c", pty, ...inner], { env: { ...process.env, XDG_STATE_HOME: state.path } });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    await once(child, "close");
    expect(said).toContain("heard 1");
    expect(child.exitCode).toBe(1);
  });
});

describe("an inspector that hosts attach to", () => {
  test("records a host that was started with the variables of `inspector env`, and leaves it alive", async () => {
    const environment = { ...process.env, XDG_STATE_HOME: state.path };
    const printed = execFileSync(process.execPath, [COMMAND, "env", "node", "--format", "json"], { env: environment });
    const variables: Record<string, string> = JSON.parse(String(printed));
    const inspector = await startInspector(["--attach", "--no-open"], state.path);
    const answers = join(state.path, "answers of attached");
    writeFileSync(answers, "");
    const host = startDirectly(command(worker, answers), { state: state.path, environment: variables });
    await host.ready;
    await eventually(() => readFileSync(answers, "utf8").length > 0);
    const second = spawnSync(process.execPath, [COMMAND, "--attach"], { env: environment, encoding: "utf8" });
    expect([second.status, second.stderr]).toEqual([1, expect.stringMatching(/Another inspector waits on/u)]);
    expect(await inspector.stop()).toBe(0);
    const messages = await exportSession(inspector.session, state.path);
    expect(messages[0]?.kind).toBe("start_stream");
    // The host starts its worker again, which is on its own then.
    const before = readFileSync(answers, "utf8").length;
    await eventually(() => readFileSync(answers, "utf8").length > before);
    host.process.kill("SIGTERM");
    expect(await host.exited).toEqual({ code: 0, signal: null });
  });
});
