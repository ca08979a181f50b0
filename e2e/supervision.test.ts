/** What the relay does when its hub hangs, its terminal is gone, or its descriptors are used up. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onWholeLines } from "@inspector/testkit/whole-lines";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { COMMAND, type InspectorProcess, startInspector, temporaryFolder } from "./inspector-process.ts";

const SAMPLE_APP = fileURLToPath(new URL("../apps/proxy/sample-app", import.meta.url));
/** A port on which nobody listens. */
const NO_HOST = ["--listen", "0", "--upstream", "127.0.0.1:1"];
const PATIENCE = { timeout: 60_000, interval: 50 };

const isLinux = process.platform === "linux";

let state: ReturnType<typeof temporaryFolder>;
let children: ChildProcess[];

beforeEach(() => {
  state = temporaryFolder();
  children = [];
});

afterEach(() => {
  for (const child of children) {
    child.kill("SIGKILL");
  }
  state.remove();
});

async function start(args: readonly string[] = NO_HOST): Promise<InspectorProcess> {
  const inspector = await startInspector(args, state.path);
  children.push(inspector.process);
  return inspector;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function journals(): string[] {
  return readdirSync(join(state.path, "inspector", "journals"));
}

async function exitOf(child: ChildProcess): Promise<number | string | null> {
  if (child.exitCode === null && child.signalCode === null) {
    await once(child, "exit");
  }
  return child.exitCode ?? child.signalCode;
}

describe.skipIf(!isLinux)("a hub that is stopped (SIGSTOP)", () => {
  test("is killed and started again, at the same address, and that is said once", async () => {
    const inspector = await start();
    const hub = inspector.signalHub("SIGSTOP");
    await expect.poll(() => isAlive(hub), PATIENCE).toBe(false);
    await expect.poll(inspector.stderr, PATIENCE).toContain("the hub runs again");
    expect((await fetch(new URL("/", inspector.ui))).status).toBeGreaterThan(0);
    expect(inspector.stderr().match(/stopped answering/gu)).toHaveLength(1);
    expect(await inspector.stop()).toBe(0);
  });

  test("is let be when the relay was stopped as well, as a machine that sleeps does", async () => {
    const inspector = await start();
    await expect.poll(async () => (await fetch(new URL("/", inspector.ui))).status, PATIENCE).toBeGreaterThan(0);
    const hub = inspector.signalHub("SIGSTOP");
    inspector.process.kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    inspector.process.kill("SIGCONT");
    process.kill(hub, "SIGCONT");
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(inspector.hubPid()).toBe(hub);
    expect(inspector.stderr()).toBe("");
    expect(await inspector.stop()).toBe(0);
  });

  test("while the command ends is killed as well, and another one brings in what is left", async () => {
    const inspector = await start();
    const hub = inspector.signalHub("SIGSTOP");
    const worker = dial(inspector);
    worker.write("hello");
    await once(worker, "close");
    expect(await inspector.stop()).toBe(0);
    expect(isAlive(hub)).toBe(false);
    expect(journals()).toEqual([]);
  });
});

test.skipIf(!isLinux)(
  "what a killed relay left is brought in beside the next recording, which listens meanwhile",
  async () => {
    const inspector = await start();
    const worker = dial(inspector);
    worker.write("hello");
    await once(worker, "close");
    inspector.signalHub("SIGKILL");
    inspector.process.kill("SIGKILL");
    await exitOf(inspector.process);
    const next = await start();
    await expect.poll(next.stderr, PATIENCE).toContain("a recording was cut short");
    await expect.poll(next.stderr, PATIENCE).toContain("recovered a recording");
    expect(journals()).toHaveLength(1);
    expect(await next.stop()).toBe(0);
    expect(journals()).toEqual([]);
  },
);

function dial({ listen }: InspectorProcess): Socket {
  const socket = connect(Number(listen.split(":")[1]), "127.0.0.1");
  socket.on("error", () => {});
  return socket.resume();
}

describe("signals", () => {
  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "%s ends the recording in order, also when it comes twice at once",
    async (signal) => {
      const inspector = await start();
      inspector.process.kill(signal);
      inspector.process.kill(signal);
      expect(await exitOf(inspector.process)).toBe(0);
      expect(inspector.stderr().replace(/^inspector: Writing the rest of the session.*\n/u, "")).toBe("");
      expect(journals()).toEqual([]);
    },
  );

  test.skipIf(!isLinux)("a second one ends it at once, with its hub", async () => {
    const inspector = await start();
    const hub = inspector.signalHub("SIGSTOP");
    inspector.process.kill("SIGTERM");
    await expect.poll(inspector.stderr, PATIENCE).toContain("press Ctrl-C again");
    inspector.process.kill("SIGTERM");
    expect(await exitOf(inspector.process)).toBe(143);
    await expect.poll(() => isAlive(hub), PATIENCE).toBe(false);
  });

  test.skipIf(!isLinux)("the first one ends a start whose hub does not get ready", async () => {
    const child = spawn(process.execPath, [COMMAND, ...NO_HOST], {
      env: { ...process.env, XDG_STATE_HOME: state.path },
    });
    children.push(child);
    const hub = await hubOf(child.pid ?? 0);
    process.kill(hub, "SIGSTOP");
    child.kill("SIGINT");
    await exitOf(child);
    await expect.poll(() => isAlive(hub), PATIENCE).toBe(false);
  });
});

/** The hub of a command, once it runs its own program: before that it is a copy of its parent, which waits for it. */
async function hubOf(pid: number): Promise<number> {
  for (;;) {
    const [child = ""] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ");
    if (child !== "" && readFileSync(`/proc/${child}/cmdline`, "utf8").includes("hub.js")) {
      return Number(child);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

test.skipIf(!isLinux)("nobody reads what it says any more: it goes on, at rest, and ends in order", async () => {
  const inspector = await start();
  inspector.process.stdout?.destroy();
  inspector.process.stderr?.destroy();
  // It has something to say.
  const hub = inspector.signalHub("SIGKILL");
  await expect.poll(() => inspector.hubPid() !== undefined && inspector.hubPid() !== hub, PATIENCE).toBe(true);
  await expect
    .poll(
      async () =>
        await fetch(new URL("/", inspector.ui)).then(
          () => true,
          () => false,
        ),
      PATIENCE,
    )
    .toBe(true);
  const before = processorTime(inspector.process.pid ?? 0);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(processorTime(inspector.process.pid ?? 0) - before).toBeLessThan(50);
  expect(await inspector.stop()).toBe(0);
});

test.skipIf(!isLinux || !existsSync("/usr/bin/script"))(
  "a terminal that is not read on (Ctrl-S) holds no invocation up",
  async () => {
    const command = `exec "${process.execPath}" "${COMMAND}" host "${SAMPLE_APP}" --http 0 --no-open --json`;
    const terminal = spawn("/usr/bin/script", ["-qfc", command, "/dev/null"], {
      env: { ...process.env, XDG_STATE_HOME: state.path },
    });
    children.push(terminal);
    let said = "";
    terminal.stdout.setEncoding("utf8").on("data", (text) => {
      said += text;
    });
    await expect.poll(() => said, PATIENCE).toContain("Host ready");
    const readyLine = /^(\{.*"ready":true.*\})\r?\n/mu;
    await expect.poll(() => said, PATIENCE).toMatch(readyLine);
    const { http } = JSON.parse(readyLine.exec(said)?.[1] ?? "");
    terminal.stdout.pause();
    // Half a megabyte: much more than pipe and terminal hold.
    for (let n = 0; n < 60; n++) {
      expect((await fetch(`${http}/api/chatty?lines=100`)).status).toBe(200);
    }
    terminal.stdout.resume();
    terminal.kill("SIGTERM");
    await exitOf(terminal);
  },
);

/** In hundredths of a second. */
function processorTime(pid: number): number {
  const [user = "", system = ""] =
    readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ").slice(11, 13) ?? [];
  return Number(user) + Number(system);
}

test.skipIf(!isLinux || !existsSync("/bin/bash"))(
  "connections beyond the limit of descriptors are turned away and told of once; those that were there go on",
  async () => {
    const host = createServer((socket) => socket.on("error", () => {}).pipe(socket)).listen(0, "127.0.0.1");
    await once(host, "listening");
    const address = host.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const limited = ["-c", `ulimit -n 128; exec "$0" "$@"`, process.execPath, COMMAND];
    const args = ["--listen", "0", "--upstream", `127.0.0.1:${port}`, "--json"];
    const child = spawn("/bin/bash", [...limited, ...args], { env: { ...process.env, XDG_STATE_HOME: state.path } });
    children.push(child);
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      said += text;
    });
    const line = await new Promise<string>((resolve) => onWholeLines(child.stdout, resolve));
    const { listen } = JSON.parse(line);
    const sockets: Socket[] = [];
    let turnedAway = 0;
    for (let n = 0; n < 60; n++) {
      const socket = connect(Number(listen.split(":")[1]), "127.0.0.1");
      socket
        .on("error", () => {})
        .on("close", () => {
          turnedAway += 1;
        });
      socket.write("x");
      sockets.push(socket);
    }
    await expect.poll(() => turnedAway, PATIENCE).toBe(60 - 21);
    await expect.poll(() => said.match(/no file descriptors left/gu)?.length, PATIENCE).toBe(1);
    const first = sockets.find((socket) => !socket.closed);
    first?.write("still there?");
    await once(first ?? (new Promise(() => {}) as never), "data");
    child.kill("SIGINT");
    expect(await exitOf(child)).toBe(0);
    for (const socket of sockets) {
      socket.destroy();
    }
    host.close();
  },
);

test.each([
  ["127.0.0.1", "localhost"],
  ["0.0.0.0", "127.0.0.1"],
  ["127.0.0.1", "0.0.0.0"],
])("--listen %s and --upstream %s with the same port are one socket, which is refused", async (listen, upstream) => {
  let port = 0;
  let said = "";
  // A port that was free a moment ago may be somebody else's by now.
  do {
    port = await freePort();
    const args = ["--listen", `${listen}:${port}`, "--upstream", `${upstream}:${port}`];
    const env = { ...process.env, XDG_STATE_HOME: state.path };
    const { status, stderr } = spawnSync(process.execPath, [COMMAND, ...args], {
      env,
      encoding: "utf8",
      ...PATIENCE,
    });
    expect(status).toBe(1);
    said = stderr;
  } while (said.includes("is taken"));
  expect(said).toContain(`--upstream ${upstream}:${port} leads back to --listen ${listen}:${port}`);
});

async function freePort(): Promise<number> {
  const free = createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  const address = free.address();
  free.close();
  await once(free, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
