import { create, RpcHttpSchema, TypedDataSchema } from "@inspector/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CoreTypedData } from "./core-contract.ts";
import { fromInt64, fromRpcHttp, fromTypedData, toRpcHttp, toTypedData } from "./typed-data.ts";

describe("64-bit integers", () => {
  test("are numbers exactly where a number is the same value", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const core = fromInt64(value);
        expect(BigInt(core)).toBe(value);
        expect(typeof core).toBe(value > 2n ** 53n - 1n || value < 1n - 2n ** 53n ? "bigint" : "number");
      }),
    );
  });

  test.each([
    [0, 0n],
    [-7, -7n],
    [2 ** 62, 2n ** 62n],
    [-(2 ** 63), -(2n ** 63n)],
    [2n ** 63n - 1n, 2n ** 63n - 1n],
  ])("%s goes out as int", (int, value) => {
    expect(toTypedData({ int })).toEqual({ data: { case: "int", value } });
  });

  test("a whole number beyond 64 bits goes out as double", () => {
    expect(toTypedData({ int: 2 ** 63 })).toEqual({ data: { case: "double", value: 2 ** 63 } });
  });
});

test.each<CoreTypedData>([
  { string: "" },
  { json: "null" },
  { bytes: new Uint8Array(0) },
  { stream: Uint8Array.of(1, 2) },
  { int: 0 },
  { double: Number.NaN },
  {},
])("%j is the same after a round trip", (core) => {
  expect(fromTypedData(create(TypedDataSchema, toTypedData(core)))).toEqual(core);
});

test("model binding data keeps its content as a Buffer, which extension packages read as text", () => {
  const data = create(TypedDataSchema, {
    data: {
      case: "collectionModelBindingData",
      value: { modelBindingData: [{ version: "1.0", source: "AzureStorageBlobs", content: Buffer.from("{}") }] },
    },
  });
  const core = fromTypedData(data).collectionModelBindingData?.modelBindingData[0];
  expect(core).toMatchObject({ version: "1.0", source: "AzureStorageBlobs", contentType: "" });
  expect(String(core?.content)).toBe("{}");
});

describe("http", () => {
  test("a request keeps both kinds of map, with null values as objects without value", () => {
    const http = create(RpcHttpSchema, {
      method: "GET",
      url: "http://demo.example/?a=1",
      headers: { plain: "1" },
      nullableQuery: { a: { string: { case: "value", value: "1" } }, b: {} },
    });
    expect(fromRpcHttp(http)).toEqual({
      method: "GET",
      url: "http://demo.example/?a=1",
      headers: { plain: "1" },
      query: {},
      params: {},
      nullableHeaders: {},
      nullableQuery: { a: { value: "1" }, b: {} },
      nullableParams: {},
    });
  });

  test("an empty response has no body, no headers and no cookies", () => {
    expect(toRpcHttp({ statusCode: "204" })).toEqual({
      statusCode: "204",
      headers: {},
      cookies: [],
      enableContentNegotiation: false,
    });
  });

  test("a cookie's unset fields stay unset, its false and empty ones do not", () => {
    const [cookie] =
      toRpcHttp({ cookies: [{ name: "n", path: { value: "" }, secure: { value: false }, domain: undefined }] })
        .cookies ?? [];
    expect(cookie).toEqual({
      name: "n",
      value: "",
      sameSite: 0,
      path: { string: { case: "value", value: "" } },
      secure: { bool: { case: "value", value: false } },
    });
  });
});
