import { http2Writer } from "@inspector/testkit";
import type { Side } from "@inspector/wire/frames";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readContents, type TakeBytes } from "./stream-contents.ts";

const { data, frame, headers, preface, resetStream, settings } = http2Writer;

/** Takes what was found, by side and stream. */
function createFinder(): { take: TakeBytes; found: Record<string, string> } {
  const found: Record<string, string> = {};
  const take = readContents((stream, side) => {
    const way = `${side} ${stream}`;
    found[way] = "";
    return (chunk, start, end) => {
      found[way] += Buffer.from(chunk.subarray(start, end)).toString("latin1");
    };
  });
  return { take, found };
}

/** Hands over bytes in a buffer that is written over afterwards. */
function takeChunk(take: TakeBytes, side: Side, bytes: Uint8Array): void {
  const chunk = Buffer.concat([bytes, Buffer.from("what was here before")]);
  take(side, chunk, bytes.length);
  chunk.fill(0xff);
}

const streams = fc.constantFrom(1, 3);
const dataFrames = fc.array(
  fc.oneof(
    fc.record({
      stream: streams,
      text: fc.string({ unit: "grapheme-ascii" }),
      padding: fc.option(fc.nat({ max: 255 })),
    }),
    fc.constantFrom(6, 8, 9, 0x42),
  ),
);

test.each(["worker", "host"] as const)("all that a %s says is found, without padding, wherever it is cut", (side) => {
  fc.assert(
    fc.property(dataFrames, fc.integer({ min: 1, max: 40 }), (frames, bytesAtOnce) => {
      const { take, found } = createFinder();
      takeChunk(take, "worker", Buffer.concat([preface, settings(), headers(1, []), headers(3, [])]));
      if (side === "host") {
        takeChunk(take, "host", Buffer.concat([settings(), headers(1, []), headers(3, [])]));
      }
      const said: Record<number, string> = { 1: "", 3: "" };
      const bytes = Buffer.concat(
        frames.map((one) => {
          if (typeof one === "number") {
            return frame(one, 0, 0, new Uint8Array(8));
          }
          said[one.stream] += one.text;
          const options = one.padding === null ? {} : { padding: one.padding };
          return data(one.stream, Buffer.from(one.text, "latin1"), options);
        }),
      );
      for (let at = 0; at < bytes.length; at += bytesAtOnce) {
        takeChunk(take, side, bytes.subarray(at, at + bytesAtOnce));
      }
      expect([found[`${side} 1`], found[`${side} 3`]]).toEqual([said[1], said[3]]);
    }),
  );
});

test("what comes behind a stream's end, or in one that nobody opened, is nobody's", () => {
  const { take, found } = createFinder();
  const text = (content: string): Uint8Array => Buffer.from(content);
  takeChunk(take, "worker", Buffer.concat([preface, settings(), headers(1, []), headers(3, []), headers(5, [])]));
  takeChunk(take, "worker", Buffer.concat([data(1, text("last"), { endStream: true }), data(1, text("too late"))]));
  takeChunk(take, "host", Buffer.concat([settings(), data(1, text("still speaks")), resetStream(3, 8)]));
  takeChunk(take, "worker", Buffer.concat([data(3, text("too late")), data(7, text("never opened"))]));
  takeChunk(take, "host", Buffer.concat([headers(5, [], { endStream: true }), data(5, text("too late"))]));
  takeChunk(take, "worker", Buffer.concat([headers(3, []), data(3, text("opened twice"))]));
  expect(found).toEqual({
    "worker 1": "last",
    "host 1": "still speaks",
    "worker 3": "",
    "host 3": "",
    "worker 5": "",
    "host 5": "",
  });
});

test("a connection that is not HTTP/2 has no streams", () => {
  const { take, found } = createFinder();
  takeChunk(take, "worker", Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  takeChunk(take, "host", Buffer.from("HTTP/1.1 200 OK\r\n\r\n"));
  expect(found).toEqual({});
});
