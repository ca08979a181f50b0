import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryBytes } from "../testing/arbitrary-messages.ts";
import { expectedHead, inParts } from "../testing/head-reference.ts";
import { decodeMessage, encodeMessage, messageFromJson } from "./codec.ts";
import { StreamingMessageSchema } from "./gen/FunctionRpc_pb.ts";
import { readHead } from "./head.ts";
import { kindName, kindNumber } from "./kinds.ts";

const anyBytes = fc.gen().map((gen) => arbitraryBytes(StreamingMessageSchema, (max) => gen(fc.nat, { max }), true));

function bytesOf(json: unknown): Uint8Array {
  const parsed = messageFromJson(json);
  if (!parsed.ok) {
    throw new Error(`${parsed.path}: ${parsed.reason}`);
  }
  return encodeMessage(parsed.message);
}

describe("a head", () => {
  test("says what decoding says, of any message, in one array or in parts", () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const decoded = decodeMessage(bytes);
        if (!decoded.ok) {
          throw new Error(decoded.reason);
        }
        const head = readHead(bytes);
        expect(head).toMatchObject(expectedHead(decoded.message));
        expect(readHead(inParts(bytes, 7))).toEqual(head);
      }),
      { numRuns: 500 },
    );
  });

  test("is read of any bytes without throwing, and of what is not there yet", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), anyBytes), fc.nat(120), (bytes, available) => {
        const decoded = decodeMessage(bytes);
        expect(readHead(bytes).kind === -1).toBe(!decoded.ok);
        const source = {
          length: bytes.length,
          slice: (from: number, to: number) => bytes.slice(from, Math.min(to, available)),
        };
        expect(readHead(source).kind).toBeGreaterThanOrEqual(-1);
      }),
      { numRuns: 500 },
    );
  });

  test("of a huge message asks for little", () => {
    const message = create(StreamingMessageSchema, {
      requestId: "r",
      content: {
        case: "invocationResponse",
        value: {
          invocationId: "i-1",
          outputData: [
            { name: "blob", rpcData: { case: "data", value: { data: { case: "bytes", value: new Uint8Array(5e6) } } } },
          ],
          returnValue: {
            data: {
              case: "http",
              value: { body: { data: { case: "bytes", value: new Uint8Array(5e6) } }, statusCode: "201" },
            },
          },
          result: { status: 1 },
        },
      },
    });
    const source = inParts(encodeMessage(message), 1024 * 1024);
    expect(readHead(source)).toEqual({ kind: 5, requestId: "r", invocationId: "i-1", status: 1, text: "201" });
    expect(source.asked.slices).toBeLessThan(20);
    expect(source.asked.bytes).toBeLessThan(8 * 1024);
  });

  test("of a message that is not all there leaves out what was not seen", () => {
    const bytes = bytesOf({
      invocationResponse: {
        invocationId: "i-1",
        outputData: [{ name: "x".repeat(500) }],
        result: { status: "Success" },
      },
    });
    const source = { length: bytes.length, slice: (from: number, to: number) => bytes.slice(from, Math.min(to, 100)) };
    expect(readHead(source)).toEqual({ kind: 5, invocationId: "i-1" });
  });

  test("of an invocation that is a retry says which", () => {
    const request = (retryCount: number) =>
      readHead(bytesOf({ invocationRequest: { invocationId: "i-1", retryContext: { retryCount, maxRetryCount: 3 } } }));
    expect(request(2)).toEqual({ kind: 4, invocationId: "i-1", retryCount: 2 });
    expect(request(0)).toEqual({ kind: 4, invocationId: "i-1" });
  });

  test("of several contents is that of the last", () => {
    const both = Uint8Array.of(
      ...bytesOf({ startStream: { workerId: "w" } }),
      ...bytesOf({ rpcLog: { message: "m" } }),
    );
    expect(readHead(both)).toEqual({ kind: 2, level: 0, logCategory: 0, text: "m" });
  });
});

describe("the text of a head", () => {
  test.each([
    [
      "GET /api/hello?x=1",
      {
        invocationRequest: {
          inputData: [
            { name: "a", data: { string: "b" } },
            { name: "req", data: { http: { method: "GET", url: "http://localhost:7071/api/hello?x=1" } } },
          ],
        },
      },
    ],
    [
      'item: {"id":1}',
      {
        invocationRequest: {
          inputData: [
            { name: "item", data: { json: '{"id":1}' } },
            { name: "other", data: { string: "x" } },
          ],
        },
      },
    ],
    [
      '{"id":1}',
      { invocationRequest: { inputData: [{ name: "queueTrigger5c6e8fc1bd", data: { json: '{"id":1}' } }] } },
    ],
    ["timerTrigger", { invocationRequest: { inputData: [{ name: "timerTrigger5c6e8fc1bd" }] } }],
    ["req", { invocationRequest: { inputData: [{ name: "req", data: { http: {} } }] } }],
    [
      "no module named app",
      {
        workerInitResponse: {
          result: { exception: { message: "no module\n  named app" } },
          workerMetadata: { runtimeName: "python" },
        },
      },
    ],
    [
      "node 20.20.2, worker 3.9.1",
      {
        workerInitResponse: {
          result: { status: "Success" },
          workerMetadata: { runtimeName: "node", runtimeVersion: "20.20.2", workerVersion: "3.9.1" },
        },
      },
    ],
    ["404", { invocationResponse: { result: { status: "Success" }, returnValue: { http: { statusCode: "404" } } } }],
    [
      "201",
      {
        invocationResponse: {
          result: { status: "Success" },
          outputData: [
            { name: "queue", data: { string: "q" } },
            { name: "http", data: { http: { statusCode: "201" } } },
          ],
        },
      },
    ],
    [
      "stopped",
      {
        invocationResponse: {
          result: { status: "Cancelled", exception: { message: "stopped" } },
          returnValue: { string: "x" },
        },
      },
    ],
    ["hello", { functionLoadRequest: { functionId: "1", metadata: { name: "hello" } } }],
    [
      "2 functions: a, b",
      {
        functionMetadataResponse: {
          result: { status: "Success" },
          functionMetadataResults: [{ name: "a" }, { name: "b" }],
        },
      },
    ],
    [
      "functions from function.json",
      { functionMetadataResponse: { result: { status: "Success" }, useDefaultMetadataIndexing: true } },
    ],
    ["grace period 5 s", { workerTerminate: { gracePeriod: "5s" } }],
    ["host 4.1037.0", { workerInitRequest: { hostVersion: "4.1037.0" } }],
    ["it broke", { rpcLog: { exception: { message: "it broke" } } }],
    [
      "/home/site/wwwroot",
      {
        functionEnvironmentReloadRequest: {
          environmentVariables: { KEY: "secret" },
          functionAppDirectory: "/home/site/wwwroot",
        },
      },
    ],
  ])("is %j", (text, json) => {
    expect(readHead(bytesOf(json)).text).toBe(text);
  });

  test.each([
    ["one byte", "a".repeat(500), 200],
    ["two bytes", "ä".repeat(500), 200],
    ["three bytes", "漢".repeat(500), 200],
    ["four bytes, which are two characters", "😀".repeat(500), 200],
    ["four bytes, at an odd place", `a${"😀".repeat(500)}`, 199],
  ])("is at most 200 characters and never half of one of %s", (_, message, length) => {
    const { text } = readHead(bytesOf({ rpcLog: { message } }));
    expect(text).toBe(message.slice(0, length));
  });

  test("is decoded where it can be, and shows what is not UTF-8", () => {
    expect(readHead(Uint8Array.of(0x12, 5, 0x22, 3, 0x61, 0xff, 0x62)).text).toBe("a\ufffdb");
  });
});

describe("kinds", () => {
  test.each([
    [0, ""],
    [-1, "undecodable"],
    [4, "invocation_request"],
    [40, "#40"],
  ])("%i is %j", (number, name) => {
    expect(kindName(number)).toBe(name);
    expect(kindNumber(name)).toBe(number);
  });

  test("has no number for a name that is none", () => {
    expect(kindNumber("invocation")).toBeUndefined();
    expect(kindNumber("#0")).toBeUndefined();
  });
});

describe("the answer to the loading of several functions", () => {
  const read = (...statuses: readonly (string | undefined)[]) => {
    const functionLoadResponses = statuses.map((status, at) => ({
      functionId: `function-${at}`,
      ...(status !== undefined && { result: { status } }),
    }));
    return readHead(bytesOf({ functionLoadResponseCollection: { functionLoadResponses } })).status;
  };

  test.each([
    [["Success", "Success"], 1],
    [["Success", "Failure", "Cancelled"], 0],
    [["Success", "Cancelled"], 2],
    [["Success", undefined], 0],
    [[...Array<string>(100).fill("Success"), "Failure"], 0],
    [[], undefined],
  ])("is a success where all are: %j", (statuses, status) => {
    expect(read(...statuses)).toBe(status);
  });
});
