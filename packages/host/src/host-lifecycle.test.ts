import { afterEach, describe, expect, it } from "vitest";
import { createScriptedHosts } from "./testing/scripted-host.ts";

const hosts = createScriptedHosts();
afterEach(() => hosts.closeAll());

const http = (name: string) => [
  { type: "httpTrigger", name: "req", direction: "in", methods: ["GET", "POST"], route: name },
  { type: "http", name: "$return", direction: "out" },
];

describe("starting an app", () => {
  it("goes through stream, init, metadata and load, in this order and with the host's values", async () => {
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
});
