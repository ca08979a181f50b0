/** What pages order, read from JSON. */
import { kindNumber } from "@inspector/proto";
import {
  type HoldRuleOrder,
  InspectorError,
  parseFilter,
  type ReleaseOrder,
  type ReplayOrder,
} from "@inspector/session";

type Fields = Readonly<Record<string, unknown>>;

const MAX_TIMES = 10_000;
const MAX_PER_SECOND = 1_000;
const MAX_TIMEOUT_MS = 24 * 60 * 60 * 1000;

/** @throws {InspectorError} "bad-body" */
export function parseReplayOrder(body: unknown): ReplayOrder {
  const { stream, source, message, times, perSecond, timeoutMs } = fieldsOf(body);
  const { session, seq } = fieldsOf(source);
  return {
    stream: wholeNumber(stream, "stream", 1, Number.MAX_SAFE_INTEGER),
    source: {
      seq: wholeNumber(seq, "source.seq", 1, Number.MAX_SAFE_INTEGER),
      ...(session !== undefined && { session: text(session, "source.session") }),
    },
    ...(message !== undefined && { message }),
    ...(times !== undefined && { times: wholeNumber(times, "times", 1, MAX_TIMES) }),
    ...(perSecond !== undefined && { perSecond: number(perSecond, "perSecond", 0.001, MAX_PER_SECOND) }),
    ...(timeoutMs !== undefined && { timeoutMs: wholeNumber(timeoutMs, "timeoutMs", 1, MAX_TIMEOUT_MS) }),
  };
}

/** @throws {InspectorError} "bad-body", "bad-filter" */
export function parseHoldRuleOrder(body: unknown): HoldRuleOrder {
  const { stream, from, kinds, functions, filter } = fieldsOf(body);
  if (from !== "host" && from !== "worker") throw bad('from is "host" or "worker"');
  const order: HoldRuleOrder = {
    from,
    ...(stream !== undefined && { stream: wholeNumber(stream, "stream", 1, Number.MAX_SAFE_INTEGER) }),
    ...(kinds !== undefined && { kinds: texts(kinds, "kinds") }),
    ...(functions !== undefined && { functions: texts(functions, "functions") }),
    ...(filter !== undefined && { filter: text(filter, "filter") }),
  };
  kindNumbers(order);
  const parsed = parseFilter(order.filter ?? "");
  if (!parsed.ok) throw new InspectorError("bad-filter", `The filter is not valid: ${parsed.message}`);
  return order;
}

/** Field numbers of a rule's kinds. @throws {InspectorError} "bad-body" for one that there is not */
export function kindNumbers({ from, kinds = [] }: HoldRuleOrder): number[] {
  const usual = [from === "host" ? "invocation_request" : "invocation_response"];
  return (kinds.length === 0 ? usual : kinds).map((name) => {
    if (/^#\d{1,3}$/u.test(name)) return Number(name.slice(1));
    const number = kindNumber(name);
    if (number === undefined) throw bad(`There is no kind of message "${name.slice(0, 50)}"`);
    return number;
  });
}

/** @throws {InspectorError} "bad-body" */
export function parseReleaseOrder(body: unknown): ReleaseOrder {
  const { action, message } = fieldsOf(body);
  if (action === "release" || action === "drop") return { action };
  if (action !== "replace" && action !== "answer") throw bad("action is release, replace, drop or answer");
  if (message === undefined) throw bad(`To ${action} takes a message`);
  return { action, message };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function number(value: unknown, name: string, least: number, most: number): number {
  if (typeof value === "number" && value >= least && value <= most) return value;
  throw bad(`${name} takes a number from ${least} to ${most}`);
}

function wholeNumber(value: unknown, name: string, least: number, most: number): number {
  const given = number(value, name, least, most);
  if (Number.isInteger(given)) return given;
  throw bad(`${name} takes a whole number`);
}

function text(value: unknown, name: string): string {
  if (typeof value === "string") return value;
  throw bad(`${name} takes a text`);
}

function texts(value: unknown, name: string): string[] {
  if (Array.isArray(value) && value.length <= 1000) return value.map((one) => text(one, name));
  throw bad(`${name} takes a list of texts`);
}

function bad(message: string): InspectorError {
  return new InspectorError("bad-body", message);
}
