import type { NumberSlot, TextSlot } from "./head-plan.ts";
import { pathOf } from "./head-text.ts";

/** What a line is made of: texts ("" where absent) and numbers of a content, and those of its telling binding. */
export type Told = {
  text(slot: TextSlot): string;
  number(slot: NumberSlot): number | undefined;
  readonly binding: Told | undefined;
  readonly functions: number;
  readonly functionNames: string;
};

const SUCCESS = 1;

/** The text of a head, not yet cut to one line; "" where there is nothing to tell. */
export function lineOf(kind: number, told: Told, status: number | undefined): string {
  const failure = told.text("exception") || told.text("message");
  if (status !== undefined && status !== SUCCESS && failure !== "") return failure;
  switch (kind) {
    case 2:
      return told.text("message") || failure;
    case 4:
      return told.binding === undefined ? "" : bindingLine(told.binding);
    case 5:
      return valueLine(told) || (told.binding === undefined ? "" : valueLine(told.binding));
    case 14:
      return graceLine(told);
    case 16:
    case 26:
      return runtimeLine(told);
    case 17:
      return told.text("version") === "" ? "" : `host ${told.text("version")}`;
    case 30:
      return told.number("usesFunctionJson") === 1 ? "functions from function.json" : functionsLine(told);
    case 31:
    case 32:
      return functionsLine(told);
    default:
      return failure;
  }
}

/** "GET /api/hello?x=1", or a binding's name and the text it was given. */
function bindingLine(binding: Told): string {
  const request = `${binding.text("method")} ${pathOf(binding.text("url"))}`.trim();
  if (request !== "") return request;
  return [binding.text("name"), binding.text("preview")].filter((part) => part !== "").join(": ");
}

/** An HTTP status code, or the text that was returned. */
function valueLine(value: Told): string {
  return value.text("statusCode") || value.text("preview");
}

function graceLine(told: Told): string {
  const seconds = told.number("seconds");
  return seconds === undefined ? "" : `grace period ${seconds} s`;
}

/** "node 20.20.2, worker 3.9.1". */
function runtimeLine(told: Told): string {
  const runtime = `${told.text("name")} ${told.text("version")}`.trim();
  const worker = told.text("workerVersion");
  return [runtime, worker === "" ? "" : `worker ${worker}`].filter((part) => part !== "").join(", ");
}

/** "2 functions: hello, timer". */
function functionsLine({ functions, functionNames }: Told): string {
  const count = `${functions} function${functions === 1 ? "" : "s"}`;
  return functionNames === "" ? count : `${count}: ${functionNames}`;
}
