import { messageFromJson, type StreamingMessage } from "@inspector/proto";
import { describe, expect, test } from "vitest";
import { loadsFor, readStartup } from "./startup.ts";

function message(json: unknown): StreamingMessage {
  const parsed = messageFromJson(json);
  if (!parsed.ok) {
    throw new Error(parsed.reason);
  }
  return parsed.message;
}

const load = (name: string, functionId: string, folder = "/then"): unknown => ({
  functionId,
  metadata: {
    name,
    directory: `${folder}/${name}`,
    scriptFile: "/elsewhere/x.js",
    properties: { FunctionId: functionId, other: "1" },
  },
});

const init = message({ workerInitRequest: { hostVersion: "4", functionAppDirectory: "/then" } });

describe("what a worker was told at its start", () => {
  test("is its init, its functions from loads and collections, and where its app was", () => {
    const startup = readStartup([
      init,
      message({ functionsMetadataRequest: {} }),
      message({ functionLoadRequest: load("a", "1") }),
      message({ functionLoadRequestCollection: { functionLoadRequests: [load("b", "2")] } }),
      message({ workerInitRequest: { hostVersion: "5" } }),
    ]);
    expect(startup).toMatchObject({ init: { hostVersion: "4" }, isIndexed: true, appDirectory: "/then" });
    expect(startup.loads.map(({ functionId }) => functionId)).toEqual(["1", "2"]);
    expect(startup.reload).toBeUndefined();
  });

  test("is about the app of the environment reload, where the worker stood by before", () => {
    const reload = message({ functionEnvironmentReloadRequest: { functionAppDirectory: "/app" } });
    expect(readStartup([init, reload]).appDirectory).toBe("/app");
  });
});

describe("what a fresh worker is told to load", () => {
  const loads = [load("a", "1"), load("b", "2"), load("a", "3")];
  const startup = readStartup([init, ...loads.map((functionLoadRequest) => message({ functionLoadRequest }))]);

  test("is each function once, in the app's folder of now", () => {
    const found = loadsFor(startup, undefined, "/now");
    expect(found.map(({ functionId, metadata }) => [functionId, metadata?.directory])).toEqual([
      ["3", "/now/a"],
      ["2", "/now/b"],
    ]);
    expect(found[0]?.metadata?.scriptFile).toBe("/elsewhere/x.js");
    expect(startup.loads[0]?.metadata?.directory).toBe("/then/a");
  });

  test("is what it lists itself, under its own ids and from where it has it", () => {
    const listed = message({
      functionMetadataResponse: {
        functionMetadataResults: [{ name: "b", functionId: "own", directory: "/now", scriptFile: "b.js" }],
      },
    });
    if (listed.content.case !== "functionMetadataResponse") {
      throw new Error("not parsed");
    }
    expect(loadsFor(startup, listed.content.value, "/now")).toMatchObject([
      {
        functionId: "own",
        metadata: {
          name: "b",
          directory: "/now",
          scriptFile: "b.js",
          properties: { FunctionId: "own", other: "1" },
        },
      },
    ]);
    listed.content.value.useDefaultMetadataIndexing = true;
    expect(loadsFor(startup, listed.content.value, "/now")).toHaveLength(2);
  });
});
