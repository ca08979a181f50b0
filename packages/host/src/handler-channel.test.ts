import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEventRecorder, type EventRecorder } from "../testing/event-recorder.ts";
import { createHost, type Host } from "./host.ts";

/** Answers with what it got; "/api/…" is a caller's own path. */
const HANDLER = `
const http = require("node:http");
console.log("arguments " + process.argv.slice(2).join("|") + " in " + process.cwd());
http.createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk)).on("end", () => {
    const body = Buffer.concat(chunks).toString();
    if (request.url === "/") { response.writeHead(404).end(); return; }
    if (body.includes("crash")) { process.exit(3); }
    if (body.includes("break")) { response.writeHead(500).end("no"); return; }
    if (request.url.startsWith("/api/")) {
      response.writeHead(418, { "X-Mine": "yes" }).end(request.method + " " + request.url + " " + body);
      return;
    }
    const { Data, Metadata } = JSON.parse(body);
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({
      Outputs: { res: { statusCode: 201, headers: { "X-Name": Data.req?.Params?.name }, body: { got: Data } }, out: "next" },
      Logs: ["asked for " + request.url, JSON.stringify(Metadata)],
    }));
  });
}).listen(process.env.FUNCTIONS_CUSTOMHANDLER_PORT, "127.0.0.1");
`;

let folder: string;
let host: Host | undefined;
let events: EventRecorder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "custom handler ü "));
  events = createEventRecorder();
});

afterEach(async () => {
  await host?.close();
  host = undefined;
  rmSync(folder, { recursive: true, force: true });
});

function write(files: Readonly<Record<string, unknown>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  }
}

const FUNCTIONS = {
  "hello/function.json": {
    bindings: [
      { type: "httpTrigger", direction: "in", name: "req", route: "hello/{name}", authLevel: "anonymous" },
      { type: "http", direction: "out", name: "res" },
    ],
  },
  "orders/function.json": {
    bindings: [
      { type: "queueTrigger", direction: "in", name: "order", queueName: "orders" },
      { type: "queue", direction: "out", name: "out", queueName: "done" },
    ],
  },
};

async function open(customHandler: object, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  write({ "host.json": customHandler, "handler.cjs": HANDLER, ...FUNCTIONS });
  host = await createHost({
    appDirectory: folder,
    configuration: { environment: { PATH: process.env["PATH"], ...environment } },
    onEvent: events.record,
  });
  await host.whenReady();
  return `http://127.0.0.1:${host.httpAddress.port}`;
}

const description = { defaultExecutablePath: process.execPath, defaultWorkerPath: "handler.cjs" };

describe("a custom handler of host.json", () => {
  test("is started in the app's folder, and asked with Data and Metadata", async () => {
    const workerArguments = ["two words", "x"];
    const url = await open({ customHandler: { description: { ...description, workerArguments } } });
    const answer = await fetch(`${url}/api/hello/Ada?q=1`, { method: "POST", body: "hi" });
    expect([answer.status, answer.headers.get("x-name")]).toEqual([201, "Ada"]);
    expect(await answer.json()).toMatchObject({
      got: { req: { Method: "POST", Body: "hi", Query: { q: "1" }, Url: `${url}/api/hello/Ada?q=1` } },
    });
    await events.until("worker-output", ({ text }) => text === `arguments two words|x in ${folder}`);
    expect(await host?.invoke("orders", "no. 7")).toMatchObject({ status: "Success" });
    expect(events.all("worker-log").map(({ message }) => message)).toEqual(
      expect.arrayContaining(["asked for /orders", expect.stringContaining('"DequeueCount"')]),
    );
  });

  test("gets callers' own requests where it wants them, for functions with nothing but http", async () => {
    const url = await open({ customHandler: { description, enableForwardingHttpRequest: true } });
    const answer = await fetch(`${url}/api/hello/Ada?q=1`, { method: "PUT", body: "hi" });
    expect([answer.status, answer.headers.get("x-mine")]).toEqual([418, "yes"]);
    expect(await answer.text()).toBe("PUT /api/hello/Ada?q=1 hi");
    expect(await host?.invoke("orders", "no. 7")).toMatchObject({ status: "Success" });
  });

  test("fails a call by its status, and all of them by its end, after which there is another one", async () => {
    await open({ customHandler: { description } });
    expect(await host?.invoke("orders", "break")).toMatchObject({
      status: "Failure",
      reason: expect.stringMatching(/answered 500/u),
    });
    expect(await host?.invoke("orders", "crash")).toMatchObject({
      status: "Failure",
      reason: expect.stringMatching(/did not answer/u),
    });
    expect(await events.until("worker-exited")).toMatchObject({ code: 3 });
    expect(await host?.invoke("orders", "again")).toMatchObject({ status: "Success" });
  });

  test("may be another program by a setting", async () => {
    write({ "other.cjs": HANDLER.replace("arguments", "another") });
    const name = "AzureFunctionsJobHost__httpWorker__description__";
    await open(
      { httpWorker: { description: { defaultExecutablePath: "/no/such", arguments: ["handler.cjs"] } } },
      { [`${name}defaultExecutablePath`]: process.execPath, [`${name}arguments`]: '["other.cjs"]' },
    );
    const { text } = await events.until("worker-output");
    expect(text).toBe(`another  in ${folder}`);
  });
});
