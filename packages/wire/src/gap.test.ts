import { createTranscript, formatEntry, http2Writer, startConversation } from "@inspector/testkit";
import { describe, expect, test } from "vitest";
import { type ConversationState, restoreConversation } from "./conversation.ts";
import { FrameWalker } from "./frame-walker.ts";

const { data, grpcMessage, headers, preface, settings } = http2Writer;

const REQUEST = headers(1, [
  [":path", "/a"],
  ["content-type", "application/grpc"],
]);

/** A message that begins as protobuf does, with field 1 of type string. */
function message(bytes: number, fill: string): Uint8Array {
  return grpcMessage(Buffer.concat([Buffer.from([0x0a]), Buffer.alloc(bytes - 1, fill)]));
}

/** What is said of a worker's frames when these bytes of them are lost; what comes in pieces is to say the same. */
function withGap(frames: readonly Uint8Array[], from: number, to: number): readonly string[] {
  const { say, told, conversation } = startConversation();
  say("worker", REQUEST);
  const bytes = Buffer.concat(frames);
  const walker = new FrameWalker("worker");
  for (const seen of [Buffer.concat([preface, settings(), REQUEST]), bytes.subarray(0, to)]) {
    walker.walk(seen, 0, seen.length);
  }
  conversation.push("worker", bytes.subarray(0, from));
  const position = walker.position();
  if (position !== undefined) {
    conversation.skip("worker", position);
  }
  const state = conversation.save();
  conversation.push("worker", bytes.subarray(to));
  const rest = told().slice(1);
  expect(goOnInPieces(state, bytes.subarray(to))).toEqual(
    rest.slice(rest.length - goOn(state, bytes.subarray(to)).length),
  );
  return rest;
}

function goOn(state: ConversationState, bytes: Uint8Array): readonly string[] {
  const { events, entries } = createTranscript();
  restoreConversation(state, events).push("worker", bytes);
  return entries.map(formatEntry);
}

function goOnInPieces(state: ConversationState, bytes: Uint8Array): readonly string[] {
  const { events, entries } = createTranscript();
  let conversation = restoreConversation(state, events);
  const size = Math.max(1, Math.floor(bytes.length / 200));
  for (let at = 0; at < bytes.length; at += size) {
    conversation.push("worker", bytes.subarray(at, at + size));
    conversation = restoreConversation(structuredClone(conversation.save()), events);
  }
  return entries.map(formatEntry);
}

describe("behind bytes that were lost", () => {
  const frames = ["a", "b", "c"].map((fill) => data(1, message(8, fill)));

  test("messages are found again at the next frame, wherever the gap ends", () => {
    const [a, b, c] = ["a", "b", "c"].map((fill) => `1 worker message 0/8 \n${fill.repeat(7)}`);
    // A frame is 22 bytes, 9 of them its header, which the relay remembers while it is not complete.
    for (let to = 1; to < 9; to++) {
      expect(withGap(frames, 0, to)).toEqual([a, b, c]);
    }
    for (let to = 9; to < 22 + 9; to++) {
      expect(withGap(frames, 0, to)).toEqual([b, c]);
    }
  });

  test("the message that was open goes out as truncated", () => {
    expect(withGap(frames, 20, 35)).toEqual([
      "1 worker message 0/8 truncated \naaaaa",
      "1 worker message 0/8 \nccccccc",
    ]);
  });

  test("padded frames, and several messages in one frame, are found too", () => {
    const packed = Buffer.concat([message(3, "x"), message(4, "y")]);
    expect(withGap([...frames, data(1, packed, { padding: 9 })], 0, 60)).toEqual([
      "1 worker message 0/3 \nxx",
      "1 worker message 0/4 \nyyy",
    ]);
  });

  test("the inside of a large message is not taken for one, even if it looks like one", () => {
    const inside = Buffer.concat(Array.from({ length: 4 }, () => message(30_000, "i")));
    const large = message(inside.length, "l");
    large.set(inside.subarray(0, inside.length - 6), 6);
    const pieces = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => data(1, large.subarray(i * 16_384, (i + 1) * 16_384)));
    for (const from of [0, 1, 2, 3]) {
      const to = (from + 1) * 16_393 - 100;
      expect(withGap([...pieces, data(1, message(5, "z"))], 0, to)).toEqual(["1 worker message 0/5 \nzzzz"]);
    }
  });

  test("a large message behind a short frame is found", () => {
    const large = message(20_000, "l");
    const pieces = [data(1, large.subarray(0, 16_384)), data(1, large.subarray(16_384))];
    const unfit = data(1, Buffer.from("end of something"));
    expect(withGap([...frames, unfit, ...pieces], 0, 60)).toEqual(["1 worker message 0/20000 20000 bytes"]);
  });
});
