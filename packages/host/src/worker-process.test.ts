import { expect, test } from "vitest";
import { commandConfig } from "./worker-config.ts";
import { workerEnvironment } from "./worker-process.ts";

test("a worker gets the folder of the app that runs, whatever was inherited", () => {
  const inherited = { AzureWebJobsScriptRoot: "/elsewhere", WEBSITE_HOSTNAME: "mine", PATH: "/bin" };
  const context = { config: commandConfig("python", ["python"]), appDirectory: "/app", hostName: "127.0.0.1" };
  expect(workerEnvironment(inherited, context)).toMatchObject({
    AzureWebJobsScriptRoot: "/app",
    FUNCTIONS_APPLICATION_DIRECTORY: "/app",
    FUNCTIONS_WORKER_RUNTIME: "python",
    WEBSITE_HOSTNAME: "mine",
    PATH: "/bin",
  });
});
