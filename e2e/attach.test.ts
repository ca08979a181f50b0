/** `inspector run` over hosts that know nothing of it: recorded from the first byte, and the same at both ends as without us. */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { type AttachedRun, hostCommand, startRun } from "./attached-run.ts";
import { type Exported, exportSession, temporaryFolder } from "./inspector-process.ts";
import { readSession } from "./session-file.ts";

const SAMPLE = fileURLToPath(new URL("../apps/proxy/sample-app", import.meta.url));
const NODE_WORKER = fileURLToPath(new URL("../packages/worker", import.meta.url));

const state = temporaryFolder();
afterAll(() => state.remove());

type Conversation = { readonly seen: readonly Exported[]; readonly hostSide: readonly Exported[] };

/** What passed between two ends, in the order of each side, as bytes. */
function bytesOf(messages: readonly Exported[], from: "host" | "worker"): string[] {
  return messages.filter((one) => one.from === from).map(({ kind, bytes }) => `${kind} ${bytes}`);
}

/** Ends a command as Ctrl-C does where there is no terminal, and reads both sessions. */
async function finish(run: AttachedRun): Promise<Conversation> {
  const { session } = await run.ready;
  run.process.kill("SIGINT");
  expect(await run.exited).toEqual({ code: 0, signal: null });
  const [seen, hostSide] = await Promise.all([
    exportSession(run.session, state.path),
    exportSession(session, state.path),
  ]);
  return { seen, hostSide };
}

/** The recording has every byte that the host's own one has, and it began with the stream's first message. */
function expectWhole({ seen, hostSide }: Conversation): void {
  expect(seen[0]?.kind).toBe("start_stream");
  for (const from of ["worker", "host"] as const) {
    expect(bytesOf(seen, from)).toEqual(bytesOf(hostSide, from));
  }
}

/** Facts of the worker's process that are the same in every run. */
function processOf(session: string) {
  const { events } = readSession(session);
  const spawned = events.find(({ type }) => type === "process-spawned")?.detail ?? {};
  const exited = events.find(({ type }) => type === "process-exited")?.detail ?? {};
  const output = events.filter(({ type }) => type === "process-output").map(({ detail }) => detail);
  return { spawned, exited, output };
}

/** A Node worker in a folder like that of the Functions project. */
function nodeWorker(): string {
  const folder = join(state.path, "workers with ü", "node");
  mkdirSync(join(folder, "dist"), { recursive: true });
  cpSync(join(NODE_WORKER, "dist"), join(folder, "dist", "src"), { recursive: true });
  cpSync(join(folder, "dist", "src", "worker.js"), join(folder, "dist", "src", "nodejsWorker.js"));
  const description = {
    language: "node",
    extensions: [".js"],
    defaultExecutablePath: "node",
    defaultWorkerPath: "dist/src/nodejsWorker.js",
    workerIndexing: "true",
  };
  writeFileSync(
    join(folder, "worker.config.json"),
    JSON.stringify({ description, processOptions: { processCount: 1 } }),
  );
  return folder;
}

describe("the Node worker, below a command", () => {
  test("is recorded from its first byte to its exit, as its host sees it", async () => {
    const run = startRun(hostCommand(SAMPLE, "--worker", nodeWorker()), { state: state.path });
    const { http } = await run.ready;
    await expect.poll(async () => (await fetch(`${http}/api/hello?name=Ada`)).text()).toContain("Ada");
    const conversation = await finish(run);
    expectWhole(conversation);
    expect(conversation.seen.map(({ kind }) => kind)).toContain("invocation_response");
    const { spawned, exited, output } = processOf(run.session);
    expect(spawned).toMatchObject({
      workerId: conversation.seen[0]?.worker,
      language: "node",
      cwd: SAMPLE,
      workerConfig: { processOptions: { processCount: 1 } },
    });
    expect(exited).toMatchObject({ pid: spawned["pid"], code: 0 });
    expect(output).toEqual(processOf((await run.ready).session).output);
    expect(output).not.toEqual([]);
    expect(run.stderr()).toMatch(/inspector: recorded 1 worker; look again with: inspector open .*run-/u);
  });
});
