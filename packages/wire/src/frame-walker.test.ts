import { http2Writer } from "@inspector/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FrameWalker } from "./frame-walker.ts";

const { frame, preface, settings } = http2Writer;

const payloads = fc.array(fc.nat({ max: 300 }), { maxLength: 12 });

function walkInPieces(walker: FrameWalker, bytes: Uint8Array, cuts: readonly number[]): void {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  for (let i = 1; i < places.length; i++) {
    walker.walk(bytes, places[i - 1] ?? 0, (places[i] ?? 0) - (places[i - 1] ?? 0));
  }
}

describe.each(["worker", "host"] as const)("the %s's frames", (side) => {
  const opening = Buffer.concat(side === "worker" ? [preface, settings()] : [settings()]);

  test("are counted wherever the chunks are cut", () => {
    fc.assert(
      fc.property(payloads, fc.array(fc.nat()), (sizes, cuts) => {
        const bytes = Buffer.concat([opening, ...sizes.map((size) => frame(0, 0, 1, new Uint8Array(size)))]);
        const walker = new FrameWalker(side);
        walkInPieces(walker, bytes, cuts);
        expect([walker.isHttp2, walker.frames, walker.atFrameBoundary]).toEqual([true, sizes.length + 1, true]);
      }),
    );
  });

  test("end where the boundary says, at every byte", () => {
    const bytes = Buffer.concat([opening, frame(0, 0, 1, new Uint8Array(3)), frame(6, 0, 0, new Uint8Array(8))]);
    const boundaries = [0, 12, 29].map((after) => opening.length + after);
    const walker = new FrameWalker(side);
    for (let at = 0; at < bytes.length; at++) {
      walker.walk(bytes, at, 1);
      const isOpeningOnly = side === "worker" && at + 1 === preface.length;
      expect(walker.atFrameBoundary).toBe(boundaries.includes(at + 1) || isOpeningOnly);
    }
  });

  test("tell how much payload is to come", () => {
    const walker = new FrameWalker(side);
    const bytes = Buffer.concat([opening, frame(0, 0, 1, new Uint8Array(70_000))]);
    walker.walk(bytes, 0, opening.length + 9 + 400);
    expect(walker.payloadLeft).toBe(69_600);
    walker.walk(bytes, opening.length + 409, 69_599);
    expect([walker.payloadLeft, walker.atFrameBoundary]).toEqual([1, false]);
  });
});

test.each([
  ["worker", "GET / HTTP/1.1\r\n\r\n"],
  ["worker", "PRI * HTTP/1.1\r\n"],
  ["worker", "\x16\x03\x01\x02\x00"],
  ["host", "HTTP/1.1 400 Bad Request\r\n\r\n"],
] as const)("a %s that says %j does not speak HTTP/2", (side, text) => {
  const bytes = Buffer.from(text, "latin1");
  for (const size of [1, 3, bytes.length]) {
    const walker = new FrameWalker(side);
    for (let at = 0; at < bytes.length; at += size) {
      walker.walk(bytes, at, Math.min(size, bytes.length - at));
    }
    expect([walker.isHttp2, walker.atFrameBoundary, walker.frames, walker.payloadLeft]).toEqual([false, false, 0, 0]);
  }
});

test("nothing is known before the opening is complete", () => {
  const worker = new FrameWalker("worker");
  worker.walk(preface, 0, 23);
  const host = new FrameWalker("host");
  host.walk(settings(), 0, 3);
  expect([worker.isHttp2, host.isHttp2, worker.atFrameBoundary]).toEqual([undefined, undefined, false]);
});
