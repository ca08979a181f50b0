/** What a worker and its host say before and while something is done to their messages. */
import { decodeMessage, messageToJson } from "@inspector/proto";
import type { ScriptedRelay } from "./scripted-relay.ts";

/** Number of the recorded request in the session. */
export const REQUEST = 6;
/** Messages of the worker before it answers that. */
export const SAID_AT_START = 3;

/** A request as proto3 JSON. */
export const request = (invocationId: string, more: object = {}) => ({
  invocationRequest: {
    invocationId,
    functionId: "f1",
    inputData: [{ name: "item", data: { string: "recorded" } }],
    traceContext: { traceParent: "00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01" },
    ...more,
  },
});
export const response = (invocationId: string, status = "Success") => ({
  invocationResponse: { invocationId, result: { status } },
});

/** A worker that has loaded "hello" as "f1", and was asked for "a". */
export function startWorker(
  relay: ScriptedRelay,
  capabilities: Record<string, string> = {},
  ofHost: Record<string, string> = {},
  connection = 1,
): void {
  relay.open(connection);
  relay.say(connection, "worker", { startStream: { workerId: "w1" } });
  relay.say(connection, "host", { workerInitRequest: { hostVersion: "4", capabilities: ofHost } });
  relay.say(connection, "worker", {
    workerInitResponse: { result: { status: "Success" }, capabilities, workerMetadata: { runtimeName: "node" } },
  });
  const bindings = { item: { type: "queueTrigger", direction: "in" } };
  relay.say(connection, "host", { functionLoadRequest: { functionId: "f1", metadata: { name: "hello", bindings } } });
  relay.say(connection, "worker", { functionLoadResponse: { functionId: "f1", result: { status: "Success" } } });
  relay.say(connection, "host", request("a"));
}

/** A StreamingMessage as proto3 JSON. */
export function jsonOf(base64: string): unknown {
  const decoded = decodeMessage(Buffer.from(base64, "base64"));
  return decoded.ok ? messageToJson(decoded.message) : undefined;
}
