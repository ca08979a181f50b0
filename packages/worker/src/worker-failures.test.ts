import { RpcLog_Level as Level, StatusResult_Status as Status } from "@inspector/proto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildWorker } from "../build.mjs";
import { get, initialise, invoke, systemErrors, terminate, triggerOf, userLines } from "../testing/conversation.ts";
import { fixture, startWorker } from "../testing/scripted-host.ts";

let worker: Awaited<ReturnType<typeof startWorker>>;

/** One worker for the tests that leave it as it was. */
beforeAll(async () => {
  await buildWorker();
  worker = await startWorker();
  await initialise(worker.run, fixture("app"));
});

afterAll(() => worker[Symbol.asyncDispose]());

describe("failures", () => {
  test.each([
    ["error", "out of stock", /^RangeError: out of stock\n.*triggers\.js/s],
    ["string", "a thrown string", /./],
    ["object", '{"code":42}', /./],
  ])("a thrown %s is a Failure with message and stack", async (kind, message, stack) => {
    const { run } = worker;
    const { response, logs } = await invoke(run, "failing", { input: { data: { case: "string", value: kind } } });
    expect(response.result?.status).toBe(Status.Failure);
    expect(response.result?.exception).toMatchObject({ message, source: "", isUserException: false, type: "" });
    expect(response.result?.exception?.stackTrace).toMatch(stack);
    expect(userLines(logs).at(-1)).toEqual([Level.Debug, "after: failing failed"]);
  });

  test("a thrown undefined is Success, as with the official worker", async () => {
    const { run } = worker;
    const { response } = await invoke(run, "failing", { input: { data: { case: "string", value: "undefined" } } });
    expect(response.result?.status).toBe(Status.Success);
  });

  test("a bigint cannot be returned", async () => {
    const { run } = worker;
    const { response } = await invoke(run, "values", {
      wanted: { data: { case: "json", value: '{"return":"bigint"}' } },
    });
    expect(response.result?.exception?.message).toContain("BigInt");
  });

  test("errors of worker and library are Failure and one system log without an invocation id", async () => {
    await using worker = await startWorker();
    const { run } = worker;
    await initialise(run, fixture("app"));
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
    expect((await initialise(run, fixture("broken"))).result?.status).toBe(Status.Success);
    // What a process prints and what it sends come by two ways, and either may be first.
    await expect.poll(run.stderr).toContain("no-such-file");

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
    const { run } = worker;
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
    await initialise(run, fixture("app"));
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
