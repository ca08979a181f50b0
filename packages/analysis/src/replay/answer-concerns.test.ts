import type { FunctionInfo, StreamInfo } from "@inspector/contract/page";
import { describe, expect, test } from "vitest";
import { answerConcerns } from "./answer-concerns.ts";

const stream = (id: number, more: Partial<StreamInfo> = {}): StreamInfo => ({
  id,
  connection: id,
  path: "",
  openedAt: 0,
  phase: "loaded",
  messages: 1,
  bytes: 1,
  ...more,
});
const proxying = [{ name: "HttpUri", value: "http://127.0.0.1:1" }];
const fn = (
  name: string,
  on: number,
  type: string,
): Pick<FunctionInfo, "stream" | "functionId" | "name" | "load"> & {
  bindings: FunctionInfo["bindings"];
} => ({ stream: on, functionId: name, name, load: "success", bindings: [{ name: "in", type, direction: "in" }] });
const functions = [fn("hello", 1, "httpTrigger"), fn("resize", 1, "queueTrigger"), fn("plain", 2, "httpTrigger")];
const workers = [
  { stream: stream(1), workerCapabilities: proxying },
  { stream: stream(2), workerCapabilities: [] },
];

describe("answering in a worker's place", () => {
  test("leaves the host waiting for HTTP where a worker has a server of its own for that", () => {
    const [concern, ...others] = answerConcerns({}, workers, functions);
    expect(others).toEqual([]);
    expect(concern).toMatchObject({ severity: "warning", rule: "answer-http-request" });
    expect(concern?.message).toContain("HTTP requests of hello beside the stream");
  });

  test("is nothing to worry about for other functions, other triggers, other workers and those that are gone", () => {
    expect(answerConcerns({ functions: ["hello"] }, workers, functions)).toHaveLength(1);
    for (const rule of [{ functions: ["resize"] }, { functions: ["plain"] }, { stream: 2 }]) {
      expect(answerConcerns(rule, workers, functions)).toEqual([]);
    }
    const gone = [{ stream: stream(1, { endedAt: 5 }), workerCapabilities: proxying }];
    expect(answerConcerns({}, gone, functions)).toEqual([]);
  });
});
