import type { MessageDetail, MessageRow } from "@inspector/contract/page";
import { expect, test } from "vitest";
import { copyTexts } from "./copy-texts.ts";

function detail(change: Partial<MessageRow>, message: unknown): MessageDetail {
  const kind = "invocation_request";
  const row: MessageRow = { seq: 1, at: 0, stream: 1, from: "host", kind, functionName: "hello", size: 1, ...change };
  return { row, message, related: [] };
}

const http = { method: "GET", url: "http://127.0.0.1/api/hello?name=Ada" };
const request = detail({}, { invocationRequest: { invocationId: "i", inputData: [{ name: "req", data: { http } }] } });
const response = detail(
  { seq: 2, from: "worker", kind: "invocation_response" },
  { invocationResponse: { invocationId: "i", result: { status: "Success" } } },
);

test("of an invocation, its request and answer are copied by themselves, and all of it as a scene", () => {
  const titles = (runtime: string) => copyTexts([request, response], [{ id: 1, runtime }]).map(({ title }) => title);
  const others = ["Request as JSON", "Request as curl command", "Response as JSON"];
  expect(titles("node")).toEqual([...others, "Test of the handler (node:test)", "Scene for a test"]);
  expect(titles("python")).toEqual([...others, "Scene for a test"]);
});

test("one message is copied in the forms that it has", () => {
  expect(copyTexts([response], []).map(({ title }) => title)).toEqual(["JSON", "Scene for a test"]);
  expect(copyTexts([{ row: request.row, related: [] }], [])).toEqual([]);
});
