import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ToReader } from "../../reader/lines.ts";
import { ReaderClient, type ViewEvents } from "./reader-client.ts";
import { startThreads } from "./start-reader.ts";

/** A thread that answers each question with its path; asked "hang" it never ends, asked "die" it does. */
const SCRIPT = `
import { parentPort, workerData } from "node:worker_threads";
const { work } = workerData;
function at(id, what) {
  Atomics.add(work, 0, 1);
  Atomics.store(work, 1, id);
  if (what === "hang") for (;;);
  if (what === "die") process.exit(3);
  Atomics.store(work, 1, 0);
}
parentPort.on("message", (message) => {
  if (message.type === "stop") process.exit(0);
  if (message.type === "question") {
    const [{ path }] = message.asked.given;
    at(message.id, path);
    parentPort.postMessage({ type: "answer", id: message.id, value: { status: 200, headers: {}, body: path } });
  }
  if (message.type === "open-view") {
    const { view, order } = message;
    at(-view, order.filter);
    parentPort.postMessage({ type: "frame", view, words: Uint32Array.of(order.after + 1, 0) });
  }
});`;

let folder: string;
let client: ReaderClient;
let starts = 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inspector-reader-"));
  const script = join(folder, "thread.mjs");
  writeFileSync(script, SCRIPT);
  starts = 0;
  client = new ReaderClient({
    start: startThreads(pathToFileURL(script)),
    thread: { file: "", state: { sessions: folder, journals: folder }, isRecording: false, role: "lookup" },
    limitMs: 300,
    onNews: () => {},
    onStarted: (_: (message: ToReader) => void) => {
      starts += 1;
    },
  });
});

afterEach(async () => {
  await client.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (path: string) => client.ask("page", [{ method: "GET", path, query: "" }]);

/** What a view is told, in words. */
function open(filter: string, after = 0): { readonly view: number; readonly told: string[] } {
  const told: string[] = [];
  const events: ViewEvents = {
    onFrame: ([cursor]) => told.push(`frame ${cursor}`),
    onMerged: (into) => told.push(`merged ${into}`),
    onRefused: (message) => told.push(message),
    onLost: () => told.push("lost"),
  };
  return { view: client.openView("", { what: "messages", filter, after }, events), told };
}

describe("a question that takes too long", () => {
  test("ends with an error that names the limit, and the others are answered by a new thread", async () => {
    const before = await ask("before");
    const hung = ask("hang");
    const behind = ask("behind");
    await expect(hung).rejects.toMatchObject({ code: "took-too-long", message: expect.stringContaining("0.3 s") });
    expect([before, await behind]).toMatchObject([{ body: "before" }, { body: "behind" }]);
    expect(starts).toBe(2);
  });
});

describe("a view that takes too long", () => {
  test("is refused with the limit, and other views are lost to whoever opened them", async () => {
    const other = open("", 7);
    await expect.poll(() => other.told).toEqual(["frame 8"]);
    const hung = open("hang");
    await expect.poll(() => hung.told).toEqual([expect.stringContaining("longer than 0.3 s")]);
    await expect.poll(() => other.told).toEqual(["frame 8", "lost"]);
    const again = open("", 8);
    await expect.poll(() => again.told).toEqual(["frame 9"]);
  });
});

describe("a thread that dies", () => {
  test("is started again: what waited is asked once more, then told to have failed", async () => {
    const deadly = ask("die");
    const behind = ask("behind");
    await expect(deadly).rejects.toThrow("has died");
    await expect(behind).rejects.toThrow("has died");
    expect(await ask("after")).toMatchObject({ body: "after" });
    expect(starts).toBe(3);
  });
});

describe("questions", () => {
  test("beyond those that may wait are refused", async () => {
    const all = Array.from({ length: 1001 }, (_, n) => ask(`q${n}`));
    await expect(all[1000]).rejects.toMatchObject({ code: "busy" });
    expect(await Promise.all(all.slice(0, 1000))).toHaveLength(1000);
  });

  test("that nobody waits for any more are dropped", async () => {
    const abortion = new AbortController();
    const dropped = client.ask("page", [{ method: "GET", path: "x", query: "" }], abortion.signal);
    abortion.abort();
    await expect(dropped).rejects.toMatchObject({ code: "busy" });
    expect(await ask("next")).toMatchObject({ body: "next" });
  });
});
