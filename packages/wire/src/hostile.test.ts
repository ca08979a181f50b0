import { createTranscript, http2Writer } from "@inspector/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type ConversationState, createConversation } from "./conversation.ts";
import { FrameWalker } from "./frame-walker.ts";
import { HpackDecoder } from "./hpack.ts";

const { frame, headers, preface, settings } = http2Writer;

const side = fc.constantFrom("host" as const, "worker" as const);
const opened = Buffer.concat([
  preface,
  settings(),
  headers(1, [
    [":path", "/"],
    ["content-type", "application/grpc"],
  ]),
]);

/** Frames whose form is right and whose content is not. */
const strangeFrame = fc
  .tuple(fc.nat(11), fc.nat(255), fc.constantFrom(0, 1, 1, 1, 3, 2, 0xffffffff), fc.uint8Array({ maxLength: 60 }))
  .map(([type, flags, stream, payload]) => frame(type, flags, stream, payload));

/** Bytes that a state keeps of what was pushed. */
function keptBytes(state: ConversationState): number {
  const inCalls = state.calls.open.flatMap(({ host, worker }) => [
    host.scanner?.held.length,
    worker.scanner?.held.length,
  ]);
  const inDirections = [state.host, state.worker].flatMap(({ reader, block, hpack }) => [
    reader.held.length,
    block.fragments.length,
    ...hpack.entries.map(([name, value]) => name.length + value.length),
  ]);
  return [...inCalls, ...inDirections].reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0);
}

test("any bytes, from either side, are taken without an error and without keeping more than came", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(side, fc.uint8Array({ maxLength: 200 }))), fc.boolean(), (pieces, isOpened) => {
      const conversation = createConversation(createTranscript().events);
      if (isOpened) {
        conversation.push("worker", opened);
      }
      for (const [from, bytes] of pieces) {
        conversation.push(from, bytes);
      }
      expect(keptBytes(conversation.save())).toBeLessThan(opened.length + pieces.length * 200);
      conversation.closed();
    }),
    { numRuns: 300 },
  );
});

test("frames of the right form with any content are taken without an error, and a reason comes at most once", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(side, strangeFrame), { maxLength: 60 }), (frames) => {
      const { events, entries } = createTranscript();
      const conversation = createConversation(events);
      conversation.push("worker", opened);
      conversation.push("host", settings());
      for (const [from, bytes] of frames) {
        conversation.push(from, bytes);
      }
      const reasons = entries.filter((entry) => entry.type === "unreadable" && entry.stream === undefined);
      expect(reasons.length).toBeLessThanOrEqual(1);
      if (reasons.length === 1) {
        expect(entries.at(-1)).toBe(reasons[0]);
      }
    }),
    { numRuns: 1000 },
  );
});

test("any header block gives headers or a reason", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 5 }), (blocks) => {
      const decoder = new HpackDecoder();
      for (const block of blocks) {
        const decoded = decoder.decode(block, 0, block.length);
        expect(decoded.ok ? decoded.headers.length <= block.length : decoded.reason.length > 0).toBe(true);
      }
    }),
    { numRuns: 1000 },
  );
});

test("any bytes can be walked", () => {
  fc.assert(
    fc.property(side, fc.array(fc.uint8Array({ maxLength: 100 })), (from, chunks) => {
      const walker = new FrameWalker(from);
      walker.walk(from === "worker" ? preface : settings(), 0, 24);
      for (const chunk of chunks) {
        walker.walk(chunk, 0, chunk.length);
      }
      expect(walker.payloadLeft).toBeLessThan(2 ** 24);
    }),
  );
});

test("a message that is announced as 4 GiB takes no more memory than its bytes", () => {
  const conversation = createConversation(createTranscript().events);
  conversation.push("worker", opened);
  conversation.push("worker", frame(0, 0, 1, Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3])));
  expect(conversation.save().calls.open[0]?.worker.scanner?.held).toEqual(Uint8Array.of(1, 2, 3));
});
