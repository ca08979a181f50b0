import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { create, encodeMessage, type StreamingMessage, StreamingMessageSchema } from "@inspector/proto";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { buildWorker } from "../../worker/build.mjs";
import { type BareWorker, startBareWorker } from "./bare-worker.ts";
import { quoteArgument, splitCommandLine } from "./command-line.ts";
import { createDeferred } from "./time-limit.ts";

const app = fileURLToPath(new URL("../fixtures/app", import.meta.url));
const empty = mkdtempSync(join(tmpdir(), "inspector-bare-"));
let directory = "";
let worker: BareWorker | undefined;

beforeAll(async () => {
  directory = dirname(dirname(await buildWorker()));
});
afterEach(() => worker?.close());
afterAll(() => rmSync(empty, { recursive: true }));

const ignore = (): void => {};

test("gets what its caller sends, byte for byte, and all that it says reaches the caller", async () => {
  const init = createDeferred<StreamingMessage>();
  const seen: string[] = [];
  worker = await startBareWorker({
    worker: { directory },
    appDirectory: app,
    onMessage(message) {
      seen.push(message.content.case ?? "");
      if (message.content.case === "workerInitResponse") {
        init.resolve(message);
      }
    },
    onOutput: ignore,
  });
  const { workerId, appDirectory } = worker;
  expect(appDirectory).toBe(app);
  // As its own worker.config.json and the app's functionTimeout have it.
  expect(worker.limits).toMatchObject({ init: 120_000, reload: 120_000, load: 1_800_000 });
  expect(workerId).toMatch(/^[0-9a-f-]{36}$/u);
  const value = { hostVersion: "4.1", functionAppDirectory: app };
  worker.send(encodeMessage(create(StreamingMessageSchema, { content: { case: "workerInitRequest", value } })));
  expect((await init.promise).content.value).toMatchObject({ result: { status: 1 } });
  expect(seen[0]).toBe("startStream");
  worker.send(encodeMessage(create(StreamingMessageSchema, { content: { case: "workerTerminate", value: {} } })));
  expect(await worker.exited).toMatchObject({ code: 0 });
});

test("can be a command line, whose arguments may hold blanks", async () => {
  const start = (commandLine: string) =>
    startBareWorker({
      worker: { commandLine, language: "node" },
      appDirectory: empty,
      onMessage: ignore,
      onOutput: ignore,
    });
  await expect(start(`"${process.execPath}" -e "process.exit(3 + 4)" --`)).rejects.toMatchObject({
    code: "worker-failed",
    message: expect.stringContaining("code 7"),
  });
  await expect(start("no-such-program --at all")).rejects.toMatchObject({
    code: "worker-failed",
    message: expect.stringContaining("could not be started: there is no command no-such-program (--worker)"),
  });
});

test("without a worker.config.json is refused", async () => {
  const refused = startBareWorker({
    worker: { directory: empty },
    appDirectory: app,
    onMessage: ignore,
    onOutput: ignore,
  });
  await expect(refused).rejects.toMatchObject({ code: "worker-config-missing" });
});

test.each(["", "plain", "two words", 'a "quoted" one', "back\\slash", "ends in one \\", 'both \\" of them'])(
  "argument %j comes back from a command line",
  (argument) => {
    expect(splitCommandLine(`x ${quoteArgument(argument)} y`)).toEqual(["x", argument, "y"]);
  },
);
