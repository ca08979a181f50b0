/**
 * Whatever is killed below or above a run, with whatever signal, at whatever moment: nothing is left of us, no worker is left, the
 * exit code is the command's, and the recording has what the host got. A few rounds of each;
 * `INSPECTOR_KILLS=100 npx vitest run e2e/attach-kills.test.ts` makes many, `INSPECTOR_SEED=N` the same ones again.
 */

import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { allJournals } from "@inspector/hub/ingest/journals";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AttachedRun, bundleHost, officialNodeWorker, startRun } from "./attached-run.ts";
import { exportSession, temporaryFolder } from "./inspector-process.ts";

const HANDLER = fileURLToPath(new URL("./peers/custom-handler/handler.py", import.meta.url));
const SAMPLE = fileURLToPath(new URL("../apps/proxy/sample-app", import.meta.url));
const ROUNDS = Number(process.env["INSPECTOR_KILLS"] ?? 1);
const SEED = Number(process.env["INSPECTOR_SEED"] ?? Date.now() % 1_000_000);
/** What must be gone has so long for it: 2 s on a machine with nothing else to do, which `INSPECTOR_GONE_MS=2000` asks for. */
const GONE_MS = Number(process.env["INSPECTOR_GONE_MS"] ?? 15_000);
/** The latest moment of a kill, counted from the start; a host is ready in about half of that. */
const LATEST_MS = 3_000;
const ROUND_LIMIT_MS = 90_000;

const folder = temporaryFolder();
const hostProgram = join(folder.path, "host.mjs");
let worker = "";
let command: Awaited<ReturnType<typeof bundleHost>>;
/** The same host with the app of a custom handler. */
let handlerCommand: typeof command;

beforeAll(async () => {
  worker = officialNodeWorker(folder.path);
  command = await bundleHost(folder.path, SAMPLE);
  const handlerApp = makeHandlerApp();
  handlerCommand = (...args) => command(...args).map((part) => (part === SAMPLE ? handlerApp : part));
});

afterAll(() => folder.remove());

function makeHandlerApp(): string {
  const app = join(folder.path, "an app of ü");
  const write = (file: string, content: object): void => writeFileSync(join(app, file), JSON.stringify(content));
  mkdirSync(join(app, "hello"), { recursive: true });
  copyFileSync(HANDLER, join(app, "handler.py"));
  const description = { defaultExecutablePath: "python3", arguments: ["handler.py"] };
  write("host.json", { version: "2.0", customHandler: { description, enableForwardingHttpRequest: true } });
  write("hello/function.json", {
    bindings: [
      { type: "httpTrigger", direction: "in", name: "req", authLevel: "anonymous" },
      { type: "http", direction: "out", name: "res" },
    ],
  });
  return app;
}

/** Numbers from 0 to 1 that a seed gives again. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Process = { readonly pid: number; readonly parent: number; readonly commandLine: string };

/** All processes that belong to a round: its state folder stands in their environment, or in their arguments. */
function processesOf(state: string): Process[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/u.test(name)) {
      return [];
    }
    try {
      const read = (file: string): string => readFileSync(`/proc/${name}/${file}`, "utf8");
      const stat = read("stat");
      const [condition = "", parent = ""] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const commandLine = read("cmdline").replaceAll("\0", " ");
      const isOurs = read("environ").includes(state) || commandLine.includes(state);
      return isOurs && condition !== "Z" ? [{ pid: Number(name), parent: Number(parent), commandLine }] : [];
    } catch {
      return []; // It has just ended.
    }
  });
}

type Target = "command" | "shim" | "worker" | "hub" | "run" | "group";

/** Which process of a round is meant; there may be none yet. */
function find(target: Target, run: number, processes: readonly Process[]): number | undefined {
  const shims = processes.filter(({ commandLine }) => /\/shims\/[^/]+\/(?:node|custom) /u.test(commandLine));
  switch (target) {
    case "run":
      return run;
    case "group":
      return -run;
    case "hub":
      return processes.find(({ parent, commandLine }) => parent === run && commandLine.includes("/hub.js"))?.pid;
    case "command":
      // A child of the run that is not another program yet still has the run's own command line.
      return processes.find(
        ({ parent, commandLine }) =>
          parent === run && commandLine.includes(hostProgram) && !commandLine.includes("inspector.js"),
      )?.pid;
    case "shim":
      return shims.at(-1)?.pid;
    case "worker":
      return processes.find(({ parent }) => shims.some(({ pid }) => pid === parent))?.pid;
  }
}

type Case = {
  readonly target: Target;
  readonly signal: NodeJS.Signals;
  /** How the run may end, or where it goes on until it is stopped. */
  readonly ends: readonly (number | NodeJS.Signals)[] | "goes on";
  /** The command is a script that starts the host. */
  readonly isScript?: boolean;
  /** The app is a custom handler's. */
  readonly isHandler?: boolean;
};

const HANDLER_CASES: readonly Case[] = [
  { target: "shim", signal: "SIGKILL", ends: "goes on", isHandler: true },
  { target: "worker", signal: "SIGKILL", ends: "goes on", isHandler: true },
  { target: "run", signal: "SIGKILL", ends: ["SIGKILL"], isHandler: true },
];

const CASES: readonly Case[] = [
  { target: "command", signal: "SIGKILL", ends: ["SIGKILL"] },
  { target: "command", signal: "SIGTERM", ends: [0, "SIGTERM"] },
  { target: "command", signal: "SIGKILL", ends: ["SIGKILL"], isScript: true },
  { target: "shim", signal: "SIGKILL", ends: "goes on" },
  { target: "shim", signal: "SIGTERM", ends: "goes on" },
  { target: "worker", signal: "SIGKILL", ends: "goes on" },
  { target: "hub", signal: "SIGKILL", ends: "goes on" },
  { target: "run", signal: "SIGKILL", ends: ["SIGKILL"] },
  { target: "run", signal: "SIGTERM", ends: [0, "SIGTERM"] },
  { target: "run", signal: "SIGHUP", ends: [0, "SIGHUP"] },
  { target: "run", signal: "SIGINT", ends: [0, "SIGINT"] },
  { target: "group", signal: "SIGKILL", ends: ["SIGKILL"] },
  { target: "group", signal: "SIGINT", ends: [0, "SIGINT"] },
  { target: "group", signal: "SIGTERM", ends: [0, "SIGTERM"] },
  ...(spawnSync("python3", ["--version"]).status === 0 ? HANDLER_CASES : []),
];

describe.skipIf(process.platform !== "linux")("after a kill", () => {
  describe.each(CASES)("of the $target by $signal (script: $isScript, custom handler: $isHandler)", (one) => {
    test.each(Array.from({ length: ROUNDS }, (_, n) => n))(
      "nothing is left, the exit code is right, and the recording is whole (%i)",
      async (round) => {
        const seed = SEED + CASES.indexOf(one) * 10_000 + round;
        const result = await playRound(one, seed);
        expect(result, `INSPECTOR_SEED=${SEED}`).toEqual({ ...result, left: [], missing: [], isEndRight: true });
      },
      ROUND_LIMIT_MS,
    );
  });
});

async function playRound({ target, signal, ends, isScript, isHandler }: Case, seed: number) {
  const random = randomFrom(seed);
  const state = join(folder.path, `round ${seed}`);
  mkdirSync(state);
  const answers = join(state, "answers");
  writeFileSync(answers, "");
  const host = (isHandler === true ? handlerCommand : command)(worker, answers);
  const script = `${host.map((part) => `'${part}'`).join(" ")}; exit 5`;
  const run = startRun(isScript === true ? ["sh", "-c", script] : host, { state, environment: { TMPDIR: state } });
  const { pid = 0 } = run.process;
  const before = processesOf(state);
  await sleep(random() * LATEST_MS);
  const victim = await findInTime(target, pid, state, run);
  const victims = processesOf(state);
  if (victim !== undefined) {
    tryToKill(victim, signal);
  }
  let isEndRight = true;
  let left: Process[] = [];
  if (ends === "goes on") {
    if (target === "shim" || target === "worker") {
      const gone = victims.filter(({ pid: one, parent }) => one === victim || (target === "shim" && parent === victim));
      left = await remaining(() => processesOf(state).filter((now) => gone.some((was) => was.pid === now.pid)));
    }
    await run.ready.catch(() => {});
    await sleep(random() * 500);
    run.process.kill("SIGTERM");
    const { code, signal: by } = await run.exited;
    // Three kills in a row are too many for a host; one is not.
    isEndRight = code === 0 || by === "SIGTERM";
  } else {
    const { code, signal: by } = await run.exited;
    isEndRight = ends.some((end) => end === code || end === by);
  }
  left.push(...(await remaining(() => processesOf(state))));
  const missing = await missingFrom(run, state, readFileSync(answers, "utf8"));
  const end = { code: run.process.exitCode, signal: run.process.signalCode };
  return { left, missing, isEndRight, end, victim, found: victims.length, before: before.length, said: run.stderr() };
}

/** The process as soon as there is one; undefined where the run ends before. */
async function findInTime(target: Target, pid: number, state: string, run: AttachedRun): Promise<number | undefined> {
  for (;;) {
    // A hub that does not even start keeps a recording from beginning.
    const found = target === "hub" && run.stderr() === "" ? undefined : find(target, pid, processesOf(state));
    if (found !== undefined || run.process.exitCode !== null) {
      return found;
    }
    await sleep(5);
  }
}

function tryToKill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself meanwhile.
  }
}

/** What is still there after {@link GONE_MS}. */
async function remaining(look: () => Process[]): Promise<Process[]> {
  const until = Date.now() + GONE_MS;
  for (;;) {
    const left = look();
    if (left.length === 0 || Date.now() > until) {
      return left;
    }
    await sleep(20);
  }
}

/** Invocations whose answer the host has got, and the recording has not; a part of it may wait in its journal. */
async function missingFrom(run: AttachedRun, state: string, answers: string): Promise<string[]> {
  // A run that ends while it starts leaves no session, or an empty file.
  const isWaiting = allJournals(join(state, "inspector", "journals")).length > 0;
  const isThere = isWaiting || (existsSync(run.session) && statSync(run.session).size > 0);
  const messages = isThere ? await exportSession(run.session, state) : [];
  const recorded = new Set(
    messages.flatMap(({ kind, invocationId }) => (kind === "invocation_response" ? [invocationId] : [])),
  );
  const whole = answers.split("\n").slice(0, -1);
  return whole.filter((id) => !recorded.has(id));
}
