import { encodeBase64 } from "@inspector/proto";
import { describe, expect, test } from "vitest";
import {
  bytesOfHex,
  hexOfBytes,
  readTextData,
  sizeOfTextData,
  withBytes,
  withCase,
  writeTextData,
} from "./typed-text.ts";

describe("a value that is edited as text", () => {
  test.each([
    { string: "a" },
    { json: '{"id":9007199254740993}' },
    { bytes: "AP8=" },
    { int: "-9223372036854775808" },
    { double: 0.1 },
    { double: "NaN" },
    { string: "", $unknown: { "99": "AA==" } },
  ])("%j is written as it was read", (data) => {
    const read = readTextData(data);
    expect(read && writeTextData(data, read)).toEqual(data);
  });

  test("is none where it has parts", () => {
    expect(readTextData({ http: {} })).toBeUndefined();
    expect(readTextData({})).toBeUndefined();
  });

  test("keeps its content under another case", () => {
    const bytes = withCase({ case: "string", text: "Zoë" }, "bytes");
    expect(withCase(bytes, "json")).toEqual({ case: "json", text: "Zoë" });
  });
});

describe("a file", () => {
  test("is text where the value is one, and bytes where it is none", () => {
    expect(withBytes({ case: "json", text: "" }, btoa("[1]"))).toEqual({ case: "json", text: "[1]" });
    expect(withBytes({ case: "string", text: "" }, "AP8=")).toEqual({ case: "bytes", text: "AP8=" });
    expect(withBytes({ case: "bytes", text: "" }, "AP8=")).toEqual({ case: "bytes", text: "AP8=" });
  });
});

test("a value has the size of its bytes", () => {
  const sizes = ["", "AA==", "AAA=", "AAAA"].map((text) => sizeOfTextData({ case: "bytes", text }));
  expect(sizes).toEqual([0, 1, 2, 3]);
  expect(sizeOfTextData({ case: "string", text: "zo\u00eb" })).toBe(4);
});

describe("bytes as hex", () => {
  test("come back as they were, whatever stands between the digits", () => {
    const base64 = encodeBase64(Uint8Array.from({ length: 40 }, (_, index) => index * 6));
    expect(bytesOfHex(hexOfBytes(base64))).toBe(base64);
    expect(bytesOfHex("00FF\n a1")).toBe("AP+h");
  });

  test("are refused where half a byte is missing or a digit is none", () => {
    expect(bytesOfHex("0")).toBeUndefined();
    expect(bytesOfHex("zz")).toBeUndefined();
  });
});
