import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { messageFromJson, type StreamingMessage } from "@inspector/proto";
import { beforeAll, describe, expect, test } from "vitest";
import { buildWorker } from "../../../../packages/worker/build.mjs";
import { type FreshWorkerOptions, startFreshWorker } from "./fresh-worker.ts";
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

function start(told: Startup, more: Partial<FreshWorkerOptions> = {}) {
  const worker = { directory };
  return startFreshWorker({
    worker,
    appDirectory: app,
    startup: told,
    isRecordedEnvironment: false,
    onOutput: () => {},
    ...more,
  });
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

  test("has the environment of this process, and that of the session only on request", async () => {
    const folder = mkdtempSync(join(tmpdir(), "inspector-app-"));
    const said = join(folder, "said");
    writeFileSync(join(folder, "package.json"), '{"main":"index.js"}');
    // What an app does first is its environment's business as much as what its functions do.
    writeFileSync(
      join(folder, "index.js"),
      `require("node:fs").writeFileSync(${JSON.stringify(said)}, JSON.stringify([process.env.PATH, process.env.HOME]));`,
    );
    const told = startup(init, reload, { functionsMetadataRequest: {} });
    for (const [isRecordedEnvironment, environment] of [
      [false, [process.env["PATH"], process.env["HOME"]]],
      [true, ["/usr/bin", null]],
    ] as const) {
      const worker = await start(told, { appDirectory: folder, isRecordedEnvironment });
      await worker.close();
      expect(JSON.parse(readFileSync(said, "utf8"))).toEqual(environment);
    }
    rmSync(folder, { recursive: true });
  });

  test("is not told to load code that the session names and the app does not", async () => {
    const folder = mkdtempSync(join(tmpdir(), "inspector-app-"));
    const metadata = { name: "evil", directory: "/then/evil", scriptFile: "/then/evil.js" };
    const worker = await start(startup(init, { functionLoadRequest: { functionId: "1", metadata } }), {
      appDirectory: folder,
    });
    await worker.close();
    expect(worker.target.functions).toMatchObject([
      {
        name: "evil",
        load: "failed",
        loadError: expect.stringMatching(/^the app does not have it: .*function\.json/u),
      },
    ]);
    rmSync(folder, { recursive: true });
  });

  test("is not started without knowing what to say to it", async () => {
    await expect(start(startup(load("order", "1")))).rejects.toMatchObject({ code: "no-start-up" });
  });

  test("that ends before it is ready is told with its exit", async () => {
    const commandLine = `"${process.execPath}" -e "process.exit(4)" --`;
    await expect(start(startup(init), { worker: { commandLine, language: "node" } })).rejects.toMatchObject({
      code: "worker-failed",
      message: expect.stringContaining("code 4"),
    });
  });
});
