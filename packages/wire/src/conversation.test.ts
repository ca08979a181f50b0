import { createTranscript, http2Writer, startConversation } from "@inspector/testkit";
import { describe, expect, test } from "vitest";
import { createConversation } from "./conversation.ts";
import { PART_BYTES } from "./grpc.ts";

const {
  data,
  frame,
  goaway,
  grpcMessage,
  headerBlock,
  headers,
  headersOf,
  preface,
  resetStream,
  settings,
  settingsAck,
} = http2Writer;

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

describe("a call", () => {
  test("is told from its headers to its trailers", () => {
    const { say, told } = startConversation();
    say("worker", headers(1, REQUEST), data(1, grpcMessage(text("question")), { endStream: true }));
    say("host", headers(1, RESPONSE), data(1, grpcMessage(text("answer"))), headers(1, TRAILERS, { endStream: true }));
    expect(told()).toEqual([
      "1 opened /some.Service/Call",
      "1 worker message 0/8 question",
      "1 worker end",
      "1 host headers :status 200 content-type application/grpc",
      "1 host message 0/6 answer",
      "1 host trailers grpc-status 0",
      "1 host end",
      "1 forgotten",
    ]);
  });

  test("may fail at once, with one header block for both", () => {
    const { say, told } = startConversation();
    say("worker", headers(1, REQUEST));
    say("host", headers(1, [...RESPONSE, ["grpc-status", "12"]], { endStream: true }));
    expect(told().slice(1)).toEqual([
      "1 host trailers :status 200 content-type application/grpc grpc-status 12",
      "1 host end",
    ]);
  });

  test("ends with an empty DATA frame too", () => {
    const { say, told } = startConversation();
    say("worker", headers(1, REQUEST), data(1, grpcMessage(text(""))), data(1, text(""), { endStream: true }));
    expect(told()).toEqual(["1 opened /some.Service/Call", "1 worker message 0/0 ", "1 worker end"]);
  });

  test("may have informational headers before the real ones", () => {
    const { say, told } = startConversation();
    say("worker", headers(1, REQUEST));
    say("host", headers(1, [[":status", "103"]]), headers(1, RESPONSE), data(1, grpcMessage(text("x"))));
    expect(told().slice(1)).toEqual([
      "1 host headers :status 103",
      "1 host headers :status 200 content-type application/grpc",
      "1 host message 0/1 x",
    ]);
  });

  test("that is not gRPC has no messages", () => {
    const { say, told } = startConversation();
    say("worker", headers(1, [[":path", "/page"]]), data(1, grpcMessage(text("x")), { endStream: true }));
    say(
      "host",
      headers(1, [
        [":status", "200"],
        ["content-type", "text/html"],
      ]),
      data(1, text("<p>"), { endStream: true }),
    );
    expect(told()).toEqual([
      "1 opened /page",
      "1 worker end",
      "1 host headers :status 200 content-type text/html",
      "1 host end",
      "1 forgotten",
    ]);
  });

  test.each([
    ["application/grpc+proto", 1],
    ["application/grpc; charset=utf-8", 1],
    ["APPLICATION/GRPC", 1],
    ["application/grpc-web", 0],
    ["application/json", 0],
  ])("with content-type %s has %i messages", (contentType, count) => {
    const { say, entries } = startConversation();
    say(
      "worker",
      headers(1, [
        [":path", "/"],
        ["content-type", contentType],
      ]),
      data(1, grpcMessage(text("x"))),
    );
    expect(entries.filter(({ type }) => type === "message")).toHaveLength(count);
  });
});

describe("messages", () => {
  test("share a DATA frame, or span several, among those of other calls", () => {
    const { say, told } = startConversation();
    const long = grpcMessage(text("abcdefghij"));
    say("worker", headers(1, REQUEST), headers(3, REQUEST));
    say("worker", data(1, Buffer.concat([grpcMessage(text("a")), grpcMessage(text("b")), long.subarray(0, 3)])));
    say("worker", data(3, grpcMessage(text("other"))), data(1, long.subarray(3, 8)), data(3, long.subarray(0, 9)));
    say("worker", data(1, long.subarray(8)), data(3, long.subarray(9)));
    expect(told().slice(2)).toEqual([
      "1 worker message 0/1 a",
      "1 worker message 0/1 b",
      "3 worker message 0/5 other",
      "1 worker message 0/10 abcdefghij",
      "3 worker message 0/10 abcdefghij",
    ]);
  });

  test("that stand in one piece are views of what was pushed", () => {
    const pushed = Buffer.concat([preface, settings(), headers(1, REQUEST), data(1, grpcMessage(text("here")))]);
    let buffer: unknown;
    const { events } = createTranscript();
    createConversation({ ...events, message: ({ bytes }) => (buffer = bytes.buffer) }).push("worker", pushed);
    expect(buffer).toBe(pushed.buffer);
  });

  test("say that they are compressed, and with what", () => {
    const { say, entries } = startConversation();
    say("worker", headers(1, [...REQUEST, ["grpc-encoding", "gzip"]]), data(1, grpcMessage(text("x"), 1)));
    expect(entries.at(-1)).toMatchObject({ type: "message", compressed: true, encoding: "gzip" });
  });

  test.each([PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES, 3 * PART_BYTES + 5])(
    "of %i bytes come in parts of 1 MiB",
    (length) => {
      const { say, entries } = startConversation();
      const message = Buffer.alloc(length, "0123456789abcdefg");
      const framed = grpcMessage(message);
      say("worker", headers(1, REQUEST));
      for (let at = 0; at < framed.length; at += 16_384) {
        say("worker", data(1, framed.subarray(at, at + 16_384)));
      }
      const parts = entries.filter((entry) => entry.type === "message");
      expect(parts.map(({ offset }) => offset)).toEqual(parts.map((_, i) => i * PART_BYTES));
      expect(parts.map(({ last }) => last)).toEqual(parts.map((_, i) => i === parts.length - 1));
      expect(parts).toHaveLength(Math.ceil(length / PART_BYTES));
      expect(message.equals(Buffer.concat(parts.map(({ bytes }) => bytes)))).toBe(true);
    },
  );

  test.each([
    ["a reset", [resetStream(1, 8)], "1 worker reset 8"],
    ["END_STREAM", [data(1, text(""), { endStream: true })], "1 worker end"],
  ])("cut off by %s come out as truncated, before the end", (_, frames, end) => {
    const { say, told } = startConversation();
    say("worker", headers(1, REQUEST), data(1, grpcMessage(text("abcdef")).subarray(0, 8)), ...frames);
    expect(told().slice(1)).toEqual(["1 worker message 0/6 truncated abc", end]);
  });

  test("cut off by the end of the connection come out as truncated, once", () => {
    const { say, told, conversation } = startConversation();
    say("worker", headers(1, REQUEST), data(1, grpcMessage(text("abcdef")).subarray(0, 5)));
    conversation.closed("host");
    conversation.closed();
    conversation.closed();
    expect(told().slice(1)).toEqual(["1 worker message 0/6 truncated "]);
  });

  test("cut off between two parts end with an empty part", () => {
    const { say, entries, conversation } = startConversation();
    const framed = grpcMessage(new Uint8Array(2 * PART_BYTES));
    say("worker", settings(), headers(1, REQUEST));
    for (let at = 0; at < PART_BYTES; at += 16_384) {
      say("worker", data(1, framed.subarray(at, at + 16_384)));
    }
    say("worker", data(1, framed.subarray(PART_BYTES, PART_BYTES + 5)));
    conversation.closed();
    expect(entries.at(-1)).toMatchObject({ offset: PART_BYTES, last: true, truncated: true, bytes: new Uint8Array(0) });
  });

  test("with a flag that gRPC does not have end that side of that call only", () => {
    const { say, told } = startConversation();
    say("worker", headers(1, REQUEST), headers(3, REQUEST), data(1, grpcMessage(text("a"), 2)), data(1, text("b")));
    say("host", headers(1, RESPONSE), data(1, grpcMessage(text("still read"))));
    say("worker", data(3, grpcMessage(text("c"))));
    expect(told().slice(2)).toEqual([
      "1 worker unreadable: a message begins with 2 where gRPC has 0 or 1",
      "1 host headers :status 200 content-type application/grpc",
      "1 host message 0/10 still read",
      "3 worker message 0/1 c",
    ]);
  });
});

describe("a reset", () => {
  test("does not lose what the other side sent before it heard of it", () => {
    const { say, told } = startConversation();
    say("worker", headers(1, REQUEST), data(1, grpcMessage(text("abcdef")).subarray(0, 8)));
    say("host", resetStream(1, 0));
    say("worker", data(1, text("def")), data(1, grpcMessage(text("late")), { endStream: true }));
    expect(told().slice(1)).toEqual([
      "1 host reset 0",
      "1 worker message 0/6 abcdef",
      "1 worker message 0/4 late",
      "1 worker end",
      "1 forgotten",
    ]);
  });

  test("behind trailers is told as well", () => {
    const { say, told } = startConversation();
    say("worker", headers(1, REQUEST));
    say("host", headers(1, [...RESPONSE, ...TRAILERS], { endStream: true }), resetStream(1, 0));
    expect(told().slice(2)).toEqual(["1 host end", "1 host reset 0"]);
  });

  test("of thousands of calls, to which the other side says nothing, keeps few of them", () => {
    const { say, entries, conversation } = startConversation();
    for (let stream = 1; stream < 10_000; stream += 2) {
      say("worker", headers(stream, REQUEST));
      say("host", resetStream(stream, 7));
    }
    expect(conversation.save().calls.open).toHaveLength(100);
    expect(entries.filter(({ type }) => type === "forgotten")).toHaveLength(4_900);
  });
});

describe("frames of every form", () => {
  test("padding, priority and CONTINUATION leave headers and messages as they are", () => {
    const { say, told } = startConversation();
    say("worker", headers(1, REQUEST, { padding: 7, priority: true, fragmentBytes: 5 }));
    say("worker", data(1, grpcMessage(text("a")), { padding: 255 }), data(1, text(""), { padding: 0 }));
    say("worker", data(1, grpcMessage(text("b")), { padding: 0, endStream: true }));
    expect(told()).toEqual([
      "1 opened /some.Service/Call",
      "1 worker message 0/1 a",
      "1 worker message 0/1 b",
      "1 worker end",
    ]);
  });

  test("END_STREAM on a HEADERS frame takes effect behind its CONTINUATION frames", () => {
    const { say, told } = startConversation();
    say("worker", headers(1, REQUEST, { endStream: true, fragmentBytes: 9 }));
    expect(told()).toEqual(["1 opened /some.Service/Call", "1 worker end"]);
  });

  test("PING, PRIORITY, WINDOW_UPDATE and unknown frames are passed over", () => {
    const { say, told } = startConversation();
    const others = [2, 6, 8, 10, 12, 255].map((type) => frame(type, 0xff, 1, new Uint8Array(8)));
    say("worker", headers(1, REQUEST), ...others, data(1, grpcMessage(text("a"))));
    expect(told().slice(1)).toEqual(["1 worker message 0/1 a"]);
  });

  test("PUSH_PROMISE changes the header table, and nothing else", () => {
    const { say, told } = startConversation();
    const added = Buffer.concat([Buffer.from([0x40]), headerBlock([["x-new", "value"]]).subarray(1)]);
    say("worker", headers(1, REQUEST));
    say("host", frame(5, 0x4, 1, Buffer.concat([Buffer.from([0, 0, 0, 2]), added])));
    say("host", headersOf(1, Buffer.from([0x88, 0xbe])));
    expect(told().slice(1)).toEqual(["1 host headers :status 200 x-new value"]);
  });

  test("GOAWAY is told with its debug data", () => {
    const { say, told } = startConversation();
    say("host", goaway(2 ** 31 - 1, 11, "too_many_pings"));
    expect(told()).toEqual(["host goaway 11 2147483647 too_many_pings"]);
  });

  test("frames of calls that are over or unknown are passed over, though their headers count for the table", () => {
    const { say, told } = startConversation();
    const added = Buffer.concat([Buffer.from([0x40]), headerBlock([["x-new", "value"]]).subarray(1)]);
    say("host", headersOf(7, added), data(7, grpcMessage(text("x"))), resetStream(9, 0));
    say("worker", headers(1, REQUEST));
    say("host", headersOf(1, Buffer.from([0xbe])));
    expect(told()).toEqual(["1 opened /some.Service/Call", "1 host headers x-new value"]);
  });
});

describe("settings", () => {
  const sizeUpdate = (bytes: number) =>
    Buffer.from([0x3f, ((bytes - 31) % 128) | 0x80, Math.floor((bytes - 31) / 128)]);
  const request = (bytes: number) => headersOf(1, Buffer.concat([sizeUpdate(bytes), headerBlock(REQUEST)]));

  test("allow a larger header table as soon as they are sent", () => {
    const { say, told } = startConversation();
    say("host", settings([1, 8192]));
    say("worker", request(8192));
    expect(told()).toEqual(["1 opened /some.Service/Call"]);
  });

  test("forbid a larger header table from their acknowledgement on, not before", () => {
    const before = startConversation();
    before.say("host", settings([1, 1000]));
    before.say("worker", request(4096));
    expect(before.told()).toEqual(["1 opened /some.Service/Call"]);
    const after = startConversation();
    after.say("host", settings([1, 1000]));
    after.say("worker", settingsAck(), request(4096));
    expect(after.told()).toEqual([
      "connection worker unreadable: header block: a header table of 4096 bytes, where 1000 are allowed",
    ]);
  });

  test("are acknowledged in turn", () => {
    const { say, told } = startConversation();
    say("host", settings([1, 8192]), settings([5, 16_384]), settings([1, 1000]));
    say("worker", settingsAck(), settingsAck(), request(8192));
    expect(told()).toEqual(["1 opened /some.Service/Call"]);
  });

  test("allow larger frames", () => {
    const { say, told } = startConversation();
    say("host", settings([5, 100_000]));
    say("worker", headers(1, REQUEST), data(1, grpcMessage(new Uint8Array(50_000))));
    expect(told().at(-1)).toBe("1 worker message 0/50000 50000 bytes");
  });
});
