/** Clients that nobody wants: on the relay's port and on the page's. None of them waits for an answer. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import * as http2Writer from "@inspector/testkit/http2-writer";
import type { Dice } from "./dice.ts";

export type Address = { readonly host: string; readonly port: number };

const LONGEST_VISIT_MS = 8_000;

/** What is said first on the relay's port, before the connection is left open for a while, ended or reset. */
const RELAY_OPENINGS: readonly ((dice: Dice) => Uint8Array)[] = [
  (dice) => dice.bytes(dice.between(1, 4_000)),
  () => Buffer.from("GET / HTTP/1.1\r\nhost: here\r\n\r\n"),
  () => Buffer.from("1603010200010001fc0303", "hex"),
  () => http2Writer.preface.subarray(0, 11),
  () => http2Writer.preface,
  (dice) => Buffer.concat([http2Writer.preface, http2Writer.settings(), dice.bytes(dice.between(1, 300))]),
  // A header block that never ends, and a message whose end never comes.
  () => Buffer.concat([http2Writer.preface, http2Writer.settings(), http2Writer.frame(1, 0, 1, Buffer.alloc(20))]),
  () =>
    Buffer.concat([
      http2Writer.preface,
      http2Writer.settings(),
      http2Writer.headers(1, [
        [":method", "POST"],
        [":scheme", "http"],
        [":path", "/AzureFunctionsRpcMessages.FunctionRpc/EventStream"],
        ["content-type", "application/grpc"],
      ]),
      http2Writer.data(1, http2Writer.grpcMessage(Buffer.alloc(1_000)).subarray(0, 300)),
    ]),
];

const UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n";

const PAGE_OPENINGS: readonly ((dice: Dice, own: string) => Uint8Array)[] = [
  (dice) => dice.bytes(dice.between(1, 2_000)),
  (_, own) => Buffer.from(`GET /api/session HTTP/1.1\r\nHost: ${own}\r\n`),
  (_, own) => Buffer.from(`GET /api/session HTTP/1.1\r\nHost: ${own}\r\n\r\n`),
  (_, own) => Buffer.from(`POST /api/holds/rules HTTP/1.1\r\nHost: ${own}\r\nContent-Length: 1000\r\n\r\n{`),
  (_, own) => Buffer.from(`GET /api/live HTTP/1.1\r\nHost: ${own}\r\n${UPGRADE}\r\n`),
  () => Buffer.from(`GET /api/live HTTP/1.1\r\nHost: elsewhere\r\n${UPGRADE}\r\n`),
];

export async function visitRelay(dice: Dice, relay: Address): Promise<void> {
  await visit(dice, relay, dice.pick(RELAY_OPENINGS)(dice));
}

export async function visitPage(dice: Dice, page: Address): Promise<void> {
  await visit(dice, page, dice.pick(PAGE_OPENINGS)(dice, `${page.host}:${page.port}`));
}

/** As a port check does: connects, says nothing, and is gone. */
export async function probe(dice: Dice, relay: Address): Promise<void> {
  const socket = await open(relay);
  if (socket === undefined) {
    return;
  }
  if (dice.roll(2) === 0) {
    socket.end();
  } else {
    socket.resetAndDestroy();
  }
  await gone(socket);
}

async function visit(dice: Dice, address: Address, opening: Uint8Array): Promise<void> {
  const stay = dice.pick([0, 0, 200, dice.roll(LONGEST_VISIT_MS)]);
  const isReset = dice.roll(2) === 0;
  const socket = await open(address);
  if (socket === undefined) {
    return;
  }
  socket.write(opening);
  await Promise.race([sleep(stay), gone(socket)]);
  if (isReset) {
    socket.resetAndDestroy();
  } else {
    socket.end();
  }
  await Promise.race([sleep(LONGEST_VISIT_MS), gone(socket)]);
  socket.destroy();
}

/** Undefined where nobody listens: the hub is down now and then. */
export async function open({ host, port }: Address): Promise<Socket | undefined> {
  const socket = connect(port, host);
  socket.on("error", () => {});
  socket.resume();
  await Promise.race([once(socket, "connect"), gone(socket)]).catch(() => {});
  return socket.destroyed ? undefined : socket;
}

function gone(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) {
      resolve();
    } else {
      socket.once("close", () => resolve());
    }
  });
}
