import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { endWhenFlushed, reset, resetWhenFlushed } from "./socket-ends.ts";

/** Far more than the buffers of both ends hold. */
const PLENTY = Buffer.alloc(64 * 1024 * 1024);

let near: Socket;
let far: Socket;

beforeEach(async () => {
  const server = createServer({ pauseOnConnect: true });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const connected = once(server, "connection");
  near = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", allowHalfOpen: true });
  far = (await connected)[0];
  await once(near, "connect");
  for (const socket of [near, far]) {
    socket.on("error", () => {});
  }
  onTestFinished(() => {
    near.destroy();
    far.destroy();
    server.close();
  });
});

/** Not once(), which rejects where an error comes first: whether a reset is told as one depends on Node's version. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once("close", () => resolve());
  });
}

test("what is just being half-closed can be reset: it closes, and the other side learns of it", async () => {
  near.end();
  reset(near);
  await closed(near);
  far.resume();
  await closed(far);
  expect([near.destroyed, far.destroyed]).toEqual([true, true]);
});

test("what is half-closed with bytes still waiting, and then reset, closes once they have left", async () => {
  near.write(PLENTY);
  endWhenFlushed(near);
  resetWhenFlushed(near);
  far.resume();
  await Promise.all([closed(near), closed(far)]);
  // A reset takes with it what the other side's kernel still holds.
  expect(far.bytesRead).toBeGreaterThan(PLENTY.length / 2);
});

test("what is half-closed towards a side that reads nothing can be reset at once", async () => {
  near.write(PLENTY);
  endWhenFlushed(near);
  reset(near);
  await closed(near);
  far.resume();
  await closed(far);
  expect(far.bytesRead).toBeLessThan(PLENTY.length);
});
