import { expect, it } from "vitest";
import { answerTo } from "./answer-template.ts";

it("an invocation is answered under its own id, an HTTP trigger over HTTP", () => {
  const invocationRequest = { invocationId: "i", inputData: [{ name: "req", data: { http: { method: "GET" } } }] };
  expect(answerTo({ requestId: "r", invocationRequest })).toMatchObject({
    requestId: "r",
    invocationResponse: { invocationId: "i", returnValue: { http: { statusCode: "200" } } },
  });
  expect(answerTo({ invocationRequest: { invocationId: "i" } })).toEqual({
    invocationResponse: { invocationId: "i", result: { status: "Success" } },
  });
});

it("nothing else is answered", () => {
  expect(answerTo({ rpcLog: {} })).toBeUndefined();
});
