import { request } from "node:http";
import { status } from "@grpc/grpc-js";
import {
  RpcLog_RpcLogCategory as Category,
  type InvocationResponse,
  RpcLog_Level as Level,
  type MessageInitShape,
  type RetryContextSchema,
  type RpcLog,
  type RpcTraceContextSchema,
  StatusResult_Status as Status,
  type TypedDataSchema,
} from "@inspector/proto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildWorker } from "../build.mjs";
import { fixture, startWorker, type WorkerRun } from "./testing/scripted-host.ts";

type Data = MessageInitShape<typeof TypedDataSchema>;
type RequestParts = {
  triggerMetadata?: Record<string, Data>;
  retryContext?: MessageInitShape<typeof RetryContextSchema>;
  traceContext?: MessageInitShape<typeof RpcTraceContextSchema>;
};

beforeAll(async () => {
  await buildWorker();
});

async function initialise(run: WorkerRun, app: string) {
  run.send({ case: "workerInitRequest", value: { hostVersion: "4.1037.0.0", functionAppDirectory: fixture(app) } });
  return (await run.next("workerInitResponse")).value;
}

let invocations = 0;

async function invoke(
  run: WorkerRun,
  functionId: string,
  inputs: Readonly<Record<string, Data>>,
  more: RequestParts = {},
): Promise<{ response: InvocationResponse; logs: readonly RpcLog[] }> {
  const invocationId = `invocation-${++invocations}`;
  const inputData = Object.entries(inputs).map(([name, value]) => ({
    name,
    rpcData: { case: "data", value } as const,
  }));
  run.send({ case: "invocationRequest", value: { ...more, invocationId, functionId, inputData } });
  const { value } = await run.next("invocationResponse");
  expect(value.invocationId).toBe(invocationId);
  return { response: value, logs: run.logs.filter((log) => log.invocationId === invocationId) };
}

async function terminate(run: WorkerRun): Promise<void> {
  run.send({ case: "workerTerminate", value: { gracePeriod: { seconds: 5n } } });
  expect(await run.exit).toEqual({ code: 0, signal: null });
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

/** [level, text] of the app's own lines. */
function userLines(logs: readonly RpcLog[]) {
  return logs.filter((log) => log.logCategory === Category.User).map((log) => [log.level, log.message]);
}

function systemErrors(run: WorkerRun) {
  return run.logs
    .filter((log) => log.logCategory === Category.System && log.level === Level.Error)
    .map((log) => log.message);
}

describe("an app from start to end", () => {
  test("starts, answers init, metadata, loads and pings, and terminates with code 0 and its last log", async () => {
    await using worker = await startWorker();
    const { run } = worker;
    const start = await run.next("startStream");
    expect(start).toMatchObject({ requestId: "request-1", value: { workerId: "worker-1" } });

    run.send(
      { case: "workerInitRequest", value: { hostVersion: "4.1037.0.0", functionAppDirectory: fixture("app") } },
      "init-id",
    );
    const init = await run.next("workerInitResponse");
    expect(init.requestId).toBe("init-id");
    expect(init.value).toMatchObject({
      result: { status: Status.Success },
      capabilities: {
        RawHttpBodyBytes: "true",
        RpcHttpTriggerMetadataRemoved: "true",
        RpcHttpBodyOnly: "true",
        IgnoreEmptyValuedRpcHttpHeaders: "true",
        UseNullableValueDictionaryForHttp: "true",
        WorkerStatus: "true",
        TypedDataCollection: "true",
        HandlesWorkerTerminateMessage: "true",
      },
      workerMetadata: {
        runtimeName: "node",
        runtimeVersion: process.versions.node,
        workerVersion: "0.1.0",
        workerBitness: process.arch,
        customProperties: { modelName: "@azure/functions", modelVersion: "4.16.5" },
      },
    });

    run.send({ case: "functionsMetadataRequest", value: { functionAppDirectory: fixture("app") } }, "metadata-id");
    const metadata = await run.next("functionMetadataResponse");
    expect(metadata.requestId).toBe("metadata-id");
    const { functionMetadataResults, result, useDefaultMetadataIndexing } = metadata.value;
    expect([result?.status, useDefaultMetadataIndexing]).toEqual([Status.Success, false]);
    expect(functionMetadataResults.map(({ name }) => name)).toEqual(
      "hello large badReturn crash order tick values wrapped failing late logging".split(" "),
    );
    const order = functionMetadataResults.find(({ name }) => name === "order");
    expect(order).toMatchObject({
      functionId: "order",
      scriptFile: "triggers.js",
      directory: `${fixture("app")}/src/functions`,
      retryOptions: { maxRetryCount: 3, delayInterval: { seconds: 2n }, retryStrategy: 1 },
      bindings: { $return: { type: "queue", direction: 1 }, audit: { type: "blob", direction: 1 } },
    });
    expect(order?.rawBindings.map((raw): unknown => JSON.parse(raw))).toMatchObject([
      { type: "queueTrigger", direction: "in", queueName: "orders", properties: { supportsDeferredBinding: "false" } },
      { type: "queue", direction: "out", queueName: "done", name: "$return" },
      { type: "blob", direction: "out", name: "audit", path: "audit/{rand-guid}.json" },
    ]);

    for (const { functionId, name } of functionMetadataResults) {
      run.send({ case: "functionLoadRequest", value: { functionId, metadata: { name } } }, `load-${name}`);
      const load = await run.next("functionLoadResponse");
      expect(load).toMatchObject({
        requestId: `load-${name}`,
        value: { functionId, result: { status: Status.Success } },
      });
    }

    run.send({ case: "workerStatusRequest", value: {} }, "ping-id");
    expect((await run.next("workerStatusResponse")).requestId).toBe("ping-id");

    await terminate(run);
    expect(run.stdout()).toContain("appTerminate ran");
    expect(run.logs.at(-1)?.message).toBe('Ran the "appTerminate" hooks');
    expect(systemErrors(run)).toEqual([]);
  });

  test("an older host's five arguments are enough", async () => {
    await using worker = await startWorker((port) =>
      `--host 127.0.0.1 --port ${port} --workerId w --requestId r --grpcMaxMessageLength 2147483647`.split(" "),
    );
    expect(await worker.run.next("startStream")).toMatchObject({ requestId: "r", value: { workerId: "w" } });
  });

  test("without arguments it says what is missing and exits with 1", async () => {
    await using worker = await startWorker(() => []);
    expect(await worker.run.exit).toEqual({ code: 1, signal: null });
    expect(worker.run.stderr()).toContain("--functions-uri is missing");
  });

  test("an ESM app is loaded, of `main` only", async () => {
    await using worker = await startWorker();
    const { run } = worker;
    await initialise(run, "esm");
    const { response } = await invoke(run, "esmHttp", {
      [await triggerOf(run, "esmHttp")]: get("http://demo.example/"),
    });
    expect(bodyOf(response)).toBe("hello from a module");
    await terminate(run);
  });
});

function get(url: string): Data {
  return { data: { case: "http", value: { method: "GET", url } } };
}

async function triggerOf(run: WorkerRun, functionName: string): Promise<string> {
  run.send({ case: "functionsMetadataRequest", value: {} });
  const { value } = await run.next("functionMetadataResponse");
  const bindings = value.functionMetadataResults.find(({ name }) => name === functionName)?.bindings ?? {};
  return Object.entries(bindings).find(([, { type }]) => type.endsWith("Trigger"))?.[0] ?? "";
}

function bodyOf(response: InvocationResponse): string {
  const data = response.returnValue?.data;
  const body = data?.case === "http" ? data.value.body?.data : undefined;
  return body?.case === "bytes" ? text(body.value) : "";
}

describe("invocations", () => {
  test("an http function gets request, route and query, and its response comes back whole", async () => {
    await using worker = await startWorker();
    const { run } = worker;
    await initialise(run, "app");
    const trigger = await triggerOf(run, "hello");
    const value = (value: string) => ({ string: { case: "value", value } as const });
    const { response, logs } = await invoke(run, "hello", {
      [trigger]: {
        data: {
          case: "http",
          value: {
            method: "POST",
            url: "https://demo.example/api/hello/mars?name=Ada&empty=",
            nullableHeaders: { "x-asked": value("yes"), "content-type": value("text/plain") },
            nullableQuery: { name: value("Ada"), empty: {} },
            nullableParams: { place: value("mars") },
            body: { data: { case: "bytes", value: Buffer.from("Grüße") } },
          },
        },
      },
    });
    expect(JSON.parse(bodyOf(response))).toEqual({
      method: "POST",
      url: "https://demo.example/api/hello/mars?name=Ada&empty=",
      query: { name: "Ada", empty: "" },
      params: { place: "mars" },
      header: "yes",
      body: "Grüße",
    });
    expect(response.returnValue?.data.value).toMatchObject({
      statusCode: "201",
      headers: { "content-type": "application/json", "x-demo": "1" },
      enableContentNegotiation: false,
      cookies: [
        { name: "plain", value: "1", sameSite: 0 },
        {
          name: "full",
          domain: { string: { value: "demo.example" } },
          path: { string: { value: "/" } },
          expires: { timestamp: { value: { seconds: 1925089445n } } },
          secure: { bool: { value: true } },
          httpOnly: { bool: { value: false } },
          sameSite: 2,
          maxAge: { double: { value: 3600 } },
        },
      ],
    });
    expect(userLines(logs)).toEqual([
      [Level.Debug, "before: 1 input(s)"],
      [Level.Trace, "a trace line"],
      [Level.Debug, "a debug line"],
      [Level.Information, "an info line"],
      [Level.Warning, "a warn line"],
      [Level.Error, "an error line"],
      [Level.Information, "formatted text 42 { nested: [ 1, 2 ] }"],
      [Level.Debug, "after: hello succeeded"],
    ]);
    expect(new Set(logs.map((log) => log.category))).toEqual(new Set(["hello.Invocation"]));
    await terminate(run);
    expect(run.stdout()).toContain("on stdout only\n");
  });

  test("a body of 8 MiB passes both ways", async () => {
    await using worker = await startWorker();
    const { run } = worker;
    await initialise(run, "app");
    const body = { data: { case: "bytes", value: Buffer.alloc(8 << 20) } } as const;
    const { response } = await invoke(run, "large", {
      [await triggerOf(run, "large")]: {
        data: { case: "http", value: { method: "POST", url: "http://demo.example/", body } },
      },
    });
    expect(bodyOf(response)).toHaveLength(8 << 20);
  });

  test("a queue function sets return value and extra output, and sees metadata, retry and trace", async () => {
    await using worker = await startWorker();
    const { run } = worker;
    await initialise(run, "app");
    const { response } = await invoke(
      run,
      "order",
      { [await triggerOf(run, "order")]: { data: { case: "string", value: '{"id":7}' } } },
      {
        triggerMetadata: { DequeueCount: { data: { case: "json", value: "2" } } },
        retryContext: { retryCount: 1, maxRetryCount: 3 },
        traceContext: { traceParent: "00-1-2-01" },
      },
    );
    expect(response.result?.status).toBe(Status.Success);
    expect(response.returnValue?.data).toEqual({
      case: "json",
      value: JSON.stringify({
        done: { id: 7 },
        attempt: 1,
        trace: { traceParent: "00-1-2-01", traceState: "", attributes: {} },
      }),
    });
    expect(response.outputData).toMatchObject([
      {
        name: "audit",
        rpcData: { value: { data: { case: "json", value: '{"seen":{"id":7},"metadata":{"dequeueCount":2}}' } } },
      },
    ]);
  });

  test("a timer function reads its schedule; nothing returned is nothing sent", async () => {
    await using worker = await startWorker();
    const { run } = worker;
    await initialise(run, "app");
    const json = '{"Schedule":{"AdjustForDST":true},"ScheduleStatus":{"Next":"soon"},"IsPastDue":true}';
    const { response, logs } = await invoke(run, "tick", {
      [await triggerOf(run, "tick")]: { data: { case: "json", value: json } },
    });
    expect(userLines(logs)).toContainEqual([Level.Information, "past due: true, next: soon"]);
    expect([response.result?.status, response.returnValue, response.outputData]).toEqual([
      Status.Success,
      undefined,
      [],
    ]);
  });

  test.each<[string, Data["data"], string]>([
    ["string", { case: "string", value: "" }, "string "],
    ["a string of JSON", { case: "string", value: "[1]" }, "array of number 1"],
    ["bytes", { case: "bytes", value: Buffer.from([1, 254]) }, "buffer 01fe"],
    ["a stream", { case: "stream", value: Buffer.from([1, 254]) }, "buffer 01fe"],
    ["a safe integer", { case: "int", value: 9007199254740991n }, "number 9007199254740991"],
    ["an integer beyond", { case: "int", value: 9007199254740993n }, "bigint 9007199254740993"],
    ["double", { case: "double", value: -0.5 }, "number -0.5"],
    ["bytes of a collection", { case: "collectionBytes", value: { bytes: [Buffer.from([7])] } }, "array of buffer 07"],
    ["strings", { case: "collectionString", value: { string: ["a", "{}"] } }, "array of string a, object {}"],
    ["doubles", { case: "collectionDouble", value: { double: [1.5] } }, "array of number 1.5"],
    [
      "integers",
      { case: "collectionSint64", value: { sint64: [-(2n ** 63n)] } },
      "array of bigint -9223372036854775808",
    ],
    ["nothing", { case: undefined }, "undefined undefined"],
  ])("%s reaches the function", async (_title, data, line) => {
    const { run } = await shared();
    const { logs } = await invoke(run, "values", { wanted: data === undefined ? {} : { data } });
    expect(userLines(logs)).toContainEqual([Level.Information, line]);
  });

  test.each<[string, unknown]>([
    ["string", { case: "string", value: "text" }],
    ["empty", { case: "string", value: "" }],
    ["int", { case: "int", value: -7n }],
    ["beyond", { case: "int", value: 2n ** 60n }],
    ["huge", { case: "double", value: 1e300 }],
    ["double", { case: "double", value: 3.25 }],
    ["boolean", { case: "json", value: "true" }],
    ["array", { case: "json", value: '[1,"two",null]' }],
    ["null", undefined],
  ])("a returned %s is sent as it is", async (wanted, data) => {
    const { run } = await shared();
    const { response } = await invoke(run, "values", {
      wanted: { data: { case: "json", value: JSON.stringify({ return: wanted }) } },
    });
    expect(response.returnValue?.data).toEqual(data);
  });

  test("a hook may replace inputs, handler, error and result", async () => {
    const { run } = await shared();
    const input: Data = { data: { case: "string", value: "original" } };
    expect((await invoke(run, "wrapped", { input })).response.returnValue?.data.value).toBe("got replaced, wrapped");
    const forgiven = await invoke(run, "failing", { input: { data: { case: "string", value: "forgiven" } } });
    expect(forgiven.response.result?.status).toBe(Status.Success);
    expect(forgiven.response.returnValue?.data.value).toBe("mended by a hook");
  });

  test("a log hook changes the app's lines, and a broken one loses none", async () => {
    const { run } = await shared();
    const said = async (message: string) =>
      userLines((await invoke(run, "logging", { input: { data: { case: "string", value: message } } })).logs);
    expect(await said("password 1234")).toContainEqual([Level.Warning, "password ***"]);
    expect(await said("break the log hook")).toContainEqual([Level.Information, "break the log hook"]);
    expect(systemErrors(run)).toContain("A log hook failed: this hook is broken");
  });

  test("a line logged after the end still arrives, with a warning", async () => {
    const { run } = await shared();
    const { response } = await invoke(run, "late", { input: { data: { case: "string", value: "" } } });
    const ofThis = () => run.logs.filter((log) => log.invocationId === response.invocationId);
    while (!ofThis().some((log) => log.message === "after the response")) await run.next("rpcLog");
    expect(ofThis().find((log) => log.level === Level.Warning)?.message).toContain("after function execution");
  });

  test("requests are handled at the same time", async () => {
    const { run } = await shared();
    const ids = Array.from({ length: 50 }, (_, index) => `at-once-${index}`);
    for (const invocationId of ids) {
      const inputData = [{ name: "input", rpcData: { case: "data", value: {} } as const }];
      run.send({ case: "invocationRequest", value: { invocationId, functionId: "logging", inputData } });
    }
    const answered = new Set<string>();
    while (answered.size < ids.length) answered.add((await run.next("invocationResponse")).value.invocationId);
    expect(answered).toEqual(new Set(ids));
  });
});

afterAll(async () => {
  await (await sharedWorker)?.[Symbol.asyncDispose]();
});

let sharedWorker: ReturnType<typeof startShared> | undefined;

/** One worker for the tests that leave it as it was. */
function shared() {
  sharedWorker ??= startShared();
  return sharedWorker;
}

async function startShared() {
  const worker = await startWorker();
  await initialise(worker.run, "app");
  return worker;
}

describe("failures", () => {
  test.each([
    ["error", "out of stock", /^RangeError: out of stock\n.*triggers\.js/s],
    ["string", "a thrown string", /./],
    ["object", '{"code":42}', /./],
  ])("a thrown %s is a Failure with message and stack", async (kind, message, stack) => {
    const { run } = await shared();
    const { response, logs } = await invoke(run, "failing", { input: { data: { case: "string", value: kind } } });
    expect(response.result?.status).toBe(Status.Failure);
    expect(response.result?.exception).toMatchObject({ message, source: "", isUserException: false, type: "" });
    expect(response.result?.exception?.stackTrace).toMatch(stack);
    expect(userLines(logs).at(-1)).toEqual([Level.Debug, "after: failing failed"]);
  });

  test("a thrown undefined is Success, as with the official worker", async () => {
    const { run } = await shared();
    const { response } = await invoke(run, "failing", { input: { data: { case: "string", value: "undefined" } } });
    expect(response.result?.status).toBe(Status.Success);
  });

  test("a bigint cannot be returned", async () => {
    const { run } = await shared();
    const { response } = await invoke(run, "values", {
      wanted: { data: { case: "json", value: '{"return":"bigint"}' } },
    });
    expect(response.result?.exception?.message).toContain("BigInt");
  });

  test("errors of worker and library are Failure and one system log without an invocation id", async () => {
    await using worker = await startWorker();
    const { run } = worker;
    await initialise(run, "app");
    const trigger = await triggerOf(run, "badReturn");
    const bad = await invoke(run, "badReturn", { [trigger]: get("http://demo.example/") });
    const unknownInput = await invoke(run, "logging", { notThere: {} });
    const unknownFunction = await invoke(run, "noSuchFunction", {});
    const messages = [bad, unknownInput, unknownFunction].map(({ response }) => response.result?.exception?.message);
    expect(messages).toEqual([
      expect.stringContaining("HTTP response must be an object"),
      expect.stringContaining('"notThere"'),
      'There is no function "noSuchFunction" in this app, so it cannot be invoked.',
    ]);
    expect(systemErrors(run)).toEqual(messages);
    expect(run.logs.filter((log) => log.level === Level.Error).map((log) => log.invocationId)).toEqual(["", "", ""]);
  });

  test("an entry-point error is held back: init succeeds, metadata and loads fail, earlier functions run", async () => {
    await using worker = await startWorker();
    const { run } = worker;
    expect((await initialise(run, "broken")).result?.status).toBe(Status.Success);
    expect(run.stderr()).toContain("no-such-file");

    run.send({ case: "functionsMetadataRequest", value: {} });
    const metadata = (await run.next("functionMetadataResponse")).value;
    expect(metadata.functionMetadataResults).toEqual([]);
    const message = expect.stringMatching(
      /^The worker could not load entry point "src\/b-broken\.js": Cannot find module/,
    );
    expect(metadata.result).toMatchObject({ status: Status.Failure, exception: { message } });
    expect(metadata.result?.exception?.stackTrace).toContain("b-broken.js");

    for (const functionId of ["good", "neverReached"]) {
      run.send({ case: "functionLoadRequest", value: { functionId } });
      const load = (await run.next("functionLoadResponse")).value;
      expect(load).toMatchObject({ functionId, result: { status: Status.Failure, exception: { message } } });
    }
    const { response } = await invoke(run, "good", {});
    expect(response.result?.status).toBe(Status.Success);
    await terminate(run);
  });

  test("a load of a function that the app does not register fails", async () => {
    const { run } = await shared();
    run.send({ case: "functionLoadRequest", value: { functionId: "a-guid", metadata: { name: "Legacy" } } });
    const { result } = (await run.next("functionLoadResponse")).value;
    expect(result).toMatchObject({
      status: Status.Failure,
      exception: { message: expect.stringContaining('"Legacy"') },
    });
  });

  test("an unhandled rejection is logged on stream and stderr and ends the worker with 1", async () => {
    await using worker = await startWorker();
    const { run } = worker;
    await initialise(run, "app");
    const name = await triggerOf(run, "crash");
    const inputData = [{ name, rpcData: { case: "data", value: get("http://demo.example/") } as const }];
    run.send({ case: "invocationRequest", value: { invocationId: "doomed", functionId: "crash", inputData } });
    expect(await run.exit).toEqual({ code: 1, signal: null });
    expect(run.logs.map((log) => log.message)).toContain("about to crash");
    expect(systemErrors(run).join()).toContain("nobody handles this");
    expect(run.stderr()).toMatch(
      /LanguageWorkerConsoleLog\[error\] Worker worker-1 had an uncaught exception: .*nobody/,
    );
  });
});

describe("kinds of message", () => {
  test("some are silent, all others cost one system error log", async () => {
    await using worker = await startWorker();
    const { run } = worker;
    await initialise(run, "app");
    run.send({ case: "invocationCancel", value: { invocationId: "x" } });
    run.send({ case: "closeSharedMemoryResourcesRequest", value: {} });
    run.send({ case: "fileChangeEventRequest", value: {} });
    run.send({ case: "functionLoadRequestCollection", value: {} });
    run.send({ case: "workerHeartbeat", value: {} });
    run.send({ case: "startStream", value: {} });
    run.send({ case: "workerWarmupRequest", value: {} });
    run.send({ case: undefined });
    run.send({ case: "workerActionResponse", value: {} });
    run.send({ case: "workerStatusRequest", value: {} });
    await run.next("workerStatusResponse");
    expect(systemErrors(run)).toEqual([
      "The worker does not handle workerWarmupRequest",
      "The worker does not handle a message without known content",
      "The worker does not handle workerActionResponse",
    ]);
  });

  test("environment reload turns a placeholder into an app: variables, working directory, functions", async () => {
    await using worker = await startWorker();
    const { run } = worker;
    run.send({ case: "workerInitRequest", value: { hostVersion: "4", functionAppDirectory: "" } });
    expect((await run.next("workerInitResponse")).value.workerMetadata?.customProperties).toEqual({});
    const functionAppDirectory = fixture("stream");
    const environmentVariables = { DEMO: "1" };
    run.send(
      { case: "functionEnvironmentReloadRequest", value: { environmentVariables, functionAppDirectory } },
      "reload-id",
    );
    const reload = await run.next("functionEnvironmentReloadResponse");
    expect(reload).toMatchObject({
      requestId: "reload-id",
      value: {
        result: { status: Status.Success },
        capabilitiesUpdateStrategy: 1,
        capabilities: { WorkerStatus: "true", DemoCapability: "yes", HttpUri: expect.stringMatching(/^http:/) },
        workerMetadata: { customProperties: { modelName: "@azure/functions" } },
      },
    });
    run.send({ case: "functionsMetadataRequest", value: {} });
    const { functionMetadataResults } = (await run.next("functionMetadataResponse")).value;
    expect(functionMetadataResults.map(({ name }) => name)).toEqual(["streamOut"]);
  });

  test("an app whose folder is gone fails the reload, not the worker", async () => {
    await using worker = await startWorker();
    const { run } = worker;
    run.send({ case: "functionEnvironmentReloadRequest", value: { functionAppDirectory: fixture("no-such-app") } });
    expect((await run.next("functionEnvironmentReloadResponse")).value.result?.status).toBe(Status.Failure);
    await terminate(run);
  });
});

describe("http streaming", () => {
  test("request and response cross over http, paired by the invocation id", async () => {
    await using worker = await startWorker();
    const { run } = worker;
    const { capabilities } = await initialise(run, "stream");
    expect(capabilities).toMatchObject({ DemoCapability: "yes" });
    const { HttpUri: uri } = capabilities;
    const answer = post(`${uri}api/stream/news`, "the body", {
      "x-ms-invocation-id": "streamed",
      "x-forwarded-host": "demo.example",
      "x-forwarded-proto": "https",
    });
    const inputData = [{ name: await triggerOf(run, "streamOut"), rpcData: { case: "data", value: empty } as const }];
    const triggerMetadata = { topic: { data: { case: "string", value: "news" } as const } };
    run.send({
      case: "invocationRequest",
      value: { invocationId: "streamed", functionId: "streamOut", inputData, triggerMetadata },
    });
    expect(await answer).toEqual({ status: 202, topic: "news", body: "first then the body" });
    const { value } = await run.next("invocationResponse");
    expect([value.result?.status, value.returnValue]).toEqual([Status.Success, undefined]);
    expect(userLines(run.logs)).toEqual([[Level.Information, "POST https://demo.example/api/stream/news topic=news"]]);
    await terminate(run);
  });
});

const empty: Data = { data: { case: "http", value: {} } };

function post(url: string, body: string, headers: Record<string, string>) {
  return new Promise<{ status: number | undefined; topic: unknown; body: string }>((resolve, reject) => {
    const sent = request(url, { method: "POST", headers, family: 4 }, (response) => {
      let received = "";
      response.on("data", (chunk: Buffer) => {
        received += chunk.toString();
      });
      response.on("end", () =>
        resolve({ status: response.statusCode, topic: response.headers["x-topic"], body: received }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

describe("the end of the stream", () => {
  test("OK from the host ends the worker with 0", async () => {
    await using worker = await startWorker();
    await initialise(worker.run, "app");
    worker.run.endCall();
    expect(await worker.run.exit).toEqual({ code: 0, signal: null });
  });

  test("an error from the host ends it with 1 and a line on stderr that names the host", async () => {
    await using worker = await startWorker();
    const { run } = worker;
    await initialise(run, "app");
    run.endCall({ code: status.UNAVAILABLE, details: "the upstream is gone" });
    expect(await run.exit).toEqual({ code: 1, signal: null });
    expect(run.stderr()).toMatch(/lost the event stream to its host at 127\.0\.0\.1:\d+: 14 the upstream is gone/);
  });

  test("nobody listening ends it with 1", async () => {
    await using worker = await startWorker(() => "--host 127.0.0.1 --port 1 --workerId w --requestId r".split(" "));
    expect(await worker.run.exit).toEqual({ code: 1, signal: null });
    expect(worker.run.stderr()).toContain("127.0.0.1:1");
  });
});
