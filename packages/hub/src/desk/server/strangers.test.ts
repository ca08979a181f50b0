/** Connections of those who may not come in: what they cost, and that they cost nobody else anything. */
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readHere } from "../../../testing/reader-here.ts";
import { writeSession } from "../../../testing/recorded-session.ts";
import { type Folder, makeFolder, type ServedSessions, serve, TOKEN } from "../../../testing/served-sessions.ts";
import type { StartReader } from "../reader/start-reader.ts";

let folder: Folder;
let served: ServedSessions;
let clients: Socket[] = [];

beforeEach(async () => {
  folder = makeFolder();
  writeSession(folder.file("a")).close();
  served = await serve(folder, folder.file("a"));
});

afterEach(async () => {
  for (const client of clients) {
    client.destroy();
  }
  clients = [];
  await served.close();
  folder.remove();
});

/** A client that never ends its own side. */
async function dial(): Promise<Socket> {
  const client = connect({ port: served.port, host: "127.0.0.1", allowHalfOpen: true });
  clients.push(client);
  client.on("error", () => {});
  await once(client, "connect");
  return client;
}

const upgrade = (path: string, more: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${served.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more}\r\n`;

const withToken = (): string => `Origin: ${served.origin}\r\nAuthorization: Bearer ${TOKEN}\r\n`;

/** Descriptors of this process, in which server and clients are. */
const descriptors = (): number => readdirSync("/proc/self/fd").length;

const openSockets = (): number => process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;

test("an upgrade that is refused costs no descriptor, even of a client that stays", async () => {
  if (process.platform !== "linux") {
    return;
  }
  const before = descriptors();
  const refusals = [
    ["/api/live", "", 403],
    ["/api/live", `Origin: http://evil.example\r\nAuthorization: Bearer ${TOKEN}\r\n`, 403],
    ["/api/session", withToken(), 404],
    ["/api/live?session=none", withToken(), 404],
  ] as const;
  for (let n = 0; n < 40; n++) {
    for (const [path, more, status] of refusals) {
      const client = await dial();
      client.write(upgrade(path, more));
      const [answer] = await once(client, "data");
      expect(String(answer)).toMatch(new RegExp(`^HTTP/1.1 ${status} .*\r\nConnection: close\r\n`, "u"));
      await once(client, "end");
    }
  }
  await expect.poll(descriptors).toBeLessThan(before + clients.length + 10);
});

test("an upgrade that is refused and reset harms nobody", async () => {
  for (let n = 0; n < 100; n++) {
    const client = await dial();
    client.write(upgrade("/api/live", ""), () => client.resetAndDestroy());
    await once(client, "close");
  }
  expect((await served.ask("/api/session")).status).toBe(200);
});

test("an upgrade that is reset before it is granted harms nobody", async () => {
  await served.close();
  /** What the reader has answered meanwhile, while somebody waits for that. */
  let answers: (() => void)[] | undefined;
  const start: StartReader = (options, { onMessage, onDied }) =>
    readHere()(options, {
      onMessage(message) {
        if (answers === undefined) {
          onMessage(message);
        } else {
          answers.push(() => onMessage(message));
        }
      },
      onDied,
    });
  served = await serve(folder, folder.file("a"), { startReader: start });
  const before = openSockets();
  answers = [];
  for (let n = 0; n < 20; n++) {
    (await dial()).write(upgrade("/api/live", withToken()));
  }
  const held = answers;
  await expect.poll(() => held.length).toBeGreaterThanOrEqual(20);
  for (const client of clients) {
    client.resetAndDestroy();
  }
  await expect.poll(openSockets).toBeLessThanOrEqual(before);
  answers = undefined;
  for (const answer of held) {
    answer();
  }
  expect((await served.ask("/api/session")).status).toBe(200);
  expect((await served.ask("/api/pages")).json).toMatchObject({ pages: 0 });
});

test("of those who show no token there are only so many, and whoever shows it stays", async () => {
  const member = await dial();
  member.write(`GET /api/session HTTP/1.1\r\nHost: 127.0.0.1:${served.port}\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`);
  await once(member, "data");
  const silent: Socket[] = [];
  for (let n = 0; n < 150; n++) {
    silent.push(await dial());
  }
  const ended = (): number => silent.filter((client) => client.readableEnded || client.destroyed).length;
  for (const client of silent) {
    client.resume();
  }
  await expect.poll(ended).toBe(150 - 64);
  expect(member.destroyed).toBe(false);
  expect((await served.ask("/api/session")).status).toBe(200);
});
