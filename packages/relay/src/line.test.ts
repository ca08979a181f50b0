import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { InterventionReport } from "@inspector/contract/intervention-lines";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { HubPeer } from "./hub-peer.ts";
import { Line } from "./line.ts";

const PATIENCE = { timeout: 60_000 };
const MIB = 1024 * 1024;

let server: Server;
let near: Socket;
let far: Socket;

beforeEach(async () => {
  server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const connected = once(server, "connection");
  near = connect((server.address() as AddressInfo).port, "127.0.0.1");
  far = (await connected)[0];
  await once(near, "connect");
  far.on("error", () => {});
});

afterEach(() => {
  near.destroy();
  far.destroy();
  server.close();
});

describe("a line", () => {
  test("brings messages in order, whole however they are cut, and undefined for what is no JSON", async () => {
    const heard: unknown[] = [];
    new Line(near, { maxWaiting: MIB, onMessage: (message) => heard.push(message) });
    for (const piece of ['{"a"', ':1}\n{"b":2}\nno', ' JSON\n"c"', "\n"]) {
      far.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(() => heard, PATIENCE).toEqual([{ a: 1 }, { b: 2 }, undefined, "c"]);
  });

  test("is closed where the other end does not read and too much waits for it", async () => {
    far.pause();
    const line = new Line<string>(near, { maxWaiting: 2 * MIB, onMessage: () => {} });
    let sent = 0;
    while (line.send("x".repeat(MIB))) {
      sent += 1;
      expect(sent).toBeLessThan(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(near.destroyed).toBe(true);
    expect(line.send("more")).toBe(false);
  });

  test("is closed where a line comes that is longer than any can be", async () => {
    const heard: unknown[] = [];
    new Line(near, { maxWaiting: MIB, onMessage: (message) => heard.push(message) });
    far.write("x".repeat(13 * MIB));
    await once(near, "close");
    expect(heard).toEqual([]);
  });
});

test("held messages are reported without their bytes where the hub does not keep up", async () => {
  let report: (report: InterventionReport) => void = () => {};
  const peer = new HubPeer(near, {
    takeOrders(callback) {
      report = callback;
      return { take() {}, end() {} };
    },
    onCommitted() {},
    desks: { up() {}, down() {}, silent() {} },
    onClosed() {},
  });
  const heard: { report?: string; message?: string }[] = [];
  far.write('{"hello":"desk","pid":1}\n{"order":"unhold","rule":1}\n');
  // However long this takes, the hub is one that answers.
  const pongs = setInterval(() => far.write('{"pong":1}\n'), 100);
  onTestFinished(() => clearInterval(pongs));
  await expect
    .poll(() => {
      report({ report: "queued", held: 0, queued: 0 });
      return near.writableLength + near.bytesWritten;
    }, PATIENCE)
    .toBeGreaterThan(100);
  far.pause();
  const at = { connection: 1, stream: 1 };
  const held = { report: "held", rule: 1, at, direction: "to-host", kind: 4, size: MIB, heldAt: 0 } as const;
  for (let n = 1; n <= 100; n++) {
    report({ ...held, held: n, message: "x".repeat(MIB) });
  }
  // Less than 64 MiB wait, and all of them are told of.
  expect(near.destroyed).toBe(false);
  new Line(far, {
    maxWaiting: MIB,
    onMessage: (message) => heard.push(message as { report?: string; message?: string }),
  });
  far.resume();
  await expect.poll(() => heard.filter((one) => one.report === "held").length, PATIENCE).toBe(100);
  const withBytes = heard.filter((one) => one.message !== undefined).length;
  expect(withBytes).toBeGreaterThan(0);
  expect(withBytes).toBeLessThan(60);
  peer.close();
});
