import { afterAll, afterEach, describe, expect, test } from "vitest";
import { httpFunction, MODERN, queueFunction, receivedHttp } from "../testing/function-scripts.ts";
import { createScriptedHosts } from "../testing/scripted-host.ts";
import { objectAt } from "./json.ts";

const hosts = createScriptedHosts();
afterEach(() => hosts.closeAll());
afterAll(() => hosts.dispose());

describe("queue outputs", () => {
  const toQueue = (queueName: string) => [
    { type: "httpTrigger", name: "req", direction: "in" },
    { type: "queue", name: "out", direction: "out", queueName },
  ];

  test("reach the app's own queue triggers, along a chain", async () => {
    const order = {
      name: "order",
      bindings: toQueue("%ORDERS%"),
      response: { outputData: [{ name: "out", data: { json: '[{"id":"a","big":true},"plain"]' } }] },
    };
    const resize = queueFunction("resize", "orders");
    const run = await hosts.open({
      script: { functions: [order, resize] },
      configuration: { environment: { ORDERS: "orders" } },
    });
    await run.fetch("/api/order", { method: "POST" });
    const messages = (await run.received("invocationRequest", 3)).filter(
      ({ functionId }) => functionId === "id-of-resize",
    );
    expect(messages[0]).toMatchObject({
      inputData: [{ name: "item", data: { string: '{"id":"a","big":true}' } }],
      triggerMetadata: {
        QueueTrigger: { string: '{"id":"a","big":true}' },
        DequeueCount: { json: "1" },
        id: { string: "a" },
        big: { string: "True" },
      },
    });
    expect(messages[1]).toMatchObject({ inputData: [{ data: { string: "plain" } }] });
  });

  test("that fail are tried five times and then go to the poison queue", async () => {
    const order = {
      name: "order",
      bindings: toQueue("work"),
      response: { outputData: [{ name: "out", data: { string: "m" } }] },
    };
    const functions = [order, queueFunction("work", "work", { failures: 99 }), queueFunction("poison", "work-poison")];
    const run = await hosts.open({ script: { functions } });
    await run.fetch("/api/order");
    await run.until("invocation-finished", ({ functionName }) => functionName === "poison");
    const counts = (await run.received("invocationRequest"))
      .filter(({ functionId }) => functionId === "id-of-work")
      .map((message) => objectAt(objectAt(message, "triggerMetadata"), "DequeueCount")["json"]);
    expect(counts).toEqual(["1", "2", "3", "4", "5"]);
  });

  test("that are empty, or that no function listens to, are dropped", async () => {
    const order = {
      name: "order",
      bindings: toQueue("nowhere"),
      response: { outputData: [{ name: "out", data: { string: "m" } }] },
    };
    const run = await hosts.open({ script: { functions: [order] } });
    expect((await run.fetch("/api/order")).ok).toBe(true);
    const { message } = await run.until("log", ({ message }) => message.includes("no function of the app listens"));
    expect(message).toContain("nowhere");
  });
});

describe("a timer", () => {
  const timer = (settings: Readonly<Record<string, unknown>>) => ({
    functions: [{ name: "tick", bindings: [{ type: "timerTrigger", name: "timer", direction: "in", ...settings }] }],
  });

  test("runs on its schedule", async () => {
    const run = await hosts.open({ script: timer({ schedule: "* * * * * *" }) });
    const [first, second] = await run.received("invocationRequest", 2);
    const json = '{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}';
    for (const invocation of [first, second]) {
      expect(invocation).toMatchObject({
        inputData: [{ name: "timer", data: { json } }],
        triggerMetadata: { TimerTrigger: { json } },
      });
    }
  });

  test("runs at the start where the app asks for that", async () => {
    const run = await hosts.open({
      script: timer({ schedule: "%EVERY_YEAR%", runOnStartup: true }),
      configuration: { environment: { EVERY_YEAR: "0 0 0 1 1 *" } },
    });
    expect(await run.until("invocation-finished")).toMatchObject({ functionName: "tick", status: "Success" });
  });

  test("with a schedule that is none is reported, and the app goes on", async () => {
    const run = await hosts.open({ script: timer({ schedule: "often" }) });
    await run.until("log", ({ message }) => message.includes('"often" is not a schedule'));
    expect((await run.host.invoke("tick")).status).toBe("Success");
  });
});

describe("an invocation", () => {
  test("that takes too long ends its worker, which is replaced", async () => {
    const run = await hosts.open({
      script: { functions: [httpFunction("slow", { does: "nothing" }), httpFunction("quick")] },
      limits: { invocation: 300 },
    });
    const outcome = await run.host.invoke("slow");
    expect(outcome).toMatchObject({ status: "Failure", reason: expect.stringContaining("within 300 ms") });
    expect(run.all("timed-out")).toMatchObject([{ step: "invocation", functionName: "slow" }]);
    await run.until("restarting");
    expect(run.all("gave-up")).toEqual([]);
  });

  test("that fails is run again as the function's retry options say, with the tries in its context", async () => {
    const retryOptions = { maxRetryCount: 3, delayInterval: "0.010s", retryStrategy: "fixed_delay" };
    const flaky = { ...queueFunction("flaky", "q", { failures: 2 }), retryOptions };
    const run = await hosts.open({ script: { functions: [flaky] } });
    expect(await run.host.invoke("flaky", "m")).toMatchObject({ status: "Success" });
    const requests = await run.received("invocationRequest");
    expect(requests.map((request) => objectAt(request, "retryContext")["retryCount"])).toEqual([undefined, 1, 2]);
    expect(requests[1]).toMatchObject({
      inputData: [{ data: { string: "m" } }],
      retryContext: { maxRetryCount: 3, exception: { message: expect.stringContaining("it broke") } },
    });
    expect(new Set(requests.map(({ invocationId }) => invocationId)).size).toBe(3);
  });

  test("carries every input by name and always a trace context", async () => {
    const bindings = [
      { type: "blobTrigger", name: "blob", direction: "in", path: "x" },
      { type: "table", name: "row", direction: "in" },
      { type: "blob", name: "copy", direction: "out" },
    ];
    const run = await hosts.open({ script: { functions: [{ name: "blob", bindings }] } });
    await run.host.invoke("blob", "content");
    const [invocation] = await run.received("invocationRequest");
    expect(invocation?.["inputData"]).toEqual([
      { name: "blob", data: { bytes: "Y29udGVudA==" } },
      { name: "row", data: {} },
    ]);
    expect(objectAt(invocation ?? {}, "traceContext")["traceParent"]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });

  test("passes logs on with their invocation's id", async () => {
    const run = await hosts.open({ script: { functions: [httpFunction("a")] } });
    const { invocationId } = await run.host.invoke("a");
    expect(run.all("worker-log")).toMatchObject([
      { invocationId, level: "Information", message: "try 1", source: "user" },
    ]);
  });
});

describe("the admin routes", () => {
  const post = (body: string, type = "application/json") => ({
    method: "POST",
    body,
    headers: { "content-type": type },
  });

  test("list functions and invoke any of them with an input", async () => {
    const run = await hosts.open({ script: { functions: [queueFunction("work", "orders"), httpFunction("web")] } });
    const list = await (await run.fetch("/admin/functions")).json();
    expect(list).toMatchObject([
      { name: "work" },
      { name: "web", config: { bindings: [{ type: "httpTrigger" }, {}] } },
    ]);
    expect((await run.fetch("/admin/functions/WORK", post('{"input":"hello"}'))).status).toBe(202);
    const [invocation] = await run.received("invocationRequest");
    expect(invocation).toMatchObject({ functionId: "id-of-work", inputData: [{ data: { string: "hello" } }] });
  });

  test("refuse what they do not know or take", async () => {
    const run = await hosts.open({ script: { functions: [httpFunction("web")] } });
    const statusOf = async (path: string, init?: RequestInit) => (await run.fetch(path, init)).status;
    expect(await statusOf("/admin/functions/none", post("{}"))).toBe(404);
    expect(await statusOf("/admin/other")).toBe(404);
    expect(await statusOf("/admin/functions/web", post("{}", "text/plain"))).toBe(415);
    expect(await statusOf("/admin/functions/web", post("no json"))).toBe(400);
    expect(await statusOf("/admin/functions", { method: "DELETE" })).toBe(405);
  });
});

describe("invoking by hand", () => {
  test("takes a body or the description of a request for an http trigger", async () => {
    const functions = [httpFunction("web", { route: "web/{id?}", does: "http" })];
    const run = await hosts.open({ script: { capabilities: MODERN, functions } });
    await run.host.invoke("web", { method: "put", params: { id: "7" }, query: { q: "a b" }, body: { n: 1 } });
    expect((await receivedHttp(run)).http).toMatchObject({
      method: "PUT",
      url: `http://127.0.0.1:${run.host.httpAddress.port}/api/web/7?q=a+b`,
      nullableParams: { id: { value: "7" } },
      body: { bytes: Buffer.from('{"n":1}').toString("base64") },
    });
  });

  test("names the functions there are when there is none of that name", async () => {
    const run = await hosts.open({ script: { functions: [httpFunction("web")] } });
    await expect(run.host.invoke("wep")).rejects.toMatchObject({ code: "unknown-function", hint: "There are web." });
  });
});
