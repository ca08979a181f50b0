import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { WebSocket } from "ws";
import { createPage, type Page } from "./page.ts";

const MIB = 1024 * 1024;

let socket: { bufferedAmount: number; send(data: string): void; close(): void; terminate(): void; on(): void };
let said: unknown[];
let isClosed: boolean;
let now: number;
let page: Page;

beforeEach(() => {
  said = [];
  isClosed = false;
  now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  socket = {
    bufferedAmount: 0,
    send: (data) => void said.push(typeof data === "string" ? JSON.parse(data) : data),
    close() {
      isClosed = true;
    },
    terminate() {},
    on() {},
  };
  page = createPage(socket as unknown as WebSocket, "");
});

afterEach(() => void vi.restoreAllMocks());

function sendWhile(waiting: number): void {
  socket.bufferedAmount = waiting;
  page.sendFrame(1, Uint32Array.of(1));
}

describe("a page", () => {
  test("that has much to receive is full, until half of that has arrived", () => {
    sendWhile(4 * MIB);
    expect(page.isFull).toBe(false);
    sendWhile(4 * MIB + 1);
    expect(page.isFull).toBe(true);
    socket.bufferedAmount = 3 * MIB;
    expect([page.check(), page.isFull]).toEqual([false, true]);
    socket.bufferedAmount = 2 * MIB;
    expect([page.check(), page.isFull]).toEqual([true, false]);
    expect([page.check(), isClosed]).toEqual([false, false]);
  });

  test("that has been full for long is let go with the reason, and told nothing any more", () => {
    sendWhile(5 * MIB);
    now = 30_000;
    page.check();
    expect(isClosed).toBe(false);
    now = 30_001;
    expect(page.check()).toBe(false);
    expect(isClosed).toBe(true);
    expect(said.at(-1)).toEqual({ type: "refused", message: "This page has not read for a while" });
    const count = said.length;
    page.sendFrame(1, Uint32Array.of(1));
    page.sendText("{}");
    expect(said).toHaveLength(count);
  });

  test("that has too much to receive is let go at once", () => {
    sendWhile(16 * MIB);
    expect(isClosed).toBe(false);
    sendWhile(16 * MIB + 1);
    expect(isClosed).toBe(true);
    expect(said.at(-1)).toEqual({ type: "refused", message: "This page reads too slowly" });
  });
});
