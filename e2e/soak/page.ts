/** A page of the hub: one that reads what it is sent, or one that has stopped reading. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Address, open } from "./bad-clients.ts";

const VIEWS = 4;

/** Opens the WebSocket with some views, and leaves after a while. @param isSlow it does not read what it is sent */
export async function openPage(page: Address, token: string, stayMs: number, isSlow: boolean): Promise<void> {
  const socket = await open(page);
  if (socket === undefined) {
    return;
  }
  const own = `${page.host}:${page.port}`;
  socket.write(
    `GET /api/live HTTP/1.1\r\nHost: ${own}\r\nOrigin: http://${own}\r\nAuthorization: Bearer ${token}\r\n` +
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
      "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n",
  );
  for (let view = 1; view <= VIEWS; view++) {
    const what = view % 2 === 0 ? "messages" : "invocations";
    socket.write(textFrame(JSON.stringify({ type: "subscribe", view, what, filter: "", after: 0 })));
  }
  if (isSlow) {
    socket.pause();
  }
  await sleep(stayMs);
  socket.resetAndDestroy();
}

/** A masked frame of text, RFC 6455, 5.2. The mask is zero, so the text stands as it is. */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  if (payload.length > 125) {
    throw new Error("the text is too long for a short frame");
  }
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}
