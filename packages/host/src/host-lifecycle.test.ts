import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { createScriptedHosts } from "../testing/scripted-host.ts";
import { createHost } from "./host.ts";

const hosts = createScriptedHosts();
afterEach(() => hosts.closeAll());
afterAll(() => hosts.dispose());

const http = (name: string) => [
  { type: "httpTrigger", name: "req", direction: "in", methods: ["GET", "POST"], route: name },
  { type: "http", name: "$return", direction: "out" },
];

describe("starting an app", () => {
  test("goes through stream, init, metadata and load, in this order and with the host's values", async () => {
    const run = await hosts.open({ script: { functions: [{ name: "hello", bindings: http("hello") }] } });
    await run.host.whenReady();

    expect(run.events.map(({ kind }) => kind).filter((kind) => kind !== "worker-output")).toEqual([
      "listening",
      "worker-spawned",
      "worker-initialized",
      "functions-indexed",
      "function-loaded",
      "worker-ready",
      "ready",
    ]);
    expect(await run.received("workerInitRequest")).toEqual([
      {
        hostVersion: "4.1037.0.0",
        capabilities: { MultiStream: "10" },
        workerDirectory: expect.stringMatching(/worker$/),
        functionAppDirectory: run.folder,
      },
    ]);
    expect(await run.received("functionsMetadataRequest")).toEqual([{ functionAppDirectory: run.folder }]);
    expect(await run.received("functionLoadRequest")).toEqual([
      {
        functionId: "id-of-hello",
        metadata: {
          name: "hello",
          directory: run.folder,
          scriptFile: "script.js",
          bindings: { req: { type: "httpTrigger" }, $return: { type: "http", direction: "out" } },
          properties: { FunctionId: "id-of-hello" },
        },
      },
    ]);
  });

  test("gives workers another address where a relay stands between", async () => {
    const given: unknown[] = [];
    const run = await hosts.open({
      script: {},
      workerEndpoint: (actual) => {
        given.push(actual);
        return actual;
      },
    });
    await run.host.whenReady();
    expect(given).toEqual([run.host.grpcAddress]);
    const { argv } = await run.until("worker-spawned");
    expect(argv).toContain(`http://127.0.0.1:${run.host.grpcAddress.port}/`);
  });

  test("tells how long it waits for the worker, from worker.config.json and host.json", async () => {
    const run = await hosts.open({
      script: {},
      files: { "host.json": JSON.stringify({ functionTimeout: "00:10:00" }) },
      processOptions: { initializationTimeout: "00:02:00", environmentReloadTimeout: "00:00:45" },
      processCount: 2,
    });
    expect(await run.until("worker-spawned")).toMatchObject({
      processCount: 2,
      limits: {
        start: 60_000,
        init: 120_000,
        reload: 45_000,
        index: 600_000,
        load: 600_000,
        invocation: 600_000,
        terminate: 5000,
      },
    });
  });

  test("completes the stream of an unknown worker id, and goes on with the right one", async () => {
    const run = await hosts.open({ script: { atStart: "unknown-id" } });
    await run.host.whenReady();
    const output = run.all("worker-output").map(({ text }) => text);
    expect(output).toContain("STREAM ENDED");
    expect(output.filter((text) => text.includes("stream error"))).toEqual([]);
  });

  test("gives the worker the app's folder, its settings, and what the host adds", async () => {
    const run = await hosts.open({
      script: {},
      files: { "local.settings.json": JSON.stringify({ Values: { MINE: "from settings" } }) },
      description: {
        arguments: ["--eval", '"console.log(process.cwd(),process.env.MINE,process.env.FUNCTIONS_WORKER_RUNTIME)"'],
      },
    });
    const { text } = await run.until("worker-output");
    expect(text).toBe(`${run.folder} from settings test`);
  });

  test("recognises lines that a worker prints for the host", async () => {
    const run = await hosts.open({ script: {} });
    const line = await run.until("worker-output", ({ isSystemLog }) => isSystemLog);
    expect(line.text).toMatch(/^worker .* starts$/);
  });

  test("reads function.json where the worker leaves it to the host", async () => {
    const functionJson = { bindings: http("hello"), scriptFile: "index.js" };
    const files = { "hello/function.json": JSON.stringify(functionJson), "hello/index.js": "" };
    const run = await hosts.open({ script: { atMetadata: "function-json" }, files });
    await run.host.whenReady();
    const [request] = await run.received("functionLoadRequest");
    expect(request).toMatchObject({
      functionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      metadata: { name: "hello", scriptFile: expect.stringMatching(/hello.index\.js$/) },
    });
  });

  test("starts as many processes as asked for and gives each all functions", async () => {
    const script = { functions: [{ name: "a", bindings: http("a") }] };
    const run = await hosts.open({ script, processCount: 3 });
    await run.received("functionLoadRequest", 3);
    await run.received("functionsMetadataRequest");
    expect(new Set(run.all("worker-spawned").map(({ workerId }) => workerId)).size).toBe(3);
    expect(await run.received("functionsMetadataRequest")).toHaveLength(1);
  });

  test("sends invocations to its processes in turn", async () => {
    const script = { functions: [{ name: "a", bindings: http("a") }] };
    const run = await hosts.open({ script, configuration: { environment: { FUNCTIONS_WORKER_PROCESS_COUNT: "2" } } });
    const [first] = [await run.until("worker-ready")];
    await run.until("worker-ready", ({ workerId }) => workerId !== first?.workerId);
    for (let count = 0; count < 4; count++) {
      await run.host.invoke("a");
    }
    const used = run.all("invocation-started").map(({ workerId }) => workerId);
    expect(new Set(used).size).toBe(2);
    expect(used[0]).toBe(used[2]);
    expect(used[1]).toBe(used[3]);
  });
});

describe("an app that cannot be started", () => {
  test("because its functions cannot be listed leaves the worker running", async () => {
    const run = await hosts.open({ script: { atMetadata: "failure" } });
    await expect(run.host.whenReady()).rejects.toMatchObject({
      code: "metadata-failed",
      message: expect.stringMatching(/entry point broken/),
    });
    expect(run.host.workers).toHaveLength(1);
    expect((await run.fetch("/api/x")).status).toBe(503);
  });

  test("in part loads the rest, and answers 500 for the function that failed", async () => {
    const functions = [
      { name: "good", bindings: http("good") },
      { name: "bad", bindings: http("bad"), load: "failure" as const },
    ];
    const run = await hosts.open({ script: { functions } });
    await run.host.whenReady();
    expect(await run.until("function-loaded", ({ isLoaded }) => !isLoaded)).toMatchObject({
      functionName: "bad",
      reason: expect.stringMatching(/cannot be parsed/),
    });
    const answer = await run.fetch("/api/bad");
    expect(answer.status).toBe(500);
    expect(await answer.text()).toContain("cannot be parsed");
    expect((await run.fetch("/api/good")).status).toBe(204);
  });

  test.each([
    [
      "start-stream",
      { script: { atStart: "silence" as const }, processOptions: { processStartupTimeout: "00:00:00.3" } },
    ],
    ["init", { script: { atInit: "silence" as const }, processOptions: { initializationTimeout: "00:00:00.2" } }],
    ["metadata", { script: { atMetadata: "silence" as const }, limits: { load: 200 } }],
  ])("within the limit for %s is ended, tried again, and given up after the third time", async (step, options) => {
    const run = await hosts.open(options);
    await expect(run.host.whenReady()).rejects.toMatchObject({ code: "gave-up" });
    await run.until("gave-up");
    expect(run.all("timed-out").map((event) => event.step)).toEqual([step, step, step]);
    expect(run.all("worker-exited")).toHaveLength(3);
    expect(run.host.workers).toEqual([]);
  });

  test("because a function does not load in time goes on without it", async () => {
    const functions = [{ name: "slow", bindings: http("slow"), load: "silence" as const }];
    const run = await hosts.open({ script: { functions }, limits: { load: 2500 } });
    await run.host.whenReady();
    expect(run.all("timed-out")).toMatchObject([{ step: "load", functionName: "slow", limit: 2500 }]);
    await expect(run.host.invoke("slow")).rejects.toMatchObject({ code: "function-not-loaded" });
  });

  test("because the worker refuses to initialise is given up with the worker's reason", async () => {
    const run = await hosts.open({ script: { atInit: "failure" } });
    await expect(run.host.whenReady()).rejects.toMatchObject({ code: "gave-up" });
    expect(run.all("worker-failed")[0]?.reason).toMatch(/wrong runtime/);
  });

  test("because the executable does not exist says which, and where it is named", async () => {
    const run = await hosts.open({ script: {}, description: { defaultExecutablePath: "no-such-program-anywhere" } });
    await expect(run.host.whenReady()).rejects.toMatchObject({ code: "gave-up" });
    const failure = "there is no command no-such-program-anywhere (defaultExecutablePath in worker.config.json)";
    expect(run.all("worker-failed")[0]?.reason).toBe(`The worker could not be started: ${failure}`);
    expect(run.all("worker-exited")[0]).toMatchObject({ failure });
    expect(run.all("worker-spawned")).toEqual([]);
  });
});

describe("a worker process that ends by itself", () => {
  test.skipIf(process.platform === "win32")("because it was asked to, is replaced without an error", async () => {
    const run = await hosts.open({ script: { functions: [{ name: "a", bindings: http("a") }] } });
    for (const count of [1, 2, 3, 4]) {
      const ready = await run.search(() => run.all("worker-ready")[count - 1]);
      const { pid } = await run.until("worker-spawned", ({ workerId }) => workerId === ready.workerId);
      process.kill(pid, "SIGTERM");
    }
    await run.search(() => run.all("worker-ready")[4]);
    expect(run.all("restarting").map(({ delay }) => delay)).toEqual([0, 0, 0, 0]);
  });

  const crash = (exitCode: number) => ({
    functions: [{ name: "crash", bindings: http("crash"), does: "crash" as const, exitCode }],
  });

  test("with an error is replaced under a new id, and its invocation fails", async () => {
    const run = await hosts.open({ script: crash(7) });
    const outcome = await run.host.invoke("crash");
    expect(outcome).toMatchObject({ status: "Failure", reason: expect.stringMatching(/exited with code 7/) });
    await run.until("worker-ready", ({ workerId }) => workerId !== run.all("worker-exited")[0]?.workerId);
    expect(run.all("restarting")).toMatchObject([{ cause: "worker-exit" }]);
    expect(run.all("functions-indexed")).toHaveLength(1);
  });

  test("with an error for the third time stops the host with the well-known sentence", async () => {
    const run = await hosts.open({ script: crash(1) });
    await run.host.invoke("crash");
    await run.host.invoke("crash");
    await run.host.invoke("crash");
    const { message } = await run.until("gave-up");
    expect(message).toMatch(/^Exceeded language worker restart retry count for runtime:test/);
    await expect(run.host.invoke("crash")).rejects.toMatchObject({ code: "gave-up" });
    expect((await run.fetch("/api/crash")).status).toBe(503);
  });

  test("with code 200 is replaced at once", async () => {
    const run = await hosts.open({ script: crash(200) });
    await run.host.invoke("crash");
    expect(await run.until("restarting")).toMatchObject({ delay: 0 });
    await run.host.invoke("crash");
    await run.host.invoke("crash");
    await run.host.invoke("crash");
    expect(run.all("gave-up")).toEqual([]);
  });

  test("with code 0 is not replaced", async () => {
    const run = await hosts.open({ script: crash(0) });
    await run.host.invoke("crash");
    await expect(run.host.invoke("crash")).rejects.toMatchObject({ code: "no-worker" });
    expect(run.all("restarting")).toEqual([]);
  });
});

describe("a host that closes", () => {
  const terminates = { HandlesWorkerTerminateMessage: "true" };

  test("asks the worker to terminate where it can be asked", async () => {
    const run = await hosts.open({ script: { capabilities: terminates } });
    await run.host.whenReady();
    await run.host.close();
    expect(await run.received("workerTerminate")).toEqual([{ gracePeriod: "5s" }]);
    expect(run.all("worker-exited")).toMatchObject([{ code: 0 }]);
  });

  test("kills a worker that does not go within the grace", async () => {
    const run = await hosts.open({
      script: { capabilities: terminates, atTerminate: "stay" },
      limits: { terminateGrace: 200 },
    });
    await run.host.whenReady();
    await run.host.close();
    expect(await run.received("workerTerminate")).toEqual([{ gracePeriod: "0.200s" }]);
    expect(run.all("timed-out")).toMatchObject([{ step: "terminate" }]);
    expect(run.all("worker-exited")).toMatchObject([{ signal: "SIGKILL" }]);
  });

  test("kills a worker that cannot be asked", async () => {
    const run = await hosts.open({ script: {} });
    await run.host.whenReady();
    await run.host.close();
    expect(run.all("worker-exited")).toMatchObject([{ signal: "SIGKILL" }]);
  });

  test("in the middle of the start leaves nothing behind", async () => {
    const run = await hosts.open({ script: { atStart: "silence" } });
    const { pid } = await run.until("worker-spawned");
    await run.host.close();
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    await expect(run.host.whenReady()).rejects.toMatchObject({ code: "closed" });
    await expect(run.fetch("/")).rejects.toThrow();
  });
});

describe("a running worker", () => {
  test("is asked for its status where it declares that, and its answer is timed", async () => {
    const run = await hosts.open({
      script: { capabilities: { WorkerStatus: "true" } },
      limits: { statusInterval: 20 },
    });
    const { latency } = await run.until("worker-status");
    expect(latency).toBeGreaterThan(0);
    expect((await run.received("workerStatusRequest"))[0]).toEqual({});
  });

  test("is restarted under a new id when a file of the app changes", async () => {
    const run = await hosts.open({
      script: {},
      isWatching: true,
      files: { "node_modules/x/x.js": "", "src/a.js": "1" },
    });
    await run.host.whenReady();
    await writeFile(join(run.folder, "src/a.js"), "2");
    const { path } = await run.until("restarting");
    expect(path).toBe(join(run.folder, "src/a.js"));
    const [first] = run.all("worker-spawned");
    await run.until("worker-ready", ({ workerId }) => workerId !== first?.workerId);
    expect(run.all("worker-exited")).toMatchObject([{ workerId: first?.workerId }]);
    expect(run.all("restarting")).toHaveLength(1);
  });

  test("recovers from a broken host.json when it is mended", async () => {
    const run = await hosts.open({ script: {}, isWatching: true, files: { "host.json": "{}" } });
    await run.host.whenReady();
    await writeFile(join(run.folder, "host.json"), "{");
    await run.until("log", ({ message }) => message.includes("host.json cannot be read as JSON: line 1"));
    await expect(run.host.whenReady()).rejects.toMatchObject({ code: "configuration-invalid" });
    await writeFile(join(run.folder, "host.json"), "{}");
    await run.until("worker-ready", ({ workerId }) => workerId !== run.all("worker-spawned")[0]?.workerId);
    await run.host.whenReady();
  });
});

describe("a host that cannot be created", () => {
  test("for lack of an app says so", async () => {
    const wrong = createHost({ appDirectory: "no/such/app", workerDirectory: ".", onEvent: () => {} });
    await expect(wrong).rejects.toMatchObject({ code: "app-missing" });
  });

  test("for lack of a worker says so before any address is given", async () => {
    const given: unknown[] = [];
    const wrong = createHost({
      appDirectory: ".",
      workerDirectory: "no/such/worker",
      onEvent: () => {},
      workerEndpoint: (actual) => {
        given.push(actual);
        return actual;
      },
    });
    await expect(wrong).rejects.toMatchObject({ code: "worker-config-missing" });
    expect(given).toEqual([]);
  });

  test("because a port is taken says which", async () => {
    const run = await hosts.open({ script: {} });
    const taken = run.host.httpAddress.port;
    await expect(hosts.open({ script: {}, http: { port: taken } })).rejects.toMatchObject({
      code: "address-unavailable",
      message: expect.stringContaining(String(taken)),
    });
  });
});
