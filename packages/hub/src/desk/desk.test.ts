import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { parseFromHub } from "@inspector/contract/relay-line";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { interveneHere } from "../../testing/intervene-here.ts";
import { readHere } from "../../testing/reader-here.ts";
import { writeSession } from "../../testing/recorded-session.ts";
import { type Folder, makeFolder, type ServedSessions, serve } from "../../testing/served-sessions.ts";

const PATIENCE = { timeout: 30_000 };

let folder: Folder;
let relay: Server;
/** Lines to the relay that are open, and how many pings were answered on each. */
let lines: Map<Socket, number>;
let started: string[];
let served: ServedSessions;
/** Whether interventions find the session's file. */
let isFileThere: boolean;

beforeEach(async () => {
  folder = makeFolder();
  const file = folder.file("one");
  writeSession(file).close();
  lines = new Map();
  relay = await listenAsRelay(file);
  started = [];
  isFileThere = true;
  const startReader = readHere();
  served = await serve(folder, file, {
    isRecording: true,
    isIntervening: true,
    startReader(options, events) {
      started.push(options.role);
      return startReader(options, events);
    },
    startService(options, onMessage) {
      started.push("interventions");
      return isFileThere ? interveneHere(options, onMessage) : { post() {}, async stop() {} };
    },
  });
});

afterEach(async () => {
  await served.close();
  relay.close();
  folder.remove();
});

/** A relay that says hello to nobody and pings whoever dials, once more for each answer. */
async function listenAsRelay(session: string): Promise<Server> {
  const directory = join(folder.journals, "j1");
  const control = join(directory, "control.sock");
  mkdirSync(directory);
  const server = createServer((socket) => {
    lines.set(socket, 0);
    socket.on("close", () => lines.delete(socket));
    socket.on("error", () => {});
    socket.on("data", (data) => {
      for (const line of String(data).trim().split("\n")) {
        const said = parseFromHub(JSON.parse(line));
        if (said !== undefined && "pong" in said) {
          lines.set(socket, said.pong);
        }
        socket.write(`{"ping":${(lines.get(socket) ?? 0) + 1}}\n`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(control, resolve));
  writeFileSync(join(directory, "journal.json"), JSON.stringify({ session, control, startedAt: 0 }));
  return server;
}

/** Waits until the only line to the relay is one that answers. */
async function untilAnswered(): Promise<Socket | undefined> {
  await vi.waitFor(() => expect([...lines.values()]).toEqual([expect.toSatisfy((pongs) => pongs > 2)]), PATIENCE);
  return [...lines.keys()][0];
}

describe("of a recording that nobody has asked anything", () => {
  test("no thread runs, and the relay is answered all the same", async () => {
    served.recorded();
    await untilAnswered();
    expect(started).toEqual([]);
  });

  test("a question starts a reader, and nothing else", async () => {
    expect((await served.ask("/api/session")).status).toBe(200);
    expect(started).toEqual(["lookup"]);
  });

  test("the page's own files start a reader, which the page needs next", async () => {
    expect((await served.ask("/")).status).toBe(200);
    expect(started).toEqual(["lookup"]);
  });

  test("a question about holds starts interventions, which answer the relay from then on", async () => {
    const before = await untilAnswered();
    expect((await served.ask("/api/holds")).status).toBe(200);
    expect(started).toEqual(["interventions"]);
    expect(await untilAnswered()).not.toBe(before);
  });

  test("interventions that cannot answer the relay, since the session's file is lost, leave that to the desk", async () => {
    isFileThere = false;
    const line = await untilAnswered();
    const page = await served.listen();
    const before = (line && lines.get(line)) ?? 0;
    await vi.waitFor(() => expect(line && lines.get(line)).toBeGreaterThan(before + 2), PATIENCE);
    expect(started).toContain("interventions");
    page.close();
  });

  test("a page that listens starts what it listens to", async () => {
    const page = await served.listen();
    await page.until(({ messages }) => messages.find(({ type }) => type === "session"));
    expect(started).toEqual(["lookup", "interventions"]);
    page.close();
  });
});
