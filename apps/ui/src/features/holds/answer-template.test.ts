import type { BindingInfo } from "@inspector/contract/page";
import { expect, test } from "vitest";
import { answerLike, answerOf, answerTo } from "./answer-template.ts";

test("an invocation is answered under its own id, an HTTP trigger over HTTP", () => {
  const invocationRequest = { invocationId: "i", inputData: [{ name: "req", data: { http: { method: "GET" } } }] };
  expect(answerTo({ requestId: "r", invocationRequest })).toMatchObject({
    requestId: "r",
    invocationResponse: { invocationId: "i", returnValue: { http: { statusCode: "200" } } },
  });
  expect(answerTo({ invocationRequest: { invocationId: "i" } })).toEqual({
    invocationResponse: { invocationId: "i", result: { status: "Success" } },
  });
});

test("nothing else is answered", () => {
  expect(answerTo({ rpcLog: {} })).toBeUndefined();
});

const http: BindingInfo = { name: "req", type: "httpTrigger", direction: "in" };
const output: BindingInfo = { name: "$return", type: "http", direction: "out" };

test("a function with an HTTP trigger answers where its http binding is, any other with nothing but success", () => {
  expect(answerOf({ bindings: [http, output] })).toMatchObject({
    invocationResponse: { returnValue: { http: { statusCode: "200" } } },
  });
  expect(answerOf({ bindings: [http, { ...output, name: "res" }] })).toMatchObject({
    invocationResponse: { outputData: [{ name: "res", data: { http: { statusCode: "200" } } }] },
  });
  const success = { invocationResponse: { result: { status: "Success" } } };
  expect(answerOf({ bindings: [{ name: "item", type: "queueTrigger", direction: "in" }] })).toEqual(success);
  expect(answerOf(undefined)).toEqual(success);
});

test("what was recorded is answered again without the ids of then", () => {
  const invocationResponse = { invocationId: "i", result: { status: "Failure" }, $unknown: "wg==" };
  expect(answerLike({ requestId: "r", invocationResponse })).toEqual({
    invocationResponse: { result: { status: "Failure" }, $unknown: "wg==" },
  });
  expect(answerLike({ rpcLog: {} })).toBeUndefined();
  expect(answerLike(undefined)).toBeUndefined();
});
