import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createJournal, type JournalEvent } from "@inspector/relay/journal";
import { createRoutedRelay, type RoutedRelay } from "@inspector/relay/relay";
import { onWholeLines } from "@inspector/testkit/whole-lines";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { clearSocket, type Gate, openGate } from "./gate.ts";

/** Of this run alone: processes that were given it are looked for, and killed. */
const WORKER_ID = randomUUID();
/** How long anything may take here, on a machine that does other things too. */
const PATIENCE_MS = 20_000;

let folder: string;
let relay: RoutedRelay;
let gate: Gate;
let host: Server;
let recorded: JournalEvent[];
const started: ChildProcess[] = [];
const lines: Socket[] = [];
/** Connections that the relay has opened to the host. */
const streams: Socket[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "gate-"));
  recorded = [];
  relay = createRoutedRelay({ openJournal: (positions) => createJournal({ directory: folder, positions }) });
  const record = (event: JournalEvent): void => {
    recorded.push(event);
    relay.record(event);
  };
  gate = await openGate({ openRoute: relay.openRoute, record }, { path: folder, socket: join(folder, "gate.sock") });
  host = createServer((socket) => {
    streams.push(socket);
    socket.on("error", () => {}).resume();
  }).listen(0, "127.0.0.1");
  await once(host, "listening");
});

afterEach(async () => {
  for (const child of started.splice(0)) {
    child.kill("SIGKILL");
  }
  for (const socket of [...lines.splice(0), ...streams.splice(0)]) {
    socket.destroy();
  }
  await gate.close([]);
  await relay.close();
  relay.journal.close();
  host.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A process that waits, with a worker's id among its arguments. */
function startWaiting(...args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", "--", ...args], { stdio: "ignore" });
  started.push(child);
  return child;
}

type Answer = { readonly type: string; readonly relay?: { readonly port: number }; readonly reason?: string };

/** A shim that says what a test has it say. */
function dial(more: Readonly<Record<string, unknown>> = {}) {
  const socket = connect(join(folder, "gate.sock"));
  lines.push(socket);
  const answers: Answer[] = [];
  socket.on("error", () => {});
  onWholeLines(socket, (line) => answers.push(JSON.parse(line)));
  const say = (message: unknown): void => void socket.write(`${JSON.stringify(message)}\n`);
  const { port } = host.address() as AddressInfo;
  say({
    type: "hello",
    language: "node",
    args: ["worker.js", "--functions-uri", `http://127.0.0.1:${port}/`, "--functions-worker-id", WORKER_ID],
    cwd: folder,
    pid: process.pid,
    parent: process.pid,
    variables: {},
    ...more,
  });
  return { socket, say, answer: async () => await until(() => answers[0]), answers };
}

async function until<T>(look: () => T | undefined): Promise<NonNullable<T>> {
  return await vi.waitUntil(() => look() ?? false, { timeout: PATIENCE_MS, interval: 10 });
}

async function isRefused(port: number): Promise<boolean> {
  const late = connect(port, "127.0.0.1");
  try {
    await once(late, "connect");
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ECONNREFUSED";
  } finally {
    late.destroy();
  }
}

const event = async (type: string): Promise<JournalEvent> =>
  await until(() => recorded.find((one) => one.type === type));

describe("a shim at the gate", () => {
  test("gets a route to its own host, and what it tells of the worker is recorded", async () => {
    writeFileSync(join(folder, "host.json"), '{ "functionTimeout": "00:10:00" }');
    const { answer, say, socket } = dial();
    const { relay: route } = await answer();
    const worker = startWaiting();
    say({ type: "started", pid: worker.pid, argv: ["node", "worker.js"] });
    say({ type: "output", stream: "stderr", bytes: Buffer.from("ü: half a li").toString("base64") });
    say({ type: "output", stream: "stderr", bytes: Buffer.from("ne\n").toString("base64") });
    say({ type: "left-out", stream: "stdout", bytes: 12 });
    say({ type: "exited", code: 3, signal: null });
    socket.end();
    expect(await event("process-spawned")).toMatchObject({ workerId: WORKER_ID, pid: worker.pid, cwd: folder });
    // What its host waits by is evidence too.
    expect(await event("process-spawned")).toMatchObject({ limits: { load: 600_000, invocation: 600_000 } });
    expect(await event("process-exited")).toMatchObject({ workerId: WORKER_ID, pid: worker.pid, code: 3 });
    expect(gate.workerCount).toBe(1);
    const output = recorded.filter(({ type }) => type === "process-output").map(({ text }) => text);
    expect(output).toEqual(["ü: half a line", "(12 bytes of output were not copied)"]);
    await vi.waitUntil(() => isRefused(route?.port ?? 0), { timeout: PATIENCE_MS, interval: 10 });
  });

  test.each([
    ["in another network", { network: "net:[1]" }, /another network namespace/u],
    ["whose arguments name no host", { args: ["worker.js"] }, /name no host/u],
  ])("%s is refused, with the reason, which is recorded", async (_, more, reason) => {
    const { answer } = dial(more);
    expect(await answer()).toEqual({ type: "refused", reason: expect.stringMatching(reason) });
    expect((await event("worker-not-recorded"))["reason"]).toMatch(reason);
    expect(gate.workerCount).toBe(0);
  });

  test.skipIf(process.platform !== "linux")("in the same network is not", async () => {
    expect((await dial({ network: readlinkSync("/proc/self/ns/net") }).answer()).type).toBe("route");
  });

  test("that says anything else first is hung up on", async () => {
    for (const words of ["{}", "no JSON", '{"type":"hello"}', '{"type":"started","pid":1,"argv":[]}']) {
      const socket = connect(join(folder, "gate.sock"));
      lines.push(socket);
      socket.write(`${words}\n`);
      socket.resume();
      await once(socket, "close");
    }
    expect(recorded.filter(({ type }) => type.startsWith("process"))).toEqual([]);
  });
});

describe("the worker ends", () => {
  test("where its shim is killed, and its exit is recorded", async () => {
    const { answer, say, socket } = dial();
    await answer();
    const worker = startWaiting();
    say({ type: "started", pid: worker.pid, argv: [] });
    await event("process-spawned");
    socket.destroy();
    await once(worker, "exit");
    expect(worker.signalCode).toBe("SIGKILL");
    expect(await event("process-exited")).toMatchObject({ signal: "SIGKILL" });
  });

  test("where its shim is killed before it could say which process the worker is", async () => {
    const { answer, socket } = dial();
    await answer();
    const told = ["--functions-uri", "http://127.0.0.1:7/", "--functions-worker-id"];
    const worker = startWaiting(...told, WORKER_ID);
    const others = [startWaiting(...told, `${WORKER_ID}0`), startWaiting("--note", WORKER_ID)];
    await Promise.all([worker, ...others].map((one) => once(one, "spawn")));
    socket.destroy();
    await once(worker, "exit");
    expect(worker.signalCode).toBe("SIGKILL");
    expect(others.map(({ signalCode }) => signalCode)).toEqual([null, null]);
  });

  test("where its host has ended, though both keep their lines", async () => {
    const parent = startWaiting();
    await once(parent, "spawn");
    const { answer, answers } = dial({ parent: parent.pid });
    const { relay: route } = await answer();
    const stream = connect(route?.port ?? 0, "127.0.0.1");
    lines.push(stream);
    stream.on("error", () => {}).write("hello");
    await until(() => streams[0]);
    parent.kill("SIGKILL");
    await once(parent, "exit");
    streams[0]?.destroy();
    await until(() => answers.find(({ type }) => type === "end"));
    expect(answers.at(-1)).toEqual({ type: "end" });
  });

  test("where the recording does, even if its shim does not answer", async () => {
    const { answer, say } = dial({ pid: startWaiting().pid });
    await answer();
    const worker = startWaiting();
    say({ type: "started", pid: worker.pid, argv: [] });
    await event("process-spawned");
    const ended = once(worker, "exit");
    await gate.close([]);
    await ended;
    expect(worker.signalCode).toBe("SIGKILL");
  });
});

test("a socket that nobody waits on is cleared away, and one that somebody waits on is not", async () => {
  await expect(clearSocket(join(folder, "gate.sock"))).rejects.toMatchObject({ code: "already-attached" });
  await gate.close([]);
  await expect(clearSocket(join(folder, "gate.sock"))).resolves.toBeUndefined();
});
