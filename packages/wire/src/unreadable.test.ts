import { createTranscript, http2Writer, startConversation } from "@inspector/testkit";
import { describe, expect, test } from "vitest";
import { createConversation } from "./conversation.ts";
import { PART_BYTES } from "./grpc.ts";

const { data, frame, grpcMessage, headers, headersOf, settings } = http2Writer;

const REQUEST = [
  [":method", "POST"],
  [":path", "/some.Service/Call"],
  ["content-type", "application/grpc"],
] as const;
const RESPONSE = [
  [":status", "200"],
  ["content-type", "application/grpc"],
] as const;
const TRAILERS = [["grpc-status", "0"]] as const;

function text(content: string): Uint8Array {
  return Buffer.from(content, "latin1");
}

describe("a connection that cannot be read", () => {
  test.each([
    ["worker", "GET /index.html HTTP/1.1\r\n", "this looks like HTTP/1, not like HTTP/2"],
    ["worker", "POST / HTTP/1.1\r\n", "this looks like HTTP/1, not like HTTP/2"],
    ["worker", "\x16\x03\x01\x02\x00\x01", "this looks like TLS, not like HTTP/2 in plain text"],
    ["worker", "PRI * HTTP/2.0\r\n\r\nsm", "this is not HTTP/2: its first bytes are not the client's preface"],
    ["host", "HTTP/1.1 400 Bad Request\r\n", "this looks like HTTP/1, not like HTTP/2"],
    ["host", "220 mail.example ESMTP\r\n", "this is not HTTP/2: it does not begin with a SETTINGS frame"],
  ] as const)("because a %s begins with %j", (side, opening, reason) => {
    for (const size of [1, 100]) {
      const { events, entries } = createTranscript();
      const conversation = createConversation(events);
      for (let at = 0; at < opening.length; at += size) {
        conversation.push(side, text(opening.slice(at, at + size)));
      }
      expect(entries).toEqual([{ type: "unreadable", side, stream: undefined, reason }]);
    }
  });

  test.each<[string, Uint8Array[], RegExp]>([
    ["a frame larger than allowed", [frame(0, 0, 1, new Uint8Array(16_385))], /16385 bytes, where 16384/],
    ["padding longer than its frame", [frame(0, 8, 1, text("\x05abc"))], /padding/],
    ["a padded frame without content", [frame(0, 8, 1)], /pad/],
    ["HEADERS whose padding does not fit", [frame(1, 0xc, 1, text("\x05ab"))], /padding/],
    ["HEADERS whose priority does not fit", [frame(1, 0x24, 1, text("ab"))], /priority/],
    ["DATA without a stream", [data(0, text("x"))], /without a stream/],
    ["HEADERS without a stream", [headers(0, REQUEST)], /without a stream/],
    ["HEADERS on an even stream", [headers(2, REQUEST)], /odd/],
    ["CONTINUATION without HEADERS", [frame(9, 4, 1)], /CONTINUATION/],
    ["a header block interrupted by DATA", [frame(1, 0, 1), data(1, text("x"))], /interrupted/],
    ["a header block continued on another stream", [frame(1, 0, 1), frame(9, 4, 3)], /interrupted/],
    ["a header block that HPACK does not allow", [headersOf(1, text("\x80"))], /table entry 0/],
    [
      "a header block without end",
      [frame(1, 0, 1), ...Array(70).fill(frame(9, 0, 1, new Uint8Array(16_384)))],
      /1 MiB/,
    ],
    ["RST_STREAM of five bytes", [frame(3, 0, 1, text("abcde"))], /RST_STREAM/],
    ["SETTINGS of five bytes", [frame(4, 0, 0, text("abcde"))], /SETTINGS/],
    ["SETTINGS within a stream", [frame(4, 0, 1)], /SETTINGS/],
    ["an acknowledgement with settings", [frame(4, 1, 0, text("abcdef"))], /acknowledgement/],
    ["thousands of settings without acknowledgement", Array(2000).fill(settings()), /acknowledgement/],
    ["GOAWAY of seven bytes", [frame(7, 0, 0, text("abcdefg"))], /GOAWAY/],
  ])("because of %s", (_, frames, reason) => {
    const { say, entries } = startConversation();
    say("worker", ...frames);
    expect(entries).toEqual([
      { type: "unreadable", side: "worker", stream: undefined, reason: expect.stringMatching(reason) },
    ]);
  });

  test("ends its open messages first, and then says nothing more", () => {
    const { say, told, conversation } = startConversation();
    say("worker", headers(1, REQUEST), data(1, grpcMessage(text("abc")).subarray(0, 6)));
    say("host", headers(1, RESPONSE), data(0, text("x")), headers(1, TRAILERS));
    say("worker", data(1, text("bc")));
    conversation.closed();
    expect(told().slice(2)).toEqual([
      "1 worker message 0/3 truncated a",
      "connection host unreadable: a DATA frame without a stream",
    ]);
  });
});

test("calls beyond ten thousand at once are not followed, and those before them are", () => {
  const { say, told } = startConversation();
  for (let i = 0; i <= 10_000; i++) {
    say("worker", headers(2 * i + 1, REQUEST));
  }
  say("worker", data(20_001, grpcMessage(text("lost"))), data(1, grpcMessage(text("read"))));
  expect(told().slice(-2)).toEqual([
    "20001 worker unreadable: more than 10000 calls at once: /some.Service/Call is not followed",
    "1 worker message 0/4 read",
  ]);
});

test("what unfinished messages may hold is limited for the connection", () => {
  const { say, entries, conversation } = startConversation();
  const framed = grpcMessage(new Uint8Array(PART_BYTES)).subarray(0, PART_BYTES - 100);
  for (let stream = 1; stream < 140; stream += 2) {
    say("worker", headers(stream, REQUEST));
    for (let at = 0; at < framed.length; at += 16_384) {
      say("worker", data(stream, framed.subarray(at, at + 16_384)));
    }
  }
  const held = conversation.save().calls.open.reduce((sum, { worker }) => sum + (worker.scanner?.held.length ?? 0), 0);
  expect(held).toBeLessThanOrEqual(64 * PART_BYTES);
  expect(entries.filter(({ type }) => type === "unreadable")).not.toEqual([]);
  expect(entries.filter((entry) => entry.type === "message" && entry.truncated)).not.toEqual([]);
});
