import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FromHub, parseFromRelay } from "@inspector/contract/relay-line";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createControl } from "./control.ts";
import { createJournal, type Journal } from "./journal.ts";
import { Line } from "./line.ts";
import { isRunningProcess, thisProcess } from "./process-identity.ts";

const PATIENCE = { timeout: 60_000 };

let directory: string;
let control: string;
let journal: Journal;
let closeControl: () => void;
let heard: string[];
let sockets: Socket[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "control-"));
  control = join(directory, "control.sock");
  journal = createJournal({ directory });
  const mine: string[] = [];
  heard = mine;
  sockets = [];
  ({ close: closeControl } = await createControl({
    directory,
    description: { session: "", control, process: thisProcess(), startedAt: 0 },
    relay: { journal, takeOrders: () => ({ take: () => mine.push("order"), end: () => mine.push("orders ended") }) },
    desks: {
      up: (pid) => mine.push(`up ${pid}`),
      down: (pid) => mine.push(`down ${pid}`),
      silent: (pid) => mine.push(`silent ${pid}`),
    },
  }));
});

afterEach(() => {
  for (const socket of sockets) {
    socket.destroy();
  }
  closeControl();
  journal.close();
  rmSync(directory, { recursive: true, force: true });
});

async function dial(onPing: (line: Line<FromHub>, ping: number) => void): Promise<Line<FromHub>> {
  const socket = connect(control);
  sockets.push(socket);
  const line = new Line<FromHub>(socket, {
    maxWaiting: 1024,
    onMessage(message) {
      const said = parseFromRelay(message);
      if (said !== undefined && "ping" in said) {
        onPing(line, said.ping);
      }
    },
  });
  await once(socket, "connect");
  return line;
}

describe("a desk", () => {
  test("that does not answer is hung up on, after what it had ordered is ended", async () => {
    const line = await dial(() => {});
    line.send({ hello: "desk", pid: 7 });
    line.send({ order: "unhold", rule: 1 });
    await once(sockets[0] as Socket, "close");
    expect(heard).toEqual(["up 7", "order", "orders ended", "down 7", "silent 7"]);
  });

  test("that answers stays", async () => {
    let pings = 0;
    const line = await dial((it, ping) => {
      pings += 1;
      it.send({ pong: ping });
    });
    line.send({ hello: "desk", pid: 7 });
    await expect.poll(() => pings, PATIENCE).toBeGreaterThan(8);
    expect(heard).toEqual(["up 7"]);
  });

  test("that gives orders is not silent, whenever its answers come", async () => {
    let pings = 0;
    const line = await dial((it) => {
      pings += 1;
      it.send({ order: "unhold", rule: 1 });
    });
    line.send({ hello: "desk", pid: 7 });
    await expect.poll(() => pings, PATIENCE).toBeGreaterThan(8);
    expect(heard).toContain("order");
    expect(heard).not.toContain("silent 7");
  });

  test("that hangs up is no silent one", async () => {
    const line = await dial(() => {});
    line.send({ hello: "desk", pid: 7 });
    await expect.poll(() => heard, PATIENCE).toEqual(["up 7"]);
    line.close();
    await expect.poll(() => heard, PATIENCE).toEqual(["up 7", "down 7"]);
  });
});

test("what was said before a hello, and what is no JSON, is passed over", async () => {
  const line = await dial(() => {});
  line.send({ order: "unhold", rule: 1 });
  sockets[0]?.write("no JSON\n");
  line.send({ hello: "ingest", pid: 8 });
  line.send({ committed: 0 });
  line.send({ hello: "desk", pid: 8 });
  await expect.poll(() => heard, PATIENCE).toEqual(["up 8"]);
});

test("an ingest is not pinged: it may be busy for long", async () => {
  let pings = 0;
  const line = await dial(() => {
    pings += 1;
  });
  line.send({ hello: "ingest", pid: 9 });
  const desk = await dial((it, ping) => it.send({ pong: ping }));
  desk.send({ hello: "desk", pid: 7 });
  await once(
    connect(control).on("error", () => {}),
    "data",
  );
  await expect.poll(() => heard, PATIENCE).toEqual(["up 7"]);
  expect(pings).toBe(0);
});

test("the socket that somebody removed is made again", async () => {
  rmSync(control);
  await expect.poll(() => existsSync(control), PATIENCE).toBe(true);
  await dial(() => {});
});

describe("a process is the one that was named", () => {
  test("while it runs", () => {
    expect(isRunningProcess(thisProcess())).toBe(true);
  });

  test("and not one that has taken its number since", () => {
    expect(
      isRunningProcess({ ...thisProcess(), ...(process.platform === "linux" ? { ticks: "1" } : { startedAt: 0 }) }),
    ).toBe(false);
  });

  test("and not when it has ended", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    expect(isRunningProcess({ pid: child.pid ?? 0, startedAt: Date.now(), ticks: undefined })).toBe(false);
  });
});
