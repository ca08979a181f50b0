import { describe, expect, test } from "vitest";
import { readBinding, readHttp, readTypedData } from "./typed-data.ts";

describe("TypedData", () => {
  test.each([
    [{ string: "a" }, { case: "string", text: "a" }],
    [{ string: "" }, { case: "string", text: "" }],
    [{ int: "9007199254740993" }, { case: "int", text: "9007199254740993" }],
    [{ double: "NaN" }, { case: "double", text: "NaN" }],
    [{ double: 0.5 }, { case: "double", text: "0.5" }],
    [{ bytes: "AP8=" }, { case: "bytes", base64: "AP8=" }],
    [{}, { case: "none" }],
    [undefined, { case: "none" }],
    ["nonsense", { case: "none" }],
  ])("%j keeps its case", (data, value) => {
    expect(readTypedData(data)).toEqual(value);
  });

  test("opens a collection into values of its own case", () => {
    expect(readTypedData({ collectionSint64: { sint64: ["-9223372036854775808", "1"] } })).toEqual({
      case: "collection",
      name: "collectionSint64",
      items: [
        { case: "int", text: "-9223372036854775808" },
        { case: "int", text: "1" },
      ],
    });
  });

  test("says when a value is in shared memory instead of the message", () => {
    const binding = readBinding({ name: "blob", rpcSharedMemory: { name: "m1", offset: "8", count: "4194304" } });
    expect(binding).toEqual({
      name: "blob",
      value: {
        case: "sharedMemory",
        name: "m1",
        facts: [
          ["name", "m1"],
          ["offset", "8"],
          ["count", "4194304"],
        ],
      },
    });
  });
});

test("a null value in shared memory names no map", () => {
  expect(readBinding({ name: "blob", rpcSharedMemory: {} })).toEqual({ name: "blob", value: { case: "none" } });
});

describe("RpcHttp", () => {
  test("reads headers from the nullable maps where the plain ones are empty", () => {
    const http = readHttp({ method: "GET", nullableHeaders: { accept: { value: "*/*" }, "x-unset": {} } });
    expect(http.headers).toEqual([
      ["accept", "*/*"],
      ["x-unset", ""],
    ]);
  });

  test("takes the raw body where there is no other", () => {
    expect(readHttp({ rawBody: { bytes: "AA==" } }).body).toEqual({ case: "bytes", base64: "AA==" });
  });

  test("is empty when the request travels over HTTP", () => {
    expect(readHttp({}).isEmpty).toBe(true);
    expect(readHttp({ method: "GET" }).isEmpty).toBe(false);
  });
});
