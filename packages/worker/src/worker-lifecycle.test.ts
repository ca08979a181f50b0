import { status } from "@grpc/grpc-js";
import { StatusResult_Status as Status } from "@inspector/proto";
import { beforeAll, describe, expect, test } from "vitest";
import { buildWorker } from "../build.mjs";
import { bodyOf, get, initialise, invoke, systemErrors, terminate, triggerOf } from "../testing/conversation.ts";
import { fixture, startWorker } from "../testing/scripted-host.ts";

beforeAll(async () => {
  await buildWorker();
});

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
    await initialise(run, fixture("esm"));
    const { response } = await invoke(run, "esmHttp", {
      [await triggerOf(run, "esmHttp")]: get("http://demo.example/"),
    });
    expect(bodyOf(response)).toBe("hello from a module");
    await terminate(run);
  });
});

describe("kinds of message", () => {
  test("some are silent, all others cost one system error log", async () => {
    await using worker = await startWorker();
    const { run } = worker;
    await initialise(run, fixture("app"));
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

describe("the end of the stream", () => {
  test("OK from the host ends the worker with 0", async () => {
    await using worker = await startWorker();
    await initialise(worker.run, fixture("app"));
    worker.run.endCall();
    expect(await worker.run.exit).toEqual({ code: 0, signal: null });
  });

  test("an error from the host ends it with 1 and a line on stderr that names the host", async () => {
    await using worker = await startWorker();
    const { run } = worker;
    await initialise(run, fixture("app"));
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
