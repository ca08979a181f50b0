import { expect, test, vi } from "vitest";
import { decodeBase64, encodeBase64, parseBase64 } from "./base64.ts";

/** What a function answers where there is no Buffer; what compares it may need one. */
function inBrowser<T>(work: () => T): T {
  vi.stubGlobal("Buffer", undefined);
  try {
    return work();
  } finally {
    vi.unstubAllGlobals();
  }
}

test.each([0, 1, 2, 3, 4, 255, 6143, 6144, 6145, 6146, 20_000, 1_000_000])(
  "%d bytes are encoded in a browser as in Node",
  (size) => {
    const bytes = Uint8Array.from({ length: size }, (_, i) => i * 7 + (i >> 8));
    expect(inBrowser(() => encodeBase64(bytes)) === encodeBase64(bytes)).toBe(true);
  },
);

test("bytes within others are encoded by themselves", () => {
  expect(encodeBase64(Uint8Array.of(1, 2, 0xfb, 0xff, 0xfe, 0x41, 9).subarray(2, 6))).toBe("+//+QQ==");
});

test("base64 is read in both alphabets, padded or not, and what is none has no bytes", () => {
  const bytes = Uint8Array.of(0xfb, 0xff, 0xfe, 0x41);
  expect(["+//+QQ==", "+//+QQ", "-__-QQ=="].map(parseBase64)).toEqual([bytes, bytes, bytes]);
  expect(parseBase64("ä")).toBeUndefined();
});

test.each(["", "QQ", "QUI=", "QUJD", "+//+QQ==", "-__-QQ", "Q U\nJ*D", "QQ==QUJD", "Q", "äQQ", "====", "QUJDR"])(
  "%j is read in a browser as in Node, with what is none passed over",
  (text) => {
    expect([...inBrowser(() => decodeBase64(text))]).toEqual([...decodeBase64(text)]);
  },
);
