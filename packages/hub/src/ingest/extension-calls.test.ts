/** Calls of extensions beside the event stream: what their rows and details say, and whose invocation they belong to. */

import { detailOf } from "@inspector/reader/detail";
import { createQueries } from "@inspector/session/queries";
import { http2Writer } from "@inspector/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type OneRecording, startRecording } from "../../testing/one-recording.ts";
import type { ScriptedRelay } from "../../testing/scripted-relay.ts";
import { decompress } from "../decompress.ts";

const { data, grpcMessage, headers } = http2Writer;
const TOKEN = "00112233-4455-6677-8899-aabbccddeeff";
/** As .NET writes it. */
const TOKEN_BYTES = Buffer.from("33221100554477668899aabbccddeeff", "hex");

const ANSWERED = [":status", "200"] as const;

let recording: OneRecording;
let relay: ScriptedRelay;

beforeEach(async () => {
  recording = await startRecording();
  relay = recording.relay;
});

afterEach(() => recording.end());

/** Opens a call beside the event stream. */
function call(stream: number, path: string): void {
  const request = [
    [":method", "POST"],
    [":scheme", "http"],
    [":path", path],
    ["content-type", "application/grpc"],
  ] as const;
  relay.bytes(1, "worker", headers(stream, request));
  relay.bytes(1, "host", headers(stream, [ANSWERED, ["content-type", "application/grpc"]]));
}

function field(number: number, value: Uint8Array | string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}

function tell(stream: number, side: "host" | "worker", ...fields: readonly Buffer[]): void {
  relay.bytes(1, side, data(stream, grpcMessage(Buffer.concat(fields))));
}

function stored() {
  recording.ingest();
  const database = recording.read();
  const queries = createQueries(database);
  const { rows } = queries.messagesAfter(0, 100);
  const details = rows.map(({ seq }) => detailOf({ queries, decompress }, seq));
  const streams = [1, 2].map((id) => queries.stream(id));
  database.close();
  return { rows, details, streams };
}

test("a settlement is read, and leads to the invocation that was given the message", () => {
  const model = { version: "1", source: "AzureServiceBusReceivedMessage", content: TOKEN_BYTES.toString("base64") };
  const inputs = [[{ name: "m", data: { modelBindingData: model } }], [{ name: "m", data: { string: "another" } }]];
  for (const [index, inputData] of inputs.entries()) {
    relay.say(1, "host", { invocationRequest: { invocationId: `i${index}`, functionId: "f", inputData } });
  }
  call(3, "/Settlement/Complete");
  tell(3, "worker", field(1, TOKEN));
  tell(3, "host");
  const { rows, details } = stored();
  expect(rows.slice(2).map(({ from, kind, text }) => [from, kind, text])).toEqual([
    ["worker", "Settlement/Complete", `lock token ${TOKEN}`],
    ["host", "Settlement/Complete", undefined],
  ]);
  expect(details[2]?.extension).toEqual({ name: "CompleteRequest", message: { locktoken: TOKEN }, invocation: 1 });
  expect(details[3]?.extension).toEqual({ name: "Empty", message: {} });
});

test("a settlement leads to the newest invocation with its lock token, which may stand as text", () => {
  for (const id of ["a", "b"]) {
    const triggerMetadata = { LockToken: { json: JSON.stringify(TOKEN) } };
    relay.say(1, "host", { invocationRequest: { invocationId: id, functionId: "f", triggerMetadata } });
  }
  call(3, "/Settlement/Abandon");
  tell(3, "worker", field(1, TOKEN));
  call(5, "/Settlement/Abandon");
  tell(5, "worker", field(1, "ffffffff-ffff-ffff-ffff-ffffffffffff"));
  const { details } = stored();
  expect(details[2]?.extension).toMatchObject({ invocation: 2 });
  expect(details[3]?.extension).not.toHaveProperty("invocation");
});

test("calls within the tunnel are told apart by their id, and the tunnel's ends by what they say", () => {
  call(3, "/AzureFunctionsExtensionRpcMessages.ExtensionRpc/EventStream");
  tell(3, "host", field(1, "s"), field(3, ""));
  tell(3, "worker", field(1, "s"), field(4, ""));
  tell(3, "host", field(1, "s"), field(2, "c1"), field(5, field(1, "/Settlement/Complete")));
  tell(3, "worker", field(1, "s"), field(2, "c1"), field(10, ""));
  const { rows, streams } = stored();
  expect(rows.map(({ from, requestId, text }) => [from, requestId, text])).toEqual([
    ["worker", undefined, "hello"],
    ["host", undefined, "ready"],
    ["worker", "c1", "start c1 /Settlement/Complete"],
    ["host", "c1", "complete c1"],
  ]);
  expect(streams.map((stream) => stream?.dialledBy)).toEqual([undefined, "host"]);
});

test("a call whose contract is not known is as before", () => {
  call(3, "/Durable.Hub/Start");
  tell(3, "worker", field(1, "x"));
  const { rows, details } = stored();
  expect(rows[0]).toMatchObject({ kind: "Durable.Hub/Start", from: "worker" });
  expect(details[0]?.reason).toMatch(/another service/u);
  expect(details[0]).not.toHaveProperty("extension");
});
