import { request } from "node:http";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { httpFunction, MODERN, receivedHttp } from "../testing/function-scripts.ts";
import { createScriptedHosts } from "../testing/scripted-host.ts";

const hosts = createScriptedHosts();
afterEach(() => hosts.closeAll());
afterAll(() => hosts.dispose());

describe("an http request", () => {
  test("reaches a worker of today as bytes with nullable maps, and is answered with all the worker says", async () => {
    const functions = [httpFunction("items", { route: "items/{kind}/{id:int}", does: "http" })];
    const run = await hosts.open({ script: { capabilities: MODERN, functions } });
    const answer = await run.fetch("/api/items/b%C3%BCcher/7?a=1&a=2&e=", {
      method: "POST",
      body: '{"x":1}',
      headers: {
        "Content-Type": "application/json",
        "X-Mine": "yes",
        traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`,
      },
    });

    expect(answer.status).toBe(201);
    expect(answer.headers.get("x-mine")).toBe("1");
    expect(answer.headers.getSetCookie()).toEqual(["c=a%20b; path=/"]);
    expect(await answer.text()).toBe('{"x":1}');
    const { http, invocation } = await receivedHttp(run);
    const host = `127.0.0.1:${run.host.httpAddress.port}`;
    expect(http).toMatchObject({
      method: "POST",
      url: `http://${host}/api/items/b%C3%BCcher/7?a=1&a=2&e=`,
      body: { bytes: Buffer.from('{"x":1}').toString("base64") },
      nullableHeaders: { host: { value: host }, "x-mine": { value: "yes" }, "content-length": { value: "7" } },
      nullableQuery: { a: { value: "1,2" }, e: { value: "" } },
      nullableParams: { kind: { value: "bücher" }, id: { value: "7" } },
      identities: [{ authenticationType: { value: "WebJobsAuthLevel" } }],
    });
    expect(http).not.toHaveProperty("headers");
    expect(http).not.toHaveProperty("rawBody");
    expect(invocation).toMatchObject({
      functionId: "id-of-items",
      triggerMetadata: { Query: { json: '{"a":"1,2","e":""}' }, kind: { string: "bücher" }, id: { string: "7" } },
      traceContext: { traceParent: expect.stringMatching(/^00-a{32}-(?!b{16})[0-9a-f]{16}-01$/) },
    });
    expect(invocation).not.toHaveProperty("retryContext");
    expect(invocation["triggerMetadata"]).not.toHaveProperty("req");
  });

  test("reaches a worker without capabilities as text, parsed and raw, with plain maps and the request as metadata", async () => {
    const run = await hosts.open({ script: { functions: [httpFunction("echo")] } });
    const headers = { "content-type": "application/json; charset=utf-8" };
    await run.fetch("/api/echo?q=1", { method: "POST", body: '{ "x": 1 }', headers });
    const { http, invocation } = await receivedHttp(run);
    expect(http).toMatchObject({
      headers: { "content-type": headers["content-type"] },
      query: { q: "1" },
      body: { json: '{"x":1}' },
      rawBody: { string: '{ "x": 1 }' },
    });
    expect(invocation["triggerMetadata"]).toMatchObject({ req: { http: {} }, $request: { http: {} } });
  });

  test("may be large, and so may its answer", async () => {
    const run = await hosts.open({
      script: { capabilities: MODERN, functions: [httpFunction("echo", { does: "http" })] },
    });
    const body = Buffer.alloc(8 * 1024 * 1024, "large ");
    const answer = await run.fetch("/api/echo", { method: "POST", body });
    expect(Buffer.from(await answer.arrayBuffer()).equals(body)).toBe(true);
  });

  test("without a length has no body, as in the real host", async () => {
    const run = await hosts.open({ script: { capabilities: MODERN, functions: [httpFunction("echo")] } });
    await run.host.whenReady();
    await new Promise<void>((resolve, reject) => {
      const { port } = run.host.httpAddress;
      const outgoing = request({ port, path: "/api/echo", method: "POST" }, (response) => {
        response.resume().once("end", resolve);
      });
      outgoing.once("error", reject);
      outgoing.write("chunked");
      outgoing.end();
    });
    expect((await receivedHttp(run)).http).not.toHaveProperty("body");
  });

  test("is refused with 404 or 405 where no function takes it", async () => {
    const run = await hosts.open({ script: { functions: [httpFunction("get", { methods: ["get"] })] } });
    await run.host.whenReady();
    expect((await run.fetch("/api/nothing")).status).toBe(404);
    expect((await run.fetch("/get")).status).toBe(404);
    const refusal = await run.fetch("/api/get", { method: "POST" });
    expect([refusal.status, refusal.headers.get("allow")]).toEqual([405, "GET"]);
    expect((await run.fetch("/")).status).toBe(200);
    expect(run.all("invocation-started")).toEqual([]);
  });

  test("follows the prefix of host.json, waits for the app to start, and passes disabled functions by", async () => {
    const run = await hosts.open({
      script: { functions: [httpFunction("on"), httpFunction("off")] },
      files: { "host.json": JSON.stringify({ extensions: { http: { routePrefix: "" } } }) },
      configuration: { environment: { "AzureWebJobs.off.Disabled": "true" } },
    });
    expect((await run.fetch("/on")).status).toBe(204);
    expect((await run.fetch("/off")).status).toBe(404);
    expect((await run.host.invoke("off")).status).toBe("Success");
  });

  test("is answered with 500 and the reason when the function fails", async () => {
    const run = await hosts.open({ script: { functions: [httpFunction("bad", { does: "fail" })] } });
    const answer = await run.fetch("/api/bad");
    expect(answer.status).toBe(500);
    expect(await answer.text()).toContain("it broke");
    expect(run.all("invocation-finished")).toMatchObject([
      { status: "Failure", reason: expect.stringContaining("at handler") },
    ]);
  });

  test("may be answered by a named output and by values that are no http response", async () => {
    const named = {
      name: "named",
      bindings: [
        { type: "httpTrigger", name: "req", direction: "in" },
        { type: "http", name: "res", direction: "out" },
      ],
      response: { outputData: [{ name: "res", data: { http: { statusCode: "418" } } }] },
    };
    const json = httpFunction("json", { response: { returnValue: { json: '{"a":1}' } } });
    const run = await hosts.open({ script: { functions: [named, json] } });
    expect((await run.fetch("/api/named")).status).toBe(418);
    const answer = await run.fetch("/api/json");
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/json; charset=utf-8"]);
    expect(await answer.json()).toEqual({ a: 1 });
  });

  test("that its client gives up is cancelled where the worker understands that", async () => {
    const capabilities = { HandlesInvocationCancelMessage: "true" };
    const run = await hosts.open({ script: { capabilities, functions: [httpFunction("slow", { does: "nothing" })] } });
    await run.host.whenReady();
    const giveUp = new AbortController();
    const pending = run.fetch("/api/slow", { signal: giveUp.signal });
    const [invocation] = await run.received("invocationRequest");
    giveUp.abort();
    await expect(pending).rejects.toThrow();
    expect(await run.received("invocationCancel")).toEqual([{ invocationId: invocation?.["invocationId"] }]);
    expect(await run.until("invocation-finished")).toMatchObject({ status: "Cancelled" });
  });
});

describe("a worker with an HTTP server of its own", () => {
  const script = {
    isHttpProxied: true,
    capabilities: MODERN,
    functions: [httpFunction("up", { route: "up/{*rest}" })],
  };

  test("gets the request there with the invocation's id, and an empty http value on the stream", async () => {
    const run = await hosts.open({ script });
    const answer = await run.fetch("/api/up/a?b=1", { method: "PUT", body: "text", headers: { "x-mine": "yes" } });
    expect([answer.status, answer.headers.get("x-from")]).toEqual([202, "worker"]);
    const { http, invocation } = await receivedHttp(run);
    expect(http).toEqual({});
    expect(invocation["triggerMetadata"]).toMatchObject({ rest: { string: "a" }, Query: { json: '{"b":"1"}' } });
    expect(await answer.json()).toMatchObject({
      method: "PUT",
      url: "/api/up/a?b=1",
      body: "text",
      headers: {
        "x-mine": "yes",
        "x-ms-invocation-id": invocation["invocationId"],
        "x-forwarded-host": `127.0.0.1:${run.host.httpAddress.port}`,
        "x-forwarded-proto": "http",
      },
    });
    expect(await run.until("invocation-finished")).toMatchObject({ status: "Success" });
  });

  test("gets route parameters on the stream as well where it requires them", async () => {
    const capabilities = { ...MODERN, RequiresRouteParameters: "true" };
    const run = await hosts.open({ script: { ...script, capabilities } });
    await run.fetch("/api/up/x/y");
    expect((await receivedHttp(run)).http).toEqual({ nullableParams: { rest: { value: "x/y" } } });
  });

  test("that fails without answering the HTTP request gets 500 answered for it", async () => {
    const functions = [httpFunction("up", { route: "up/{*rest}", does: "fail" })];
    const run = await hosts.open({ script: { ...script, functions } });
    const answer = await run.fetch("/api/up/unanswered");
    expect(answer.status).toBe(500);
    expect(await answer.text()).toContain("it broke");
  });

  test("can be invoked by hand", async () => {
    const run = await hosts.open({ script });
    expect(await run.host.invoke("up", { method: "POST", body: "x", params: { rest: "by-hand" } })).toMatchObject({
      status: "Success",
    });
  });

  test("whose server is not there fails the invocation after ten tries", async () => {
    const capabilities = { ...MODERN, HttpUri: "http://127.0.0.1:1/" };
    const run = await hosts.open({ script: { ...script, isHttpProxied: false, capabilities } });
    const answer = await run.fetch("/api/up/x");
    expect(answer.status).toBe(500);
    expect(await answer.text()).toContain("cannot be reached");
  });
});
