import {
  create,
  InvocationResponseSchema,
  type MessageInitShape,
  RpcHttpCookie_SameSite,
  RpcHttpCookieSchema,
} from "@inspector/proto";
import { describe, expect, test } from "vitest";
import { type FunctionInfo, parseFunction } from "./functions.ts";
import { createHttpAnswer, formatCookie } from "./http-answer.ts";

function httpFunction(outputName: string): FunctionInfo {
  const identity = { id: "i", name: "f", directory: "", scriptFile: "", entryPoint: "", language: "", properties: {} };
  const parsed = parseFunction(
    identity,
    [
      { type: "httpTrigger", name: "req", direction: "in" },
      { type: "http", name: outputName, direction: "out" },
    ],
    {},
  );
  if (!parsed.ok) {
    throw new Error(parsed.reason);
  }
  return parsed.value;
}

function answer(response: MessageInitShape<typeof InvocationResponseSchema>, outputName = "$return") {
  const { status, headers, body } = createHttpAnswer(
    httpFunction(outputName),
    create(InvocationResponseSchema, response),
  );
  return { status, headers, text: Buffer.from(body).toString() };
}

function returned(
  http: Extract<
    NonNullable<NonNullable<MessageInitShape<typeof InvocationResponseSchema>["returnValue"]>["data"]>,
    { case: "http" }
  >["value"],
) {
  return answer({ returnValue: { data: { case: "http", value: http } } });
}

describe("the answer of an http trigger", () => {
  test("has the worker's status, headers and bytes", () => {
    const body = { data: { case: "bytes" as const, value: Buffer.from("hi") } };
    expect(returned({ statusCode: "404", headers: { "Content-Type": "text/x" }, body })).toEqual({
      status: 404,
      headers: [["Content-Type", "text/x"]],
      text: "hi",
    });
  });

  test("is 200 where the worker says no status or none that HTTP has", () => {
    expect(returned({}).status).toBe(200);
    expect(returned({ statusCode: "1000" }).status).toBe(200);
  });

  test("says what a body without content type is, by its kind", () => {
    const typeOf = (value: { case: "string" | "json"; value: string }) => returned({ body: { data: value } }).headers;
    expect(typeOf({ case: "string", value: "a" })).toEqual([["content-type", "text/plain; charset=utf-8"]]);
    expect(typeOf({ case: "json", value: "{}" })).toEqual([["content-type", "application/json; charset=utf-8"]]);
  });

  test("leaves framing headers to the server that writes it", () => {
    expect(returned({ headers: { "Transfer-Encoding": "chunked", "Content-Length": "3" } }).headers).toEqual([]);
  });

  test("takes a named output before the return value", () => {
    const value = { data: { case: "http" as const, value: { statusCode: "202" } } };
    const outputData = [{ name: "res", rpcData: { case: "data" as const, value } }];
    expect(answer({ outputData, returnValue: { data: { case: "string", value: "no" } } }, "res").status).toBe(202);
  });

  test("is 204 where nothing was returned", () => {
    expect(answer({})).toEqual({ status: 204, headers: [], text: "" });
  });
});

describe("a cookie", () => {
  test("with everything is written in full", () => {
    const cookie = create(RpcHttpCookieSchema, {
      name: "id",
      value: "a b;c",
      domain: { string: { case: "value", value: "demo.example" } },
      path: { string: { case: "value", value: "/x" } },
      expires: { timestamp: { case: "value", value: { seconds: 1_925_089_445n } } },
      maxAge: { double: { case: "value", value: 3600.9 } },
      secure: { bool: { case: "value", value: true } },
      httpOnly: { bool: { case: "value", value: true } },
      sameSite: RpcHttpCookie_SameSite.ExplicitNone,
    });
    expect(formatCookie(cookie)).toBe(
      "id=a%20b%3Bc; expires=Thu, 02 Jan 2031 03:04:05 GMT; max-age=3600; domain=demo.example; path=/x; secure; samesite=none; httponly",
    );
  });

  test("with nothing has a path and no SameSite", () => {
    expect(formatCookie(create(RpcHttpCookieSchema, { name: "plain" }))).toBe("plain=; path=/");
  });
});
