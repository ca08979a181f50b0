/** Processes of ours whose parent was killed end by themselves, whatever they are at, and nothing is lost by that. */
import { type ChildProcess, fork } from "node:child_process";
import { on, once } from "node:events";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { HubCommand, HubReport } from "@inspector/hub/main";
import { openForWriting } from "@inspector/hub/sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ScriptedRelay, startScriptedRelay } from "../packages/hub/testing/scripted-relay.ts";
import { COMMAND, exportSession, temporaryFolder } from "./inspector-process.ts";

/** Beyond this a process would not have ended by itself, or only because it gave up. */
const PATIENCE = { timeout: 25_000, interval: 20 };
const TEST_LIMIT_MS = 120_000;
const DIST = new URL("../dist/", pathToFileURL(COMMAND));

let state: ReturnType<typeof temporaryFolder>;
let sessions: string;
let journals: string;
let file: string;
let relay: ScriptedRelay;
let isRelayEnded: boolean;
let children: ChildProcess[];

beforeEach(async () => {
  state = temporaryFolder();
  [sessions, journals] = ["sessions", "journals"].map((name) => join(state.path, "inspector", name)) as [
    string,
    string,
  ];
  mkdirSync(sessions, { recursive: true });
  file = join(sessions, "one.inspector");
  relay = await startScriptedRelay(journals, file);
  relay.open(1);
  isRelayEnded = false;
  children = [];
});

afterEach(async () => {
  for (const child of children) {
    child.kill("SIGKILL");
  }
  await endRelay();
  state.remove();
});

async function endRelay(): Promise<void> {
  if (!isRelayEnded) {
    isRelayEnded = true;
    await relay.end();
  }
}

function start(program: string): ChildProcess {
  const child = fork(new URL(program, DIST), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...process.env, XDG_STATE_HOME: state.path },
  });
  children.push(child);
  return child;
}

function hubCommand(): HubCommand {
  return {
    type: "start",
    session: file,
    host: "127.0.0.1",
    port: 0,
    token: "t",
    allowedOrigins: [],
    page: state.path,
    isHeadless: true,
    recording: { journals, version: "1", maxBytes: undefined },
  };
}

async function ready(hub: ChildProcess): Promise<void> {
  for await (const [report] of on(hub, "message") as AsyncIterable<[HubReport]>) {
    if (report.type === "ready") {
      return;
    }
  }
}

const endOf = (child: ChildProcess): number | string | null => child.exitCode ?? child.signalCode;

function log(message: string): object {
  return { rpcLog: { message } };
}

/** What is in the session when its relay has ended, too. */
async function recordedLogs(): Promise<string[]> {
  await endRelay();
  const messages = await exportSession(file, state.path);
  return messages.map(({ message }) => Object(Object(message).rpcLog).message);
}

describe("a hub whose parent was killed", () => {
  test(
    "ends though there is more and more to bring in, and what is not in the session comes with the next command",
    async () => {
      const hub = start("hub.js");
      hub.send(hubCommand());
      await ready(hub);
      const said: string[] = [];
      const more = setInterval(() => {
        said.push(`${said.length}`);
        relay.say(1, "worker", log(`${said.length - 1}`));
      }, 10);
      try {
        hub.disconnect();
        await expect.poll(() => endOf(hub), PATIENCE).not.toBeNull();
      } finally {
        clearInterval(more);
      }
      expect(await recordedLogs()).toEqual(said);
      expect(readdirSync(journals)).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "ends though the session cannot be written, also while it starts",
    async () => {
      const [running, starting] = [start("hub.js"), start("hub.js")];
      running.send(hubCommand());
      await ready(running);
      const holder = openForWriting(file);
      holder.exec("BEGIN EXCLUSIVE");
      try {
        relay.say(1, "worker", log("one"));
        await new Promise((resolve) => starting.send(hubCommand(), resolve));
        running.disconnect();
        starting.disconnect();
        await expect.poll(() => [running, starting].map(endOf), PATIENCE).not.toContain(null);
      } finally {
        holder.exec("ROLLBACK");
        holder.close();
      }
      expect(await recordedLogs()).toEqual(["one"]);
    },
    TEST_LIMIT_MS,
  );

  test("ends before it was told anything", async () => {
    const hub = start("hub.js");
    hub.disconnect();
    await expect.poll(() => endOf(hub), PATIENCE).toBe(0);
  });
});

test("the recovery of a session that cannot be written is killed with its parent", async () => {
  relay.say(1, "worker", log("one"));
  await endRelay();
  const holder = openForWriting(file);
  holder.exec("PRAGMA journal_mode = WAL; BEGIN EXCLUSIVE");
  try {
    const recovery = start("recovery.js");
    recovery.send({ state: { sessions, journals }, except: undefined });
    await once(recovery, "message");
    recovery.disconnect();
    await expect.poll(() => endOf(recovery), PATIENCE).toBe("SIGKILL");
  } finally {
    holder.exec("ROLLBACK");
    holder.close();
  }
  expect(await recordedLogs()).toEqual(["one"]);
});
