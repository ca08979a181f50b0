/** Values in shared memory, between a host that frees what it has read at once and a worker on grpcio. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { sharedMemoryIn } from "@inspector/analysis/replay/inline-memory";
import type { ReplayRun } from "@inspector/contract/intervention";
import { decodeMessage } from "@inspector/proto";
import type { Database } from "@inspector/session/database";
import { createQueries } from "@inspector/session/queries";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { askHub } from "./hub-api.ts";
import { COMMAND, type InspectorProcess, startInspector, temporaryFolder } from "./inspector-process.ts";
import { prepare, whyMissing } from "./peers/toolchains.ts";
import {
  type SharingHost,
  sharingIn,
  sharingWorker,
  startSharingHost,
  startSharingWorker,
} from "./shared-memory-host.ts";

const MIB = 1024 * 1024;
/** No part of a value looks like the part a page further on. */
const PRIME = 65_521;
const PATIENCE = { timeout: 60_000, interval: 50 };

const python = await prepare("python");

let folder: ReturnType<typeof temporaryFolder>;
let root: string;
let host: SharingHost;
let inspector: InspectorProcess;
let stopWorker: () => Promise<void>;

const title = `shared memory${whyMissing(python)}`;

describe.skipIf(python.missing !== undefined || process.platform === "win32")(title, () => {
  beforeEach(async () => {
    folder = temporaryFolder();
    root = join(folder.path, "shm");
    host = await startSharingHost(root);
    const args = ["--listen", "0", "--upstream", `127.0.0.1:${host.port}`, "--no-open"];
    inspector = await startInspector(args, folder.path, sharingIn(root));
    stopWorker = startSharingWorker(python, inspector.listen, root);
    await host.ready;
  });

  afterEach(async () => {
    await stopWorker();
    if (inspector.process.exitCode === null && inspector.process.signalCode === null) {
      await inspector.stop();
    }
    host.close();
    folder.remove();
  });

  test("is in the session as it was when its messages passed, though both sides free it at once", async () => {
    const contents = Array.from({ length: 20 }, (_, n) => contentOf(n, MIB + n * 100_003));
    for (const content of contents) {
      await expectBackwards(content);
    }
    await closed(contents.length);
    await inspector.stop();
    expect(recorded()).toEqual(contents.flatMap((content) => [content, backwards(content)]).map(digest));
    expect(readdirSync(root)).toEqual(["AzureFunctions"]);
    expect(host.maps()).toEqual([]);
  });

  test("is read though the hub was killed when the messages passed", async () => {
    const content = contentOf(1, 5 * MIB);
    inspector.signalHub("SIGKILL");
    await expectBackwards(content);
    await inspector.stop();
    expect(recorded()).toEqual([content, backwards(content)].map(digest));
  });

  test("is recovered by the next start where the whole inspector was killed", async () => {
    const content = contentOf(2, 3 * MIB);
    inspector.signalHub("SIGKILL");
    await expectBackwards(content);
    inspector.process.kill("SIGKILL");
    await vi.waitUntil(() => inspector.process.signalCode !== null, PATIENCE);
    const killed = inspector.hubPid();
    if (killed !== undefined) {
      process.kill(killed, "SIGKILL");
    }
    const next = await startInspector(["--listen", "0", "--upstream", "127.0.0.1:1", "--no-open"], folder.path);
    // Recovery runs beside the new recording, which listens first.
    await expect.poll(recorded, PATIENCE).toEqual([content, backwards(content)].map(digest));
    await expect.poll(() => readdirSync(root), PATIENCE).toEqual(["AzureFunctions"]);
    await next.stop();
  });

  test("is sent within a replay's message, and what the answer leaves there is freed without a word to the host", async () => {
    await expectBackwards(contentOf(3, 2 * MIB));
    await closed(1);
    const heard = [...host.heard];
    const source = await vi.waitUntil(invocation, PATIENCE);
    const started = await askHub<ReplayRun>(inspector, "POST", "/api/replays", { ...source, times: 3 });
    const over = async () => {
      const run = await askHub<ReplayRun>(inspector, "GET", `/api/replays/${started.id}`);
      return run.state === "done" ? run : undefined;
    };
    const run = await vi.waitUntil(over, PATIENCE);
    expect(run.results.map(({ state, text }) => [state, text])).toEqual(Array(3).fill(["success", undefined]));
    await vi.waitUntil(() => host.maps().length === 0, PATIENCE);
    await expectBackwards(contentOf(4, MIB));
    await closed(2);
    expect(host.heard).toEqual([...heard, "invocationResponse", "closeSharedMemoryResourcesResponse"]);
    const answers = await Promise.all(run.results.map(({ invocation = 0 }) => answerOf(invocation)));
    expect(answers).toEqual(Array(3).fill(backwards(contentOf(3, 2 * MIB)).toString("base64")));
  });

  test("is compared by what it holds also where the worker runs behind the inspector, however large it is", async () => {
    await expectBackwards(contentOf(7, 17 * MIB));
    await vi.waitUntil(invocation, PATIENCE);
    expect(await replay(["--to", inspector.listen])).toEqual(["1 invocation: 1 the same\n", 0]);
  });

  test("makes a recording a test: a fresh worker is asked with the values, and answers are compared by what they hold", async () => {
    await expectBackwards(contentOf(5, MIB));
    await expectBackwards(contentOf(6, MIB));
    await closed(2);
    await inspector.stop();
    const [program = "", script = ""] = sharingWorker(python);
    const worker = ["--worker", `${program} ${script}`, "--app", folder.path];
    expect(await replay(worker)).toEqual(["2 invocations: 2 the same\n", 0]);
    const [said, code] = await replay(worker, { TWIST: "!" });
    expect(said).toContain("2 invocations: 0 the same, 2 different");
    expect(said).toContain("outputs.out");
    expect(code).toBe(1);
    expect(host.maps()).toEqual([]);
  });
});

async function expectBackwards(content: Buffer): Promise<void> {
  expect(digest(await host.invoke(content))).toBe(digest(backwards(content)));
}

/** The worker told the host so many times that it has closed maps. */
async function closed(times: number): Promise<void> {
  const count = () => host.heard.filter((kind) => kind === "closeSharedMemoryResourcesResponse").length;
  await vi.waitUntil(() => count() >= times, PATIENCE);
}

function contentOf(seed: number, size: number): Buffer {
  const part = Uint8Array.from({ length: PRIME }, (_, at) => (at * 7 + (at >> 8) * 13 + seed) & 0xff);
  return Buffer.alloc(size, part);
}

function backwards(content: Buffer): Buffer {
  return Buffer.from(content).reverse();
}

/** A message of a test that fails should not be megabytes long. */
function digest(content: Uint8Array): string {
  return `${content.length} bytes, ${createHash("sha256").update(content).digest("hex")}`;
}

function read<T>(work: (database: Database) => T): T {
  const database = new DatabaseSync(inspector.session, { readOnly: true });
  try {
    return work(database as unknown as Database);
  } finally {
    database.close();
  }
}

/** What every message with shared memory had there, in order. */
function recorded(): string[] {
  return read((database) => {
    const queries = createQueries(database);
    return queries.messagesAfter(0, 1000).rows.flatMap(({ seq, size }) => {
      const decoded = decodeMessage(queries.bodyBytes(queries.origin(seq)?.body ?? 0, 0, size));
      const maps = decoded.ok ? sharedMemoryIn(decoded.message) : [];
      return maps.map(({ name }) => {
        const map = queries.sharedMemory.find(seq, name);
        return map === undefined ? "nothing" : digest(queries.bodyBytes(map.body, 0, map.size));
      });
    });
  });
}

/** The invocation, once its answer is recorded with all that belongs to it. */
function invocation() {
  return read((database) => {
    const open = database.prepare("SELECT 1 FROM shared_memory WHERE stored < size").get();
    const row = database.prepare("SELECT stream, started_seq FROM invocation WHERE answered_seq IS NOT NULL").get();
    if (row === undefined || open !== undefined) {
      return undefined;
    }
    return { stream: Number(row["stream"]), source: { seq: Number(row["started_seq"]) } };
  });
}

/** Base64 of what a replay's answer has in it, its shared memory in its place. */
async function answerOf(id: number): Promise<unknown> {
  const { response } = await askHub<{ response: number }>(inspector, "GET", `/api/invocations/${id}`);
  type Inlined = { message: { invocationResponse: { outputData: { data?: { bytes?: string } }[] } } };
  const inlined = async () => {
    const { message } = await askHub<Inlined>(inspector, "GET", `/api/messages/${response}?memory=inline`);
    return message.invocationResponse.outputData[0]?.data?.bytes;
  };
  return await vi.waitUntil(inlined, PATIENCE);
}

function replay(worker: readonly string[], more: Record<string, string> = {}): Promise<[string, number]> {
  const env = { ...process.env, ...sharingIn(root), ...more, XDG_STATE_HOME: folder.path };
  return new Promise((resolve) => {
    const args = [COMMAND, "replay", inspector.session, ...worker];
    const child = execFile(process.execPath, args, { env, maxBuffer: 64 * MIB }, (_, stdout, stderr) => {
      resolve([stdout + stderr, child.exitCode ?? -1]);
    });
  });
}
