/** `inspector tail` beside a session that is being recorded, and `inspector export` of it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { create, encodeMessage, StreamingMessageSchema } from "@inspector/proto";
import { onWholeLines } from "@inspector/testkit/whole-lines";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connectRawWorker, type RawHost, type RawWorker, startRawHost } from "./grpc-pair.ts";
import {
  COMMAND,
  type InspectorProcess,
  startInspector,
  type TemporaryFolder,
  temporaryFolder,
} from "./inspector-process.ts";

const PATIENCE = { timeout: 60_000, interval: 20 };
/** Messages that are there when a tail begins. */
const BEFORE = 10_000;

let state: TemporaryFolder;
let host: RawHost;
let inspector: InspectorProcess;
let worker: RawWorker;
let tails: ChildProcess[] = [];

beforeEach(async () => {
  state = temporaryFolder();
  host = await startRawHost((call) => {
    call.on("data", () => {});
    call.on("error", () => {});
    call.on("end", () => call.end());
  });
  inspector = await startInspector(["--listen", "0", "--upstream", `127.0.0.1:${host.port}`], state.path);
  worker = connectRawWorker(inspector.listen);
});

afterEach(async () => {
  for (const tail of tails) {
    tail.kill("SIGKILL");
  }
  tails = [];
  worker.close();
  await inspector.stop();
  host.close();
  state.remove();
});

function log(text: string): Buffer {
  const content = { case: "rpcLog", value: { message: text, level: 2 } } as const;
  return Buffer.from(encodeMessage(create(StreamingMessageSchema, { content })));
}

/** @returns what it has printed so far, a number a message */
function tail(...args: string[]): { readonly seqs: number[]; readonly process: ChildProcess } {
  const child = spawn(process.execPath, [COMMAND, "tail", inspector.session, "--json", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, XDG_STATE_HOME: state.path },
  });
  tails.push(child);
  const seqs: number[] = [];
  onWholeLines(child.stdout, (line) => seqs.push(JSON.parse(line).seq));
  return { seqs, process: child };
}

test("a tail that begins in the middle of a busy session misses nothing from its first line on", async () => {
  let sent = 0;
  let isSending = true;
  // The tails begin while messages come, not more than a busy machine can print as well.
  const sending = (async () => {
    while (isSending) {
      for (let burst = sent < BEFORE ? 50 : 10; burst > 0; burst--) {
        worker.call.write(log(`line ${++sent}`));
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  await vi.waitUntil(() => sent > BEFORE, PATIENCE);
  const all = tail("-n", "1000000");
  const some = tail("-n", "3");
  const few = tail("-n", "0", "--filter", "kind:rpc_log");
  const began = sent;
  await vi.waitUntil(() => Math.min(all.seqs.length - began, some.seqs.length, few.seqs.length) > 1000, PATIENCE);
  isSending = false;
  await sending;
  await vi.waitUntil(() => [all, some, few].every(({ seqs }) => seqs.at(-1) === sent), PATIENCE);
  for (const { seqs } of [all, some, few]) {
    const gaps = seqs.filter((seq, n) => n > 0 && seq !== (seqs[n - 1] ?? 0) + 1);
    expect(gaps).toEqual([]);
  }
  expect(all.seqs[0]).toBe(1);
  few.process.kill("SIGINT");
  await once(few.process, "exit");
  expect(few.process.exitCode).toBe(0);
});
