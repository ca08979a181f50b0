/** How streams end on a connection that one side breaks off. */
import type { EndInfo } from "@inspector/contract/page";
import { createQueries } from "@inspector/session/queries";
import { http2Writer } from "@inspector/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type OneRecording, startRecording } from "../../testing/one-recording.ts";
import type { ScriptedRelay } from "../../testing/scripted-relay.ts";

const { goaway, headerBlock, headersOf, resetStream } = http2Writer;
const CANCEL = 8;
const CLEAN = 0;

let recording: OneRecording;
let relay: ScriptedRelay;

beforeEach(async () => {
  recording = await startRecording();
  relay = recording.relay;
});

afterEach(() => recording.end());

function end(): EndInfo | undefined {
  recording.ingest();
  const database = recording.read();
  const [stream] = createQueries(database).session(recording.file).streams;
  database.close();
  return stream?.end;
}

const breaks: readonly (readonly [how: string, act: () => void, code: Pick<EndInfo, "code">])[] = [
  ["with an error", () => relay.bytes(1, "host", goaway(1, CANCEL)), { code: CANCEL }],
  ["by a FIN", () => relay.event(1, { type: "half-closed" }, "host"), {}],
  ["by a reset", () => relay.event(1, { type: "reset", code: "ECONNRESET" }, "host"), { code: "ECONNRESET" }],
];

test.each(breaks)("a worker that resets its stream because the host has gone %s did not cancel it", (_, act, code) => {
  act();
  // Also where another hub reads on from here.
  recording.ingest();
  relay.bytes(1, "worker", resetStream(1, CANCEL));
  expect(end()).toEqual({ by: "host", how: "lost", ...code });
});

test("a worker that resets its stream by itself cancelled it, also when the host wants no more streams", () => {
  relay.bytes(1, "host", goaway(1, CLEAN));
  relay.bytes(1, "worker", resetStream(1, CANCEL));
  expect(end()).toEqual({ by: "worker", how: "reset", code: CANCEL });
});

const trailers = (status: string): Uint8Array =>
  headersOf(1, headerBlock([["grpc-status", status]]), { endStream: true });

test("a call that the worker ends first was ended by the worker, whatever the host says then but an error", () => {
  relay.bytes(1, "worker", http2Writer.data(1, new Uint8Array(), { endStream: true }));
  recording.ingest();
  relay.bytes(1, "host", trailers("0"));
  expect(end()).toEqual({ by: "worker", how: "end", grpcStatus: 0 });
});

test("a call that the host ends with an error was ended by the host, also behind the worker's end", () => {
  relay.bytes(1, "worker", http2Writer.data(1, new Uint8Array(), { endStream: true }));
  relay.bytes(1, "host", trailers("13"));
  expect(end()).toEqual({ by: "host", how: "end", grpcStatus: 13 });
});

test("a call that the host ends first was ended by the host", () => {
  relay.bytes(1, "host", trailers("0"));
  relay.bytes(1, "worker", http2Writer.data(1, new Uint8Array(), { endStream: true }));
  expect(end()).toEqual({ by: "host", how: "end", grpcStatus: 0 });
});
