import { isUtf8 } from "node:buffer";
import { describe, expect, test } from "vitest";
import { inParts } from "../testing/head-reference.ts";
import { encodeMessage, messageFromJson } from "./codec.ts";
import { findDamage } from "./damage.ts";
import { partOf } from "./field-cursor.ts";

function bytesOf(json: unknown): Uint8Array {
  const parsed = messageFromJson(json);
  if (!parsed.ok) {
    throw new Error(parsed.reason);
  }
  return encodeMessage(parsed.message);
}

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));

/** The bytes of a log with its text replaced byte by byte. */
function logWith(...text: number[]): Uint8Array {
  const bytes = bytesOf({ rpcLog: { message: "x".repeat(text.length) } });
  bytes.set(text, bytes.length - text.length);
  return bytes;
}

describe("damage in a message", () => {
  test.each([
    ["is none in a whole one", bytesOf({ requestId: "ü", rpcLog: { message: "grüße 😀" } }), undefined],
    ["is none in a field that the contract lacks", hex("12047a02ffff"), undefined],
    ["is none in a field of another wire type", hex("12022008"), undefined],
    [
      "is a nested field that promises more than there is",
      hex("220c0a0269311201661a7f0a0161"),
      { offset: 10, path: "invocation_request.input_data", says: "promises 127 bytes, and 3 are left" },
    ],
    [
      "is a varint that does not end",
      hex("12021880"),
      { offset: 3, path: "rpc_log.level", says: "ends in the middle of its value" },
    ],
    [
      "is an envelope that is none",
      hex("ffffff"),
      { offset: 0, path: "", says: "has a byte there that begins no field" },
    ],
    [
      "is a key of a map that is not UTF-8",
      hex("8a01061204" + "0a02fffe"),
      { offset: 7, path: "worker_init_request.capabilities", says: "holds text that is not UTF-8" },
    ],
  ])("%s", (_, bytes, found) => {
    expect(findDamage(bytes)).toEqual(found);
  });

  test.each([
    ["a lone continuation", [0x80], 0],
    ["an overlong form", [0x61, 0xc0, 0xaf], 1],
    ["an overlong form of three", [0xe0, 0x9f, 0x80], 0],
    ["a surrogate", [0xed, 0xa0, 0x80], 0],
    ["beyond Unicode", [0xf4, 0x90, 0x80, 0x80], 0],
    ["the beginning of a character", [0x61, 0x62, 0xe2, 0x82], 2],
  ])("is text that is not UTF-8: %s", (_, text, at) => {
    const bytes = logWith(...text);
    expect(findDamage(bytes)).toEqual({
      offset: bytes.length - text.length + at,
      path: "rpc_log.message",
      says: "holds text that is not UTF-8",
    });
  });

  test("is found where the fatal decoder finds it", () => {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    let seed = 7;
    const next = (): number => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      return seed >> 16;
    };
    const likely = [0x61, 0x80, 0xbf, 0xc2, 0xe0, 0xa0, 0xed, 0x9f, 0xf0, 0x90, 0xf4, 0x8f, 0xff];
    for (let round = 0; round < 5000; round += 1) {
      const text = Array.from({ length: 1 + (next() % 6) }, () => likely[next() % likely.length] ?? 0);
      let isText = true;
      try {
        decoder.decode(Uint8Array.from(text));
      } catch {
        isText = false;
      }
      expect(findDamage(logWith(...text)) === undefined, text.join(" ")).toBe(isText);
    }
  });

  test("is the same where the runtime's own look at long texts comes first", () => {
    const long = new TextEncoder().encode("Grüße ".repeat(50));
    expect(findDamage(logWith(...long), isUtf8)).toBeUndefined();
    const cut = logWith(...long.subarray(0, -4), 0xc3);
    expect(findDamage(cut, isUtf8)).toEqual(findDamage(cut));
    expect(findDamage(cut, isUtf8)).toMatchObject({ offset: cut.length - 1, path: "rpc_log.message" });
  });

  test("is the same in a message that is kept in parts, of which fields of bytes are not read", () => {
    const whole = bytesOf({ rpcLog: { message: "aü€😀".repeat(30_000) } });
    for (const at of [undefined, 1, 262_143, 262_144, 262_150, 299_999]) {
      const bytes = Uint8Array.from(whole);
      if (at !== undefined) {
        bytes[bytes.length - 300_000 + at] = 0xff;
      }
      const found = findDamage(bytes);
      expect(found === undefined, String(at)).toBe(at === undefined);
      expect(findDamage(inParts(bytes, 4096)), String(at)).toEqual(found);
      expect(findDamage(inParts(bytes, 4096), isUtf8), String(at)).toEqual(found);
    }
    const large = bytesOf({
      invocationResponse: { returnValue: { bytes: Buffer.alloc(100_000).toString("base64") }, invocationId: "ü" },
    });
    const source = inParts(large, 4096);
    expect(findDamage(source)).toBeUndefined();
    expect(source.asked.bytes).toBeLessThan(2000);
  });

  test("is none where the rest of a message is not there", () => {
    const bytes = bytesOf({ rpcLog: { message: "grüße".repeat(100) }, requestId: "r" });
    for (const length of [1, 3, 8, 50, bytes.length - 1]) {
      expect(findDamage(partOf(bytes.subarray(0, length), bytes.length)), String(length)).toBeUndefined();
    }
  });
});
