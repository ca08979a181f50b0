/** The built shim as a process, between a scripted `run` and small programs that say how they were started. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { onWholeLines } from "@inspector/testkit/whole-lines";
import { afterAll, describe, expect, test } from "vitest";
import { writeShims } from "../apps/proxy/src/attach/shims.ts";
import { eventually } from "./eventually.ts";
import { temporaryFolder } from "./inspector-process.ts";

const BUILT = new URL("../apps/proxy/dist/shim/", import.meta.url);

const folder = temporaryFolder();
const started: ChildProcess[] = [];

afterAll(() => {
  for (const child of started) {
    child.kill("SIGKILL");
  }
  folder.remove();
});

/** The shim of a language, in a folder with blanks and letters beyond ASCII, as `run` writes it. */
function shimFor(language: string): string {
  const state = join(folder.path, "state of ü");
  return writeShims(
    { sessions: join(state, "sessions"), journals: join(state, "journals") },
    [language],
    BUILT,
  ).executable(language);
}

/** A program that tells all that it was given as one line of JSON, then does as `more` says. */
function program(more = ""): string {
  const file = join(folder.path, `program ${started.length} ${Math.random()}.mjs`);
  const told = "{ argv: process.argv.slice(2), env: process.env, isPipe: fstatSync(1).isFIFO(), pid: process.pid }";
  writeFileSync(
    file,
    `#!${process.execPath}
import { fstatSync, writeSync } from "node:fs";
writeSync(1, JSON.stringify(${told}) + "\\n");
${more}`,
    { mode: 0o755 },
  );
  return file;
}

/** Of this run alone: `run` kills processes by it. */
const WORKER_ID = randomUUID();
const ARGUMENTS = [
  "--flag before",
  "a worker's path.js",
  ...`--host 127.0.0.1 --port 7 --workerId ${WORKER_ID} --requestId r --functions-uri http://127.0.0.1:7/`.split(" "),
  ...`--functions-worker-id ${WORKER_ID}`.split(" "),
];

type Told = {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly isPipe: boolean;
  readonly pid: number;
};

type Shim = {
  readonly process: ChildProcess;
  /** The worker's own account. */
  readonly told: Promise<Told>;
  readonly stderr: () => string;
  readonly ended: Promise<unknown>;
};

function start(executable: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Shim {
  const child = spawn(shimFor("node"), args, {
    env: { ...process.env, languageWorkers__node__defaultExecutablePath: executable, ...environment },
    detached: true,
  });
  started.push(child);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const told = new Promise<Told>((resolve) => onWholeLines(child.stdout, (line) => resolve(JSON.parse(line))));
  // Not "exit", which may come before the last of what it said.
  const ended = once(child, "close").then(() => child.signalCode ?? child.exitCode);
  return { process: child, told, stderr: () => stderr, ended };
}

/** A `run` that says what the test says. */
async function scriptedRun(onLine: (message: Record<string, unknown>, socket: Socket) => void) {
  const path = join(folder.path, `${Math.random().toString(36).slice(2)}.sock`);
  const heard: Record<string, unknown>[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    onWholeLines(socket, (line) => {
      const message = JSON.parse(line);
      heard.push(message);
      onLine(message, socket);
    });
  }).listen(path);
  await once(server, "listening");
  return {
    heard,
    environment: (more: object = {}) => ({ INSPECTOR_RUN: JSON.stringify({ socket: path, before: {}, ...more }) }),
    resume() {
      for (const socket of sockets) {
        socket.resume();
      }
    },
    hangUp() {
      for (const socket of sockets) {
        socket.destroy();
      }
      server.close();
    },
  };
}

const answerWithRoute = (message: Record<string, unknown>, socket: Socket): void => {
  if (message["type"] === "hello") {
    socket.write(`${JSON.stringify({ type: "route", relay: { host: "127.0.0.1", port: 50_999 } })}\n`);
  }
};

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const WAITING = "setInterval(() => {}, 1000);";

describe("a shim that reaches its run", () => {
  test("starts the real worker with the relay's address, and tells what it wrote and how it ended", async () => {
    const run = await scriptedRun(answerWithRoute);
    const shim = start(program("writeSync(2, 'last words'); process.exit(7);"), ARGUMENTS, run.environment());
    const { argv, pid } = await shim.told;
    expect(argv).toEqual(ARGUMENTS.map((one) => (one === "7" ? "50999" : one.replace(":7/", ":50999/"))));
    expect(await shim.ended).toBe(7);
    expect(shim.stderr()).toBe("last words");
    await eventually(() => run.heard.at(-1)?.["type"] === "exited");
    expect(run.heard.at(-1)).toEqual({ type: "exited", code: 7, signal: null });
    expect(run.heard[0]).toMatchObject({ type: "hello", language: "node", args: ARGUMENTS, parent: process.pid });
    expect(run.heard[1]).toMatchObject({ type: "started", pid });
    const words = run.heard.find(({ stream }) => stream === "stderr");
    expect(Buffer.from(String(words?.["bytes"]), "base64").toString()).toBe("last words");
    run.hangUp();
  });

  test("gives the worker the environment that it would have without us", async () => {
    const run = await scriptedRun(answerWithRoute);
    const before = { "languageWorkers:node:defaultExecutablePath": null, INSPECTOR_RUN: null, GONE: "back" };
    const own = {
      ...run.environment({ before }),
      "languageWorkers:node:defaultExecutablePath": shimFor("node"),
      GONE: `${shimFor("node")} x`,
      "A:colon": "ü ",
      NODE_OPTIONS: "--no-warnings --title='a b'",
    };
    const executable = program();
    const { env } = await start(executable, ARGUMENTS, own).told;
    const expected = { ...process.env, "A:colon": "ü ", GONE: "back", NODE_OPTIONS: own.NODE_OPTIONS };
    expect(env).toEqual({ ...expected, languageWorkers__node__defaultExecutablePath: executable });
    run.hangUp();
  });

  test.each(["SIGKILL", "SIGTERM", "SIGINT", "SIGUSR1", "SIGPIPE"])(
    "ends by %s where the worker does, though Node has another use for some signals",
    async (signal) => {
      const run = await scriptedRun(answerWithRoute);
      const executable = join(folder.path, `ends-by-${signal}`);
      writeFileSync(executable, `#!/bin/sh\nkill -${signal.slice(3)} $$\n`, { mode: 0o755 });
      const shim = start(executable, ARGUMENTS, run.environment());
      expect(await shim.ended).toBe(signal);
      await eventually(() => run.heard.at(-1)?.["signal"] === signal);
      run.hangUp();
    },
  );

  test("tells all that the worker said, and its end, before it ends by a signal itself", async () => {
    const run = await scriptedRun((message, socket) => {
      answerWithRoute(message, socket);
      if (message["type"] === "started") {
        socket.pause();
      }
    });
    // More than a socket holds.
    const loud = `writeSync(2, "x".repeat(900_000)); process.kill(process.pid, "SIGKILL");`;
    const shim = start(program(loud), ARGUMENTS, run.environment());
    await eventually(() => shim.stderr().length === 900_000);
    run.resume();
    expect(await shim.ended).toBe("SIGKILL");
    await eventually(() => run.heard.at(-1)?.["type"] === "exited");
    const told = run.heard.filter(({ stream }) => stream === "stderr").map(({ bytes }) => String(bytes));
    expect(Buffer.concat(told.map((bytes) => Buffer.from(bytes, "base64"))).length).toBe(900_000);
    run.hangUp();
  });

  test("passes on what it is told: SIGTERM, and SIGINT where no terminal tells everybody", async () => {
    const run = await scriptedRun(answerWithRoute);
    for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"] as const) {
      const stop = `process.on("${signal}", () => process.exit(33)); ${WAITING}`;
      const shim = start(program(`${stop} writeSync(2, "listening");`), ARGUMENTS, run.environment());
      await eventually(() => shim.stderr() === "listening");
      shim.process.kill(signal);
      expect(await shim.ended).toBe(33);
    }
    run.hangUp();
  });

  test("ends the worker when its run is gone", async () => {
    const run = await scriptedRun(answerWithRoute);
    const shim = start(program(WAITING), ARGUMENTS, run.environment());
    const { pid } = await shim.told;
    run.hangUp();
    expect(await shim.ended).toBe("SIGTERM");
    expect(isRunning(pid)).toBe(false);
  });

  test("passes on output at the host's pace, and standard input", async () => {
    const run = await scriptedRun(answerWithRoute);
    const copy = `process.stdin.on("end", () => process.exit(0)); process.stdin.pipe(process.stdout);`;
    const child = start(program(copy), ARGUMENTS, run.environment());
    await child.told;
    let received = 0;
    child.process.stdout?.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    child.process.stdin?.end(Buffer.alloc(5_000_000, "x"));
    expect(await child.ended).toBe(0);
    await eventually(() => received === 5_000_000);
    run.hangUp();
  });
});

describe("a shim without a run", () => {
  const nowhere = { INSPECTOR_RUN: JSON.stringify({ socket: "/no/such/socket", before: { INSPECTOR_RUN: null } }) };

  test.each([
    ["whose socket is gone", nowhere, /cannot be reached \(connect ENOENT/u],
    ["that nobody has named", {}, /without the settings of `inspector run` or `inspector env`/u],
  ])("starts the worker %s with its own arguments, and says so", async (_, environment, said) => {
    const shim = start(program("process.exit(3);"), ARGUMENTS, environment);
    const { argv, env, isPipe } = await shim.told;
    expect(argv).toEqual(ARGUMENTS);
    expect(env["INSPECTOR_RUN"]).toBeUndefined();
    expect(isPipe).toBe(false);
    expect(await shim.ended).toBe(3);
    expect(shim.stderr()).toMatch(/^inspector: this worker is not recorded: [^\n]*\n$/u);
    expect(shim.stderr()).toMatch(said);
  });

  test("starts the worker where the run refuses, says nothing for too long, or something else", async () => {
    const refusing = await scriptedRun((_, socket) => socket.write('{"type":"refused","reason":"no room"}\n'));
    const silent = await scriptedRun(() => {});
    const foreign = await scriptedRun((_, socket) => socket.write("HTTP/1.1 400 Bad Request\n"));
    const shims = [refusing, silent, foreign].map((run) => start(program(), ARGUMENTS, run.environment()));
    for (const shim of shims) {
      expect((await shim.told).argv).toEqual(ARGUMENTS);
      expect(await shim.ended).toBe(0);
    }
    expect(shims.map((shim) => shim.stderr())).toEqual([
      expect.stringContaining("(no room)"),
      expect.stringContaining("(no answer within 5 s)"),
      expect.stringContaining("(it speaks another language)"),
    ]);
    refusing.hangUp();
    silent.hangUp();
    foreign.hangUp();
  });

  test("takes the worker along when it is killed", async () => {
    const shim = start(program(WAITING), ARGUMENTS, nowhere);
    const { pid } = await shim.told;
    // The keeper is started behind the worker.
    await eventually(() => childrenOf(shim.process.pid ?? 0).length === 2);
    shim.process.kill("SIGKILL");
    await eventually(() => !isRunning(pid));
    expect(await shim.ended).toBe("SIGKILL");
  });

  test("passes calls that are no worker's through, without a word", async () => {
    const shim = start(program("process.exit(0);"), ["--version"], nowhere);
    expect((await shim.told).argv).toEqual(["--version"]);
    expect(await shim.ended).toBe(0);
    expect(shim.stderr()).toBe("");
  });

  test("says that there is no such program, as a shell does", async () => {
    const shim = start("/no/such/node", ARGUMENTS, nowhere);
    expect(await shim.ended).toBe(127);
    expect(shim.stderr()).toContain("/no/such/node could not be started: there is no such program");
  });
});

function childrenOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
  } catch {
    return [];
  }
}
