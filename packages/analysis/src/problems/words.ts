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
import { firstUserFrame } from "./cause/user-frame.ts";
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

/** What the official Java worker does with a java.lang.Error outside of a function's own code: it catches exceptions only. */
export const JAVA_SWALLOWS =
  "The official Java worker answers nothing, and writes nothing, where a class fails with an Error: it was built for a newer Java (UnsupportedClassVersionError), or a static initialiser throws.";

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

/** A line of a stack that names the exception: "TypeError: x is not a function". */
const NAMED_LINE = /^\s*(?:[\w$]+\.)*[\w$]*(?:Error|Exception)\b[^\n]*/mu;

/**
 * What went wrong in one line: "TypeError: x is not a function". The type is in a field of its own (.NET), in the message
 * (Python), or only in the stack (Node.js).
 */
export function lineOfResult(result: StatusResult | undefined): string | undefined {
  const { type = "", message = "", stackTrace = "" } = result?.exception ?? {};
  const first =
    message
      .split("\n")
      .find((line) => line.trim() !== "")
      ?.trim() ?? "";
  if (type !== "" && !first.includes(type)) {
    return first === "" ? type : `${type}: ${first}`;
  }
  const named = NAMED_LINE.exec(stackTrace)?.[0].trim();
  if (named !== undefined && (first === "" || named.endsWith(first))) {
    return named;
  }
  const line = first === "" ? (result?.result ?? "").split("\n")[0] : first;
  return line === undefined || line === "" ? undefined : line;
}

/** The end of a title, ": TypeError: x is not a function (src/index.js:12)"; "" where the result says nothing. */
export function causeOfResult(result: StatusResult | undefined): string {
  const line = lineOfResult(result);
  if (line === undefined) {
    return "";
  }
  const { message = "", stackTrace = "" } = result?.exception ?? {};
  const place = firstUserFrame(stackTrace) ?? firstUserFrame(message);
  return `: ${cutLine(line)}${place === undefined ? "" : ` (${place})`}`;
}

/** A line of somebody else's within a sentence: without its full stop, and not too long. */
export function cutLine(line: string): string {
  const said = line.trim().replace(/\.$/u, "");
  return said.length > MAX_CAUSE_CHARS ? `${said.slice(0, MAX_CAUSE_CHARS - 1)}…` : said;
}

/** Characters of an exception's message in a title; all of it is in the quote. */
const MAX_CAUSE_CHARS = 160;

const MIB = 1024 * 1024;

/** "12 bytes", "64 KiB", "1.25 MiB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) {
    return `${bytes} bytes`;
  }
  const [unit, size] = bytes < MIB ? ["KiB", bytes / 1024] : ["MiB", bytes / MIB];
  return `${Number(size.toPrecision(3))} ${unit}`;
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

/** For a sentence that goes on from another one; names in capitals stay as they are. */
export function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
