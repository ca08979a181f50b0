import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Folder, makeFolder } from "../../testing/served-sessions.ts";
import { createRelayLines, type RelayLines } from "./relay-lines.ts";

const MIB = 1024 * 1024;

let folder: Folder;
let server: Server;
let dialled: Socket[];
let lines: RelayLines;

/** A relay that takes the line and reads nothing of it. */
beforeEach(async () => {
  folder = makeFolder();
  const directory = join(folder.journals, "j");
  const control = join(directory, "control.sock");
  const session = folder.file("one");
  dialled = [];
  mkdirSync(directory, { recursive: true });
  server = createServer({ pauseOnConnect: true }, (socket) => {
    socket.on("error", () => {});
    dialled.push(socket);
  });
  await once(server.listen(control), "listening");
  writeFileSync(join(directory, "journal.json"), JSON.stringify({ session, control, startedAt: 1 }));
  lines = createRelayLines(folder.journals, session, { onReport() {}, onUp() {}, onDown() {}, onPing() {} });
});

afterEach(() => {
  lines.close();
  for (const socket of dialled) {
    socket.destroy();
  }
  server.close();
  folder.remove();
});

test("a relay that does not keep up has room again once it has read what waits", async () => {
  expect(lines.hasRoom("j")).toBe(false);
  await expect.poll(() => lines.isUp("j")).toBe(true);
  expect(lines.hasRoom("j")).toBe(true);
  const order = { order: "replay", at: { connection: 1, stream: 1 }, invocationId: "i", more: true } as const;
  const message = "x".repeat(MIB);
  const mark = { run: 1, n: 1, isEdited: false };
  let sent = 0;
  while (lines.hasRoom("j")) {
    sent += 1;
    expect(lines.send("j", { ...order, mark, message })).toBe(true);
    expect(sent).toBeLessThan(100);
  }
  expect(sent).toBeGreaterThan(10);
  expect(lines.isUp("j")).toBe(true);
  for (const socket of dialled) {
    socket.resume();
  }
  await expect.poll(() => lines.hasRoom("j")).toBe(true);
});
