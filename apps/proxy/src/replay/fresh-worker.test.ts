import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { messageFromJson, type StreamingMessage } from "@inspector/proto";
import { beforeAll, describe, expect, test } from "vitest";
import { buildWorker } from "../../../../packages/worker/build.mjs";
import { startFreshWorker } from "./fresh-worker.ts";
import { readStartup, type Startup } from "./startup.ts";

const app = fileURLToPath(new URL("../../../../packages/host/fixtures/app", import.meta.url));
let directory = "";

beforeAll(async () => {
  directory = dirname(dirname(await buildWorker()));
});

const init = { workerInitRequest: { hostVersion: "4.1", functionAppDirectory: "/then" } };
const reload = {
  functionEnvironmentReloadRequest: { environmentVariables: { PATH: "/usr/bin" }, functionAppDirectory: "/then" },
};
const load = (name: string, functionId: string): object => ({
  functionLoadRequest: {
    functionId,
    metadata: { name, bindings: { req: { type: "httpTrigger" }, $return: { type: "http", direction: "out" } } },
  },
});

function startup(...messages: readonly object[]): Startup {
  const parsed = messages.map((json): StreamingMessage => {
    const result = messageFromJson(json);
    if (!result.ok) {
      throw new Error(result.reason);
    }
    return result.message;
  });
  return readStartup(parsed);
}

function start(told: Startup, worker: Parameters<typeof startFreshWorker>[0]["worker"] = { directory }) {
  return startFreshWorker({ worker, appDirectory: app, startup: told, onOutput: () => {} });
}

describe("a fresh worker", () => {
  test("loads what was loaded then under the ids that it gives its functions now", async () => {
    const told = startup(init, { functionsMetadataRequest: {} }, load("order", "old-1"), load("gone", "old-2"));
    const worker = await start(told);
    try {
      expect(worker.target).toMatchObject({
        runtime: "node",
        functions: [
          { name: "order", functionId: "order", load: "success", bindings: [{ name: "req" }, { name: "$return" }] },
        ],
      });
      expect(worker.target.capabilities).toContainEqual({ name: "HandlesWorkerTerminateMessage", value: "true" });
    } finally {
      await worker.close();
    }
  });

  test("takes over the environment of an app, where the recorded one stood by before", async () => {
    const standby = { workerInitRequest: { hostVersion: "4.1", functionAppDirectory: "/standby" } };
    const worker = await start(startup(standby, reload, { functionsMetadataRequest: {} }, load("fail", "old")));
    try {
      expect(worker.target.functions).toMatchObject([{ name: "fail", load: "success" }]);
    } finally {
      await worker.close();
    }
  });

  test("is not started without knowing what to say to it", async () => {
    await expect(start(startup(load("order", "1")))).rejects.toMatchObject({ code: "no-start-up" });
  });

  test("that ends before it is ready is told with its exit", async () => {
    const commandLine = `"${process.execPath}" -e "process.exit(4)" --`;
    await expect(start(startup(init), { commandLine, language: "node" })).rejects.toMatchObject({
      code: "worker-failed",
      message: expect.stringContaining("code 4"),
    });
  });
});
