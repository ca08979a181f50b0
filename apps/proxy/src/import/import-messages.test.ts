/** Files that hold messages: gRPC binary logs, dumps of grpc-dump, and our own lines. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { loadRecording, type RecordedMessage } from "@inspector/testkit";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { writeSession } from "../../../../packages/hub/testing/recorded-session.ts";
import { binaryLogOf } from "../../testing/binary-log-file.ts";
import { invocationsIn, messagesIn, streamsIn } from "../../testing/import-facts.ts";
import { exportSession } from "../commands/export.ts";
import { openInput } from "./open-input.ts";

const folder = mkdtempSync(join(tmpdir(), "messages-"));
vi.stubEnv("TMPDIR", folder);
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const NAME = "node/legacy-function-json";
const PATH = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream";
const recorded = join(folder, "recorded.inspector");
let messages: readonly RecordedMessage[];

beforeAll(() => {
  const writing = writeSession(recorded);
  writing.addRecording(NAME);
  writing.close();
  // In the order in which they crossed.
  const order = messagesIn(recorded);
  const byBytes = new Map(loadRecording(NAME).messages.map((one) => [Buffer.from(one.bytes).toString("base64"), one]));
  messages = order.flatMap(({ bytes }) => byBytes.get(bytes) ?? []).sort((a, b) => a.at - b.at);
});

async function opened(content: string | Uint8Array) {
  const file = join(folder, `${randomUUID()}.log`);
  writeFileSync(file, content);
  return await openInput(file);
}

function said(file: string) {
  return messagesIn(file).map(({ from, kind, bytes }) => ({ from, kind, bytes }));
}

function expected() {
  return messages.map(({ from, kind, bytes }) => ({ from, kind, bytes: Buffer.from(bytes).toString("base64") }));
}

describe("a gRPC binary log", () => {
  test.each(["four bytes", "varint"] as const)("is read, with %s before each entry", async (lengths) => {
    const { session, remarks } = await opened(binaryLogOf(messages, { lengths }));
    expect(said(session)).toEqual(expected());
    expect(remarks).toEqual([`${messages.length} messages of a gRPC binary log`]);
  });

  test("tells the call, its headers and its end", async () => {
    const { session } = await opened(binaryLogOf(messages));
    expect(streamsIn(session)).toMatchObject([
      { path: PATH, runtime: "node", phase: "ended", end: expect.stringContaining('"grpcMessage":"it is over"') },
    ]);
    expect(String(streamsIn(session)[0]?.["headers"])).toContain('"x-test":"yes"');
    expect(invocationsIn(session)).toEqual(invocationsIn(recorded));
  });

  test("shows messages of which it has the beginning only as cut off", async () => {
    const { session } = await opened(binaryLogOf(messages, { messageBytes: 40 }));
    const cut = messagesIn(session).filter(({ isTruncated }) => isTruncated);
    expect(cut.length).toBeGreaterThan(10);
    expect(cut.every(({ bytes }) => Buffer.from(bytes, "base64").length <= 40)).toBe(true);
  });

  test("is read up to where it is damaged", async () => {
    const log = Buffer.concat([binaryLogOf(messages), Buffer.from([0x7f, 0xff, 0xff, 0xff, 1, 2, 3])]);
    const { session, remarks } = await opened(log);
    expect(said(session)).toEqual(expected());
    expect(remarks[1]).toMatch(/^it has an entry of 2147483647 bytes/u);
  });
});

/** As Go writes a time. */
function timeOf(at: number): string {
  const seconds = new Date(1_795_237_953_000 + Math.floor(at / 1e9) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(Math.floor(at % 1e9)).padStart(9, "0")}Z`;
}

describe("a dump of grpc-dump", () => {
  const [service, method] = ["AzureFunctionsRpcMessages.FunctionRpc", "EventStream"];

  test("is read where a line is a call", async () => {
    const line = {
      service,
      method,
      messages: messages.map(({ at, from, bytes }) => ({
        message_origin: from === "worker" ? "client" : "server",
        raw_message: Buffer.from(bytes).toString("base64"),
        message: { somebodys: "reading of it" },
        timestamp: timeOf(at),
      })),
      error: { code: "Canceled", message: "it is over" },
      metadata: { ":authority": ["10.0.0.1:50051"], "x-test": ["yes"], __proto__: ["no"] },
      metadata_response_headers: null,
      metadata_response_trailers: {},
    };
    const { session } = await opened(`${JSON.stringify(line)}\n`);
    expect(said(session)).toEqual(expected());
    const [stream] = streamsIn(session);
    expect(stream).toMatchObject({ path: PATH, end: expect.stringContaining('"grpcStatus":1') });
    expect(String(stream?.["headers"])).toContain('"x-test":"yes"');
    expect(invocationsIn(session)).toEqual(invocationsIn(recorded));
  });

  test("is read where a line is a message", async () => {
    const lines = [
      { timestamp: timeOf(0), type: "rpc", id: 1, service, method, metadata: { "x-test": ["yes"] } },
      ...messages.map(({ at, from, bytes }, index) => ({
        timestamp: timeOf(at),
        type: "message",
        id: 1,
        message_id: index,
        origin: from === "worker" ? "client" : "server",
        raw: Buffer.from(bytes).toString("base64"),
      })),
      { timestamp: timeOf(9e9), type: "status", id: 1, code: "OK" },
    ];
    const { session } = await opened(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    expect(said(session)).toEqual(expected());
    expect(streamsIn(session)).toMatchObject([{ end: expect.stringContaining('"grpcStatus":0') }]);
  });

  test("is refused where it tells of no message, with what is wrong", async () => {
    const pretty = JSON.stringify({ service, method, messages: [] }, undefined, 2);
    await expect(opened(`${pretty}\n`)).rejects.toThrow(
      /a dump of grpc-dump without a message: line 1 is no JSON object/u,
    );
    await expect(opened(`${JSON.stringify({ service, method, messages: [] })}\n`)).rejects.toThrow(
      /no line with a message/u,
    );
  });
});

describe("lines that inspector export wrote", () => {
  test("are read as messages, compressed too, and say what they lack", async () => {
    const file = join(folder, "lines.ndjson.gz");
    expect(await exportSession([recorded, "--no-redact", "--gzip", "--output", file])).toBe(0);
    const { session, remarks } = await openInput(file);
    const plain = messagesIn(recorded).map(({ stream: _, ...message }) => message);
    expect(messagesIn(session).map(({ stream: _, ...message }) => message)).toEqual(plain);
    expect(invocationsIn(session)).toEqual(invocationsIn(recorded));
    expect(remarks[1]).toMatch(/their lines|its lines tell of messages only/u);
  });
});

test("what is none of these is left to be opened as a session", async () => {
  for (const content of ["{}", '{"a":1}\n', "text", "", gzipSync("text"), Buffer.alloc(100)]) {
    expect(await opened(content)).toMatchObject({ remarks: [] });
  }
});
