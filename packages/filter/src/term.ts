/**
 * Terms that say one thing about a row, as buttons and menus write them: the value is quoted where it would be read as something else.
 * None of them can say a value with the character NUL in it, see {@link canBeSaid}.
 */
import { formatPattern } from "./format.ts";
import { LEVELS } from "./keys.ts";
import { DURATION, parseQuantity, SIZE, type Units } from "./quantity.ts";

/** Whether a filter can look for that value: the NUL character is refused by parseFilter, and a filter has an end. */
export function canBeSaid(value: string): boolean {
  return !value.includes("\0") && value.length <= 500;
}

/** By its whole name, without regard to the case of ASCII letters. */
export function functionTerm(name: string): string {
  return `fn:${formatPattern([name])}`;
}

/** Free text, wherever it stands in a row and in what it is of. */
export function textTerm(text: string): string {
  return formatPattern([text]);
}

export function triggerTerm(trigger: string): string {
  return `trigger:${formatPattern([trigger])}`;
}

/** An invocation's, a request's or a function's id; one that begins so is found as well, which no whole id does. */
export function idTerm(id: string): string {
  return `id:${formatPattern([id])}`;
}

/** A worker by its id or, where it has not said one, by its stream. */
export function workerTerm({ workerId, stream }: { readonly workerId?: string | undefined; readonly stream: number }) {
  return workerId === undefined || workerId === "" ? `stream:${stream}` : `worker:${formatPattern([workerId])}`;
}

/** @param kind as MessageRow.kind, "" for an envelope without content */
export function kindTerm(kind: string): string {
  return kind === "" ? "is:empty" : `kind:${formatPattern([kind])}`;
}

/** The kinds of messages that the steps of a worker are made of, as terms; those of STEP_KINDS in step-kinds.ts. */
export const STEP_TERMS: Readonly<Record<string, string>> = {
  start: "kind:start_stream",
  warmup: "kind:worker_warmup_request,worker_warmup_response",
  init: "kind:worker_init_request,worker_init_response",
  reload: "kind:function_environment_reload_request,function_environment_reload_response",
  index: "kind:functions_metadata_request,function_metadata_response",
  load: "kind:function_load_request,function_load_request_collection,function_load_response,function_load_response_collection",
  terminate: "kind:worker_terminate",
};

/** @param level the contract's number of it, 0 to 6 */
export function levelTerm(level: number): string | undefined {
  const name = LEVELS[level]?.name;
  return name === undefined ? undefined : `level:${name}`;
}

/** At least that long, in three digits: the value itself is within. @param nanos a whole number of nanoseconds */
export function durationTerm(nanos: number): string {
  return `dur:>=${roundDown(nanos, DURATION)}`;
}

/** At least that large, in three digits: the value itself is within. @param bytes a whole number */
export function sizeTerm(bytes: number): string {
  return `size:>=${roundDown(bytes, SIZE)}`;
}

/** From that moment on, to the millisecond before it. @param nanos since the session began */
export function sinceTerm(nanos: number): string {
  return `at:>=${Math.floor(nanos / 1e6)}ms`;
}

function roundDown(value: number, units: Units): string {
  const [name, size] = units.findLast(([, unit]) => value >= unit) ?? ["", 1];
  if (value <= 0) {
    return "0";
  }
  const digits = size === 1 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(value / size)));
  const text = (Math.floor((value / size) * 10 ** digits) / 10 ** digits).toFixed(digits);
  const written = `${digits === 0 ? text : text.replace(/\.?0+$/, "")}${name}`;
  // What is rounded in floating point may be one unit too much.
  return (parseQuantity(written, units) ?? Number.POSITIVE_INFINITY) <= value ? written : `${value}${units[0]?.[0]}`;
}
