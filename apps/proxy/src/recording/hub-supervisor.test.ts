import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isBusyProcess } from "@inspector/relay/process-identity";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { HubSupervisor, type HubSupervisorOptions } from "./hub-supervisor.ts";

let directory: string;
let said: string[];
let supervisor: HubSupervisor | undefined;
const { execPath } = process;
const PATIENCE = { timeout: 60_000 };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "supervisor-"));
  said = [];
});

afterEach(async () => {
  process.execPath = execPath;
  await supervisor?.stop();
  supervisor = undefined;
  rmSync(directory, { recursive: true, force: true });
});

/** A hub of a few lines. `life` is what each does with `n`, the how manieth it is, and `command`, what it was told. */
function superviseHubsThat(life: string, limits: HubSupervisorOptions["limits"] = {}): HubSupervisor {
  const program = join(directory, "hub.mjs");
  const starts = join(directory, "starts");
  writeFileSync(
    program,
    `import { appendFileSync, readFileSync } from "node:fs";
    appendFileSync(${JSON.stringify(starts)}, "x");
    const n = readFileSync(${JSON.stringify(starts)}).length;
    const say = (report) => process.send(report);
    const ready = () => say({ type: "ready", host: "127.0.0.1", port: 7000 });
    process.on("message", (command) => {
      if (command.type === "stop" && !globalThis.isDeaf) process.exit(0);
      ${life}
    });`,
  );
  supervisor = new HubSupervisor({
    program: pathToFileURL(program),
    hub: { session: "s", host: "127.0.0.1", port: 0, token: "t", page: "p", allowedOrigins: [] },
    say: (line) => said.push(line),
    complain: () => {},
    limits,
  });
  return supervisor;
}

function starts(): number {
  const file = join(directory, "starts");
  return existsSync(file) ? readFileSync(file, "utf8").length : 0;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("a hub that ends", () => {
  test("is started again at the same address, which is told once", async () => {
    const hub = superviseHubsThat(`
      if (n > 1 && command.port !== 7000) process.exit(3);
      ready();
    `);
    await hub.start();
    for (let n = 1; n <= 3; n++) {
      const { pid = 0 } = hub;
      process.kill(pid, "SIGKILL");
      await expect.poll(() => hub.state === "ready" && hub.pid !== pid, PATIENCE).toBe(true);
    }
    expect(hub.address).toEqual({ host: "127.0.0.1", port: 7000 });
    expect(said.filter((line) => line.includes("started again"))).toEqual([
      "the hub ended (SIGKILL) and is started again; what passes meanwhile is kept in the journal",
    ]);
  });

  test("before its first word, at the first start, is an error and leaves nothing running", async () => {
    const hub = superviseHubsThat("process.exit(3);");
    await expect(hub.start()).rejects.toMatchObject({
      code: "hub-failed",
      message: "The hub ended (exit code 3) before it was ready",
    });
    expect(hub.state).toBe("stopped");
    expect(starts()).toBe(1);
  });

  test("before its first word, later, is started again less and less often, and told of once", async () => {
    const hub = superviseHubsThat("if (n === 1) ready(); else process.exit(3);");
    await hub.start();
    const timers = vi.spyOn(globalThis, "setTimeout");
    onTestFinished(() => timers.mockRestore());
    process.kill(hub.pid ?? 0, "SIGKILL");
    await expect.poll(starts, PATIENCE).toBeGreaterThanOrEqual(6);
    expect(said).toHaveLength(1);
    const delays = timers.mock.calls.map(([, delay]) => delay);
    expect(delays).toEqual(expect.arrayContaining([50, 75, 112.5, 168.75, 253.125]));
  });

  test("because it cannot be forked is started again once it can", async () => {
    const hub = superviseHubsThat("ready();");
    await hub.start();
    const { pid = 0 } = hub;
    process.execPath = join(directory, "missing");
    process.kill(pid, "SIGKILL");
    await expect.poll(() => hub.state, PATIENCE).toBe("dead");
    await new Promise((resolve) => setTimeout(resolve, 200));
    process.execPath = execPath;
    await expect.poll(() => hub.state === "ready" && hub.pid !== pid, PATIENCE).toBe(true);
    expect(said.at(-1)).toBe("the hub runs again");
  });
});

test("a first hub that cannot be forked is an error", async () => {
  const hub = superviseHubsThat("ready();");
  process.execPath = join(directory, "missing");
  await expect(hub.start()).rejects.toMatchObject({ code: "hub-failed" });
});

test("a hub that does not answer any more is killed and started again, which is told", async () => {
  const hub = superviseHubsThat("ready(); if (n === 1) process.kill(process.pid, 'SIGSTOP');");
  await hub.start();
  const { pid = 0 } = hub;
  hub.desks.silent(pid + 1);
  expect(hub.state).toBe("ready");
  await expect.poll(() => isBusyProcess(pid), PATIENCE).toBe(false);
  hub.desks.silent(pid);
  expect(hub.state).toBe("silent");
  await expect.poll(() => hub.state === "ready" && hub.pid !== pid, PATIENCE).toBe(true);
  expect(isAlive(pid)).toBe(false);
  expect(said).toEqual([expect.stringContaining("stopped answering"), "the hub runs again"]);
});

describe.runIf(process.platform === "linux")("a hub that is late since it computes", () => {
  const inAThread = `new (await import("node:worker_threads")).Worker("for (;;);", { eval: true });`;

  test.each([
    ["in its main thread", "setTimeout(() => { for (;;); }, 100);"],
    ["in another thread", `void (async () => { ${inAThread} })();`],
  ])("%s, gets more time, which ends", async (_, computing) => {
    const hub = superviseHubsThat(`ready(); if (n === 1) ${computing}`, { line: 500 });
    await hub.start();
    const { pid = 0 } = hub;
    hub.desks.up(pid);
    await expect.poll(() => isBusyProcess(pid), PATIENCE).toBe(true);
    hub.desks.silent(pid);
    expect(hub.state).toBe("ready");
    hub.desks.down(pid);
    await expect.poll(() => hub.state === "ready" && hub.pid !== pid, PATIENCE).toBe(true);
    expect(said).toEqual([expect.stringContaining("stopped answering"), "the hub runs again"]);
  });
});

test("a hub that is ready but does not dial the relay is taken for one that hangs", async () => {
  const hub = superviseHubsThat("ready();", { line: 500 });
  await hub.start();
  const { pid = 0 } = hub;
  await expect.poll(() => said, PATIENCE).toEqual([expect.stringContaining("stopped answering"), "the hub runs again"]);
  expect(isAlive(pid)).toBe(false);
  hub.desks.up(hub.pid ?? 0);
});

test("a hub that hands its line over to another of its threads is none that hangs", async () => {
  const hub = superviseHubsThat("ready();", { line: 300 });
  await hub.start();
  const { pid = 0 } = hub;
  hub.desks.up(pid);
  hub.desks.up(pid);
  hub.desks.down(pid);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect({ pid: hub.pid, said }).toEqual({ pid, said: [] });
  hub.desks.down(pid);
  await expect.poll(() => said, PATIENCE).toEqual([expect.stringContaining("stopped answering"), "the hub runs again"]);
});

test("a first hub that does not get ready is an error and leaves nothing running", async () => {
  const hub = superviseHubsThat("", { start: 500 });
  const started = hub.start();
  const { pid = 0 } = hub;
  await expect(started).rejects.toMatchObject({ code: "hub-failed", message: "The hub was not ready within 0.5 s" });
  expect(isAlive(pid)).toBe(false);
});

test("a hub that does not end when it is told to is killed", async () => {
  const hub = superviseHubsThat("globalThis.isDeaf = true; ready();", { stop: 200 });
  await hub.start();
  const { pid = 0 } = hub;
  await hub.stop();
  expect(isAlive(pid)).toBe(false);
});

test("a start that is given up leaves no process behind", async () => {
  const hub = superviseHubsThat("");
  const giveUp = new AbortController();
  const started = hub.start(giveUp.signal);
  await expect.poll(starts, PATIENCE).toBe(1);
  const { pid = 0 } = hub;
  giveUp.abort(new Error("stopped"));
  await expect(started).rejects.toThrow("stopped");
  expect(isAlive(pid)).toBe(false);
});

test("a start that was given up before it began starts nothing", async () => {
  const hub = superviseHubsThat("ready();");
  await expect(hub.start(AbortSignal.abort(new Error("stopped")))).rejects.toThrow("stopped");
  expect(hub.pid).toBe(undefined);
});

describe("when the relay has ended", () => {
  test("the hub is stopped as soon as all is in the session", async () => {
    const hub = superviseHubsThat(`
      ready();
      let behind = 3;
      setInterval(() => say({ type: "progress", behind: --behind, isDrained: behind === 0 }), 50);
    `);
    await hub.start();
    const { pid = 0 } = hub;
    expect(await hub.finish()).toMatchObject({ isDrained: true });
    expect(isAlive(pid)).toBe(false);
  });

  test("a hub that is killed meanwhile is started again and finishes", async () => {
    const hub = superviseHubsThat(`
      ready();
      if (n === 2) say({ type: "progress", behind: 0, isDrained: true });
    `);
    await hub.start();
    const finished = hub.finish();
    process.kill(hub.pid ?? 0, "SIGKILL");
    expect(await finished).toMatchObject({ isDrained: true });
  });

  test("a hub that says that it cannot write is not waited for without a limit", async () => {
    const hub = superviseHubsThat(`
      ready();
      setInterval(() => say({ type: "progress", behind: 70, isDrained: false, fault: "the disk is full" }), 100);
    `);
    await hub.start();
    const { pid = 0 } = hub;
    await expect.poll(() => said, PATIENCE).toEqual([expect.stringContaining("right now: the disk is full")]);
    expect(await hub.finish()).toEqual({ isDrained: false, behind: 70, fault: "the disk is full" });
    expect(isAlive(pid)).toBe(false);
  });

  test("a hub that does not answer is killed, and another one finishes", async () => {
    const hub = superviseHubsThat(`
      ready();
      if (n === 1) process.kill(process.pid, "SIGSTOP");
      else say({ type: "progress", behind: 0, isDrained: true });
    `);
    await hub.start();
    const { pid = 0 } = hub;
    const finished = hub.finish();
    hub.desks.silent(pid);
    expect(await finished).toMatchObject({ isDrained: true });
    expect(isAlive(pid)).toBe(false);
  });
});
