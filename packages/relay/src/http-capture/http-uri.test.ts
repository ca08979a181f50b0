import { create, decodeMessage, encodeMessage, StreamingMessageSchema } from "@inspector/proto";
import { expect, test } from "vitest";
import { httpUriOf, replaceHttpUri } from "./http-uri.ts";

const UNKNOWN = Uint8Array.of(0xc2, 0x3e, 3, 1, 2, 3);

function initResponse(capabilities: Record<string, string>): Uint8Array {
  return encodeMessage(
    create(StreamingMessageSchema, {
      requestId: "r",
      content: { case: "workerInitResponse", value: { workerVersion: "4", capabilities, result: { status: 1 } } },
    }),
  );
}

test("only the address is another one: unknown fields and the order of the rest stay", () => {
  const before = { RawHttpBodyBytes: "true", HttpUri: "http://localhost:5000/", WorkerStatus: "true" };
  const message = Buffer.concat([initResponse(before), UNKNOWN]);
  const replaced = replaceHttpUri(message, () => `http://127.0.0.1:40000/${"x".repeat(200)}`);
  const expected = initResponse({ ...before, HttpUri: `http://127.0.0.1:40000/${"x".repeat(200)}` });
  expect(Buffer.from(replaced).toString("hex")).toBe(Buffer.concat([expected, UNKNOWN]).toString("hex"));
  expect(httpUriOf(replaced)).toBe(`http://127.0.0.1:40000/${"x".repeat(200)}`);
});

test("a reload's answer is treated alike", () => {
  const message = encodeMessage(
    create(StreamingMessageSchema, {
      content: {
        case: "functionEnvironmentReloadResponse",
        value: { capabilities: { HttpUri: "http://localhost:1/" }, capabilitiesUpdateStrategy: 1 },
      },
    }),
  );
  const decoded = decodeMessage(replaceHttpUri(message, (uri) => uri.replace(":1/", ":2/")));
  expect(decoded).toMatchObject({
    ok: true,
    message: {
      content: { value: { capabilities: { HttpUri: "http://localhost:2/" }, capabilitiesUpdateStrategy: 1 } },
    },
  });
});

test("where there is nothing to replace the very same bytes come back", () => {
  const messages = [
    initResponse({ RawHttpBodyBytes: "true" }),
    initResponse({}),
    encodeMessage(create(StreamingMessageSchema, { content: { case: "startStream", value: { workerId: "HttpUri" } } })),
    new Uint8Array(),
    Uint8Array.of(0x82, 0x01, 0xff),
    initResponse({ HttpUri: "http://localhost:5000/" }).subarray(0, -3),
  ];
  for (const message of messages) {
    expect(replaceHttpUri(message, () => "http://other/")).toBe(message);
  }
  const declared = initResponse({ HttpUri: "http://localhost:5000/" });
  expect(replaceHttpUri(declared, () => undefined)).toBe(declared);
});
