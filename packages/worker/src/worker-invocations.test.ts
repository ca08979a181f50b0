import { RpcLog_Level as Level, StatusResult_Status as Status } from "@inspector/proto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildWorker } from "../build.mjs";
import {
  bodyOf,
  type Data,
  initialise,
  invoke,
  systemErrors,
  terminate,
  triggerOf,
  userLines,
} from "../testing/conversation.ts";
import { fixture, startWorker } from "../testing/scripted-host.ts";

let worker: Awaited<ReturnType<typeof startWorker>>;

/** One worker for the tests that leave it as it was. */
beforeAll(async () => {
  await buildWorker();
  worker = await startWorker();
  await initialise(worker.run, fixture("app"));
});

afterAll(() => worker[Symbol.asyncDispose]());

describe("invocations", () => {
  test("an http function gets request, route and query, and its response comes back whole", async () => {
    await using worker = await startWorker();
    const { run } = worker;
    await initialise(run, fixture("app"));
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
    await initialise(run, fixture("app"));
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
    await initialise(run, fixture("app"));
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
    await initialise(run, fixture("app"));
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
    const { run } = worker;
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
    const { run } = worker;
    const { response } = await invoke(run, "values", {
      wanted: { data: { case: "json", value: JSON.stringify({ return: wanted }) } },
    });
    expect(response.returnValue?.data).toEqual(data);
  });

  test("a hook may replace inputs, handler, error and result", async () => {
    const { run } = worker;
    const input: Data = { data: { case: "string", value: "original" } };
    expect((await invoke(run, "wrapped", { input })).response.returnValue?.data.value).toBe("got replaced, wrapped");
    const forgiven = await invoke(run, "failing", { input: { data: { case: "string", value: "forgiven" } } });
    expect(forgiven.response.result?.status).toBe(Status.Success);
    expect(forgiven.response.returnValue?.data.value).toBe("mended by a hook");
  });

  test("a log hook changes the app's lines, and a broken one loses none", async () => {
    const { run } = worker;
    const said = async (message: string) =>
      userLines((await invoke(run, "logging", { input: { data: { case: "string", value: message } } })).logs);
    expect(await said("password 1234")).toContainEqual([Level.Warning, "password ***"]);
    expect(await said("break the log hook")).toContainEqual([Level.Information, "break the log hook"]);
    expect(systemErrors(run)).toContain("A log hook failed: this hook is broken");
  });

  test("a line logged after the end still arrives, with a warning", async () => {
    const { run } = worker;
    const { response } = await invoke(run, "late", { input: { data: { case: "string", value: "" } } });
    const ofThis = () => run.logs.filter((log) => log.invocationId === response.invocationId);
    while (!ofThis().some((log) => log.message === "after the response")) {
      await run.next("rpcLog");
    }
    expect(ofThis().find((log) => log.level === Level.Warning)?.message).toContain("after function execution");
  });

  test("requests are handled at the same time", async () => {
    const { run } = worker;
    const ids = Array.from({ length: 50 }, (_, index) => `at-once-${index}`);
    for (const invocationId of ids) {
      const inputData = [{ name: "input", rpcData: { case: "data", value: {} } as const }];
      run.send({ case: "invocationRequest", value: { invocationId, functionId: "logging", inputData } });
    }
    const answered = new Set<string>();
    while (answered.size < ids.length) {
      answered.add((await run.next("invocationResponse")).value.invocationId);
    }
    expect(answered).toEqual(new Set(ids));
  });
});
