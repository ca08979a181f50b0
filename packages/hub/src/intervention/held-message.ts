/** A message that a relay holds, as the page is told of it. */

import type { HeldMessage } from "@inspector/contract/intervention";
import type { InterventionReport } from "@inspector/contract/intervention-lines";
import { decodeMessage, kindName, messageToJson, readHead } from "@inspector/proto";
import { type Database, textOf } from "@inspector/session/database";
import type { StepName } from "@inspector/session/invocation/worker-step";
import { optional } from "@inspector/session/sql-values";
import type { LiveStream, LiveStreams } from "./live-streams.ts";

export type HeldReport = Extract<InterventionReport, { report: "held" }>;

/** Steps of a worker's start, whose time the host counts, by the kinds of their messages. */
const STEPS: Readonly<Record<number, StepName>> = {
  20: "start",
  17: "init",
  16: "init",
  25: "reload",
  26: "reload",
  29: "index",
  30: "index",
  8: "load",
  9: "load",
  31: "load",
  32: "load",
  33: "warmup",
  34: "warmup",
};

export type FunctionOf = (invocationId: string | undefined, stream: number) => string | undefined;

/** Under which id the function of a recorded invocation was loaded. */
export function createFunctionOf(database: Database): FunctionOf {
  const select = database.prepare(
    "SELECT function_id FROM invocation WHERE invocation_id = ? AND stream = ? ORDER BY attempt DESC LIMIT 1",
  );
  return (invocationId, stream) => textOf(select.get(invocationId ?? "", stream)?.["function_id"]);
}

/** Describes held messages, without what they say. */
export function createDescriber(functionOf: FunctionOf, streams: LiveStreams) {
  return (
    id: number,
    rule: { readonly id: number; readonly limitMs: number },
    report: HeldReport,
    stream: LiveStream,
  ): HeldMessage => {
    const bytes = bytesOf(report);
    const head = bytes === undefined ? undefined : readHead(bytes);
    const invocationId = report.invocationId ?? head?.invocationId;
    const functionId = head?.functionId ?? functionOf(invocationId, stream.id);
    const functionName = functionId && (streams.functionName(stream.id, functionId) ?? functionId);
    const step = STEPS[report.kind];
    return {
      id,
      rule: rule.id,
      stream: stream.id,
      from: report.direction === "to-worker" ? "host" : "worker",
      kind: kindName(report.kind),
      size: report.size,
      ...optional("invocationId", invocationId),
      ...optional("functionName", functionName),
      ...optional("text", head?.text),
      heldAt: stream.clock + report.heldAt,
      goesOnAt: stream.clock + report.heldAt + rule.limitMs * 1e6,
      ...optional("limit", step && streams.limitOf(stream, step)),
      queued: 0,
    };
  };
}

/** What a held message says, as proto3 JSON; undefined where it cannot be decoded. */
export function jsonOfHeld(bytes: Uint8Array): unknown {
  const decoded = decodeMessage(bytes);
  return decoded.ok ? messageToJson(decoded.message) : undefined;
}

/** undefined where the relay did not show it. */
export function bytesOf({ message }: HeldReport): Uint8Array | undefined {
  return message === undefined ? undefined : Buffer.from(message, "base64");
}
