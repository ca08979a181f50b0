import { describe, expect, test } from "vitest";
import { describeMessage } from "./message-blocks.ts";

const types = (kind: string, message: unknown) =>
  describeMessage(kind, message).map((block) => ("title" in block ? block.title : block.type));

describe("what is shown of a message", () => {
  test("puts an invocation's request first, then its inputs and metadata", () => {
    const message = {
      requestId: "r",
      invocationRequest: {
        invocationId: "i",
        functionId: "f",
        inputData: [
          { name: "req", data: { http: { method: "GET", url: "http://x/api/hello" } } },
          { name: "user", data: { json: "{}" } },
        ],
        triggerMetadata: { sys: { string: "x" } },
        traceContext: { traceParent: "00-1-2-00" },
      },
    };
    expect(types("invocation_request", message)).toEqual(["req", "Input", "Trigger metadata", "Trace", "Ids"]);
  });

  test("reads a result without status as a failure, which is the enum's first value", () => {
    const message = {
      functionLoadResponse: { functionId: "f", result: { exception: { message: "no module", stackTrace: "at x" } } },
    };
    const [result, exception] = describeMessage("function_load_response", message);
    expect(result).toMatchObject({ type: "result", status: "Failure" });
    expect(exception).toMatchObject({
      type: "exception",
      exception: { message: "no module", stack: "at x", isUser: false },
    });
  });

  test("reads a log without level as Trace", () => {
    expect(describeMessage("rpc_log", { rpcLog: { message: "hi", category: "Host" } })).toEqual([
      { type: "log", level: "Trace", text: "hi" },
      { type: "facts", title: "Log", facts: [["Category", "Host"]] },
    ]);
  });

  test("lists the capabilities of a worker by name", () => {
    const message = {
      workerInitResponse: {
        workerVersion: "4.0",
        capabilities: { HttpUri: "http://localhost" },
        result: { status: "Success" },
      },
    };
    expect(types("worker_init_response", message)).toEqual(["result", "Content", "Capabilities"]);
  });

  test("shows what the contract does not know", () => {
    expect(types("", { $unknown: { 99: "AA==" } })).toEqual(["Unknown fields"]);
  });

  test("survives any shape", () => {
    for (const message of [
      undefined,
      null,
      1,
      [],
      { rpcLog: 3 },
      { invocationRequest: { inputData: "x", triggerMetadata: [] } },
    ]) {
      for (const kind of ["rpc_log", "invocation_request", "invocation_response", "start_stream"]) {
        expect(() => describeMessage(kind, message)).not.toThrow();
      }
    }
  });
});
