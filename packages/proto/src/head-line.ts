import type { Findings } from "./head-findings.ts";
import { NUMBER, TEXT, type TextSlot } from "./head-plan.ts";
import { MAX_TEXT, pathOf } from "./head-text.ts";
import { KIND } from "./kinds.ts";

const SUCCESS = 1;

/** The text of a head, not yet cut to one line; "" where the message says nothing for a row. */
export function lineOf(kind: number, found: Findings, status: number | undefined): string {
  if (status !== undefined && status !== SUCCESS) {
    const failure = failureLine(found);
    if (failure !== "") {
      return failure;
    }
  }
  switch (kind) {
    case KIND.rpcLog:
      return text(found, TEXT.message) || text(found, TEXT.exception);
    case KIND.invocationRequest:
      return found.binding === undefined ? "" : bindingLine(found.binding);
    case KIND.invocationResponse:
      return valueLine(found) || (found.binding === undefined ? "" : valueLine(found.binding));
    case KIND.workerTerminate:
      return graceLine(found);
    case KIND.workerInitResponse:
    case KIND.functionEnvironmentReloadResponse:
      return runtimeLine(found);
    case KIND.workerInitRequest:
      return text(found, TEXT.version) === "" ? "" : `host ${text(found, TEXT.version)}`;
    case KIND.functionMetadataResponse:
      return found.number(NUMBER.usesFunctionJson) === 1 ? "functions from function.json" : functionsLine(found);
    case KIND.functionLoadRequestCollection:
    case KIND.functionLoadResponseCollection:
      return functionsLine(found);
    default:
      return text(found, TEXT.message);
  }
}

function failureLine(found: Findings): string {
  return text(found, TEXT.exception) || text(found, TEXT.message);
}

/** Names that the Node library gives to bindings without one: the type and ten digits of a hash. */
const GENERATED_NAME = /^([a-z]+)[0-9a-f]{10}$/i;

/** "GET /api/hello?x=1", or a binding's name and the text it was given; a generated name only where there is no text. */
function bindingLine(binding: Findings): string {
  const request = `${text(binding, TEXT.method)} ${pathOf(text(binding, TEXT.url))}`.trim();
  if (request !== "") {
    return request;
  }
  const name = text(binding, TEXT.name);
  const preview = text(binding, TEXT.preview);
  const [, type] = GENERATED_NAME.exec(name) ?? [];
  if (type !== undefined) {
    return preview || type;
  }
  return [name, preview].filter((part) => part !== "").join(": ");
}

/** An HTTP status code, or the text that was returned. */
function valueLine(value: Findings): string {
  return text(value, TEXT.statusCode) || text(value, TEXT.preview);
}

function graceLine(found: Findings): string {
  const seconds = found.number(NUMBER.seconds);
  return seconds === undefined ? "" : `grace period ${seconds} s`;
}

/** "node 20.20.2, worker 3.9.1". */
function runtimeLine(found: Findings): string {
  const runtime = `${text(found, TEXT.name)} ${text(found, TEXT.version)}`.trim();
  const worker = text(found, TEXT.workerVersion);
  return [runtime, worker === "" ? "" : `worker ${worker}`].filter((part) => part !== "").join(", ");
}

/** "2 functions: hello, timer". */
function functionsLine({ functions, functionNames }: Findings): string {
  const count = `${functions} function${functions === 1 ? "" : "s"}`;
  return functionNames === "" ? count : `${count}: ${functionNames}`;
}

function text(found: Findings, slot: TextSlot): string {
  return found.text(slot, MAX_TEXT);
}
