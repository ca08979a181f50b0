/** What pages order, read from JSON. */

import { MAX_TIMEOUT_MS } from "@inspector/contract/answer-limit";
import { InspectorError } from "@inspector/contract/inspector-error";
import type {
  HoldAnswer,
  HoldRuleOrder,
  ReleaseOrder,
  ReplayHttpRequest,
  ReplayOrder,
} from "@inspector/contract/intervention";
import { parseFilter } from "@inspector/filter/parse";
import { KIND, kindNumber } from "@inspector/proto";

type Fields = Readonly<Record<string, unknown>>;

const MAX_TIMES = 10_000;
const MAX_PER_SECOND = 1_000;
const MAX_DELAY_MS = MAX_TIMEOUT_MS;

/** @throws {InspectorError} "bad-body" */
export function parseReplayOrder(body: unknown): ReplayOrder {
  const { stream, source, message, http, times, perSecond, timeoutMs } = fieldsOf(body);
  const { session, seq } = fieldsOf(source);
  return {
    stream: wholeNumber(stream, "stream", 1, Number.MAX_SAFE_INTEGER),
    source: {
      seq: wholeNumber(seq, "source.seq", 1, Number.MAX_SAFE_INTEGER),
      ...(session !== undefined && { session: text(session, "source.session") }),
    },
    ...(message !== undefined && { message }),
    ...(http !== undefined && { http: httpRequest(http) }),
    ...(times !== undefined && { times: wholeNumber(times, "times", 1, MAX_TIMES) }),
    ...(perSecond !== undefined && { perSecond: number(perSecond, "perSecond", 0.001, MAX_PER_SECOND) }),
    ...(timeoutMs !== undefined && { timeoutMs: wholeNumber(timeoutMs, "timeoutMs", 1, MAX_TIMEOUT_MS) }),
  };
}

/** What cannot stand in an HTTP/1.1 head is not taken. */
function httpRequest(value: unknown): ReplayHttpRequest {
  const { method, target, headers, body } = fieldsOf(value);
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/u.test(text(method, "http.method"))) {
    throw bad(`${quoted(method)} is no HTTP method`);
  }
  if (!/^[!-~]+$/u.test(text(target, "http.target"))) {
    throw bad(describeTarget(String(target)));
  }
  if (!Array.isArray(headers) || headers.length > 1000) {
    throw bad("http.headers takes a list of [name, value]");
  }
  return {
    method: text(method, "http.method"),
    target: text(target, "http.target"),
    headers: headers.map(header),
    ...(body !== undefined && { body: text(body, "http.body") }),
  };
}

function describeTarget(target: string): string {
  if (!target.startsWith("/")) {
    return "The URL has to begin with /";
  }
  const [character = ""] = /[^!-~]/u.exec(target) ?? [];
  return `The URL has to be percent-encoded: ${quoted(character)} cannot stand in it`;
}

function quoted(value: unknown): string {
  return `"${String(value).slice(0, 50)}"`;
}

function header(pair: unknown): readonly [name: string, value: string] {
  const [name, value] = Array.isArray(pair) ? pair : [];
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/u.test(text(name, "http.headers"))) {
    throw bad(`${quoted(name)} is no header name`);
  }
  if (/[^\t\x20-\x7e\x80-\xff]/u.test(text(value, "http.headers"))) {
    throw bad(`The value of the header ${name} has a character that a header cannot carry`);
  }
  return [String(name), String(value)];
}

/** @throws {InspectorError} "bad-body", "bad-filter" */
export function parseHoldRuleOrder(body: unknown): HoldRuleOrder {
  const { stream, from, kinds, functions, filter, answer, limitMs } = fieldsOf(body);
  if (from !== "host" && from !== "worker") {
    throw bad('from is "host" or "worker"');
  }
  const order: HoldRuleOrder = {
    from,
    ...(stream !== undefined && { stream: wholeNumber(stream, "stream", 1, Number.MAX_SAFE_INTEGER) }),
    ...(kinds !== undefined && { kinds: texts(kinds, "kinds") }),
    ...(functions !== undefined && { functions: texts(functions, "functions") }),
    ...(filter !== undefined && { filter: text(filter, "filter") }),
    ...(answer !== undefined && { answer: holdAnswer(answer) }),
    ...(limitMs !== undefined && { limitMs: wholeNumber(limitMs, "limitMs", 1, MAX_TIMEOUT_MS) }),
  };
  const numbers = kindNumbers(order);
  if (answer !== undefined && (from !== "host" || numbers.some((kind) => kind !== KIND.invocationRequest))) {
    throw bad('An answer goes with from "host" and kinds ["invocation_request"] only');
  }
  const parsed = parseFilter(order.filter ?? "");
  if (!parsed.ok) {
    throw new InspectorError("bad-filter", `The filter is not valid: ${parsed.message}`);
  }
  return order;
}

function holdAnswer(value: unknown): HoldAnswer {
  const { message, delayMs, times } = fieldsOf(value);
  if (message === undefined) {
    throw bad("answer.message is missing");
  }
  return {
    message,
    ...(delayMs !== undefined && { delayMs: wholeNumber(delayMs, "answer.delayMs", 0, MAX_DELAY_MS) }),
    ...(times !== undefined && { times: wholeNumber(times, "answer.times", 1, Number.MAX_SAFE_INTEGER) }),
  };
}

/** Field numbers of a rule's kinds. @throws {InspectorError} "bad-body" for one that there is not */
export function kindNumbers({ from, kinds = [] }: HoldRuleOrder): number[] {
  const usual = [from === "host" ? "invocation_request" : "invocation_response"];
  return (kinds.length === 0 ? usual : kinds).map((name) => {
    if (/^#\d{1,3}$/u.test(name)) {
      return Number(name.slice(1));
    }
    const number = kindNumber(name);
    if (number === undefined) {
      throw bad(`There is no kind of message "${name.slice(0, 50)}"`);
    }
    return number;
  });
}

/** @throws {InspectorError} "bad-body" */
export function parseReleaseOrder(body: unknown): ReleaseOrder {
  const { action, message } = fieldsOf(body);
  if (action === "release" || action === "drop") {
    return { action };
  }
  if (action !== "replace" && action !== "answer") {
    throw bad("action is release, replace, drop or answer");
  }
  if (message === undefined) {
    throw bad(`To ${action} takes a message`);
  }
  return { action, message };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function number(value: unknown, name: string, least: number, most: number): number {
  if (typeof value === "number" && value >= least && value <= most) {
    return value;
  }
  throw bad(`${name} takes a number from ${least} to ${most}`);
}

function wholeNumber(value: unknown, name: string, least: number, most: number): number {
  const given = number(value, name, least, most);
  if (Number.isInteger(given)) {
    return given;
  }
  throw bad(`${name} takes a whole number`);
}

function text(value: unknown, name: string): string {
  if (typeof value === "string") {
    return value;
  }
  throw bad(`${name} takes a text`);
}

function texts(value: unknown, name: string): string[] {
  if (Array.isArray(value) && value.length <= 1000) {
    return value.map((one) => text(one, name));
  }
  throw bad(`${name} takes a list of texts`);
}

function bad(message: string): InspectorError {
  return new InspectorError("bad-body", message);
}
