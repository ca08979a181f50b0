/** Turns of phrase that several rules share. */

import type { Evidence, Seq } from "@inspector/contract/page";
import {
  KIND_EMPTY,
  KIND_UNDECODABLE,
  kindName,
  type StatusResult,
  type StreamingMessage,
  stackBeginsWith,
} from "@inspector/proto";
import type { StepName } from "@inspector/session/invocation/worker-step";
import type { WorkerStream } from "./worker-stream.ts";

/** Conditions on the sender of a message, `message m` in SQL. */
export const FROM_HOST = "m.side = 0";
export const FROM_WORKER = "m.side = 1";

/** "worker_init_response"; "an empty message" for one without content. */
export function nameOfKind(kind: number): string {
  if (kind === KIND_EMPTY) {
    return "an empty message";
  }
  if (kind === KIND_UNDECODABLE) {
    return "something that is not a StreamingMessage";
  }
  return kindName(kind);
}

export const STEP_REQUEST: Readonly<Record<StepName, string>> = {
  start: "StartStream",
  warmup: "the warm-up",
  init: "WorkerInit",
  reload: "the environment reload",
  index: "the request for its functions",
  load: "the loading of a function",
  status: "a status ping",
  terminate: "WorkerTerminate",
};

/** "node worker 4f1c2d3e"; the id is cut, as it is shown in full elsewhere. */
export function nameOfWorker(stream: WorkerStream | undefined): string {
  const id = stream?.workerId === undefined || stream.workerId === "" ? "" : ` ${stream.workerId.slice(0, 8)}`;
  return `${stream?.runtime ?? ""} worker${id}`.trim();
}

/** "hello", or what stands for a function nobody named. */
export function nameOfFunction(name: string | undefined): string {
  return name === undefined || name === "" ? "a function without a name" : name;
}

/** What a StatusResult says went wrong: the exception with its stack, else the result's text. */
export function quoteResult(result: StatusResult | undefined): string | undefined {
  const exception = result?.exception;
  if (exception === undefined) {
    return result?.result === "" ? undefined : result?.result;
  }
  const { type, message, stackTrace } = exception;
  const line = [type, message].filter((part) => part !== "").join(": ");
  if (stackTrace === "") {
    return line === "" ? undefined : line;
  }
  return stackBeginsWith(stackTrace, message) ? stackTrace : `${line}\n${stackTrace}`.trim();
}

/** The result of a response that has one; undefined for other content, and where the worker left it out. */
export function resultOf(content: StreamingMessage["content"] | undefined): StatusResult | undefined {
  switch (content?.case) {
    case "workerInitResponse":
    case "functionEnvironmentReloadResponse":
    case "functionMetadataResponse":
    case "functionLoadResponse":
    case "workerWarmupResponse":
    case "invocationResponse":
      return content.value.result;
    default:
      return undefined;
  }
}

/** Links to messages that are there. */
export function evidenceOf(...links: readonly (readonly [label: string, seq: Seq | undefined])[]): Evidence[] {
  return links.flatMap(([label, seq]) => (seq === undefined ? [] : [{ label, seq }]));
}
