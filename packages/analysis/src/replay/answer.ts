/** What a worker answered to an invocation, in the form in which two answers can be compared. */
import { decodeUtf8, encodeBase64, encodeUtf8, parseBase64 } from "@inspector/proto";
import {
  type ExactObject,
  type ExactValue,
  exactValueOf,
  isExactList,
  isExactObject,
  parseExactValue,
} from "./comparable-value.ts";

export type Answer = {
  readonly invocationId: string;
  /** What else has another value on each side and means the same, by name: {"workerId": "4f1c…"}. */
  readonly known?: Readonly<Record<string, string>>;
  /**
   * StreamingMessages as proto3 JSON, in the order in which they came: the logs and the response of the invocation. What
   * else is among them is passed over.
   */
  readonly messages: readonly unknown[];
  /** What the worker's own HTTP server answered, where the request went there. */
  readonly http?: HttpAnswer;
};

export type HttpAnswer = {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Without chunk borders. */
  readonly body: Uint8Array;
};

/** They concern the moment or the connection, or follow from the body. */
const PASSING_HEADERS = new Set(["date", "connection", "keep-alive", "content-length", "transfer-encoding"]);

/**
 * An answer as one JSON value: `status`, `result`, `exception`, `outputs` by name, `returnValue`, `logs`, `http`. Text that is JSON
 * is taken apart, bytes that are text are text, what is known stands under its name, and logs of category System are left out.
 */
export function comparableAnswer({ invocationId, known, messages, http }: Answer): ExactObject {
  const rename = renamed({ ...known, invocationId });
  const contents = messages.map(exactValueOf).filter(isExactObject);
  const [response, ...further] = contents.flatMap((message) => membersOf(message.get("invocationResponse")));
  const logs = contents.flatMap((message) => membersOf(message.get("rpcLog"))).filter((log) => !isOfSystem(log));
  const answer = new Map(response === undefined ? [["status", "no answer"] as const] : comparableResponse(response));
  if (further.length > 0) {
    answer.set(
      "furtherAnswers",
      further.map((other) => new Map(comparableResponse(other))),
    );
  }
  if (logs.length > 0) {
    answer.set("logs", logs.map(comparableLog));
  }
  if (http !== undefined) {
    answer.set("http", comparableHttpAnswer(http));
  }
  return new Map([...answer].map(([key, value]) => [key, rename(value)]));
}

function comparableHttpAnswer({ status, headers, body }: HttpAnswer): ExactObject {
  return new Map<string, ExactValue>([
    ["status", { number: String(status) }],
    ["headers", comparableHeaders(headers)],
    ["body", bytesAsText(body)],
  ]);
}

/** Headers by name, but for those of the moment or the connection. */
export function comparableHeaders(headers: HttpAnswer["headers"]): ExactObject {
  const byName = new Map<string, ExactValue>();
  for (const [written, value] of headers) {
    const name = written.toLowerCase();
    const before = byName.get(name);
    if (!PASSING_HEADERS.has(name)) {
      byName.set(name, typeof before === "string" ? `${before}, ${value}` : value);
    }
  }
  return byName;
}

function membersOf(value: ExactValue | undefined): ExactObject[] {
  return isExactObject(value) ? [value] : [];
}

type Members = readonly (readonly [string, ExactValue])[];

function comparableResponse(response: ExactObject): Map<string, ExactValue> {
  const answer = new Map<string, ExactValue>();
  for (const [key, value] of response) {
    if (key === "result" && isExactObject(value)) {
      // An absent status is Failure by contract; "result" within it is a text.
      for (const [part, content] of value) {
        answer.set(part, content);
      }
    } else if (key === "outputData" && isExactList(value)) {
      answer.set("outputs", valuesByName(value));
    } else if (key === "returnValue") {
      answer.set(key, comparableData(value));
    } else if (key !== "invocationId") {
      answer.set(key, value);
    }
  }
  if (!answer.has("status")) {
    answer.set("status", "Failure");
  }
  return answer;
}

/** Bindings by name; a second value of the same name gets the key "name (2)". */
export function valuesByName(outputs: readonly ExactValue[]): ExactObject {
  const byName = new Map<string, ExactValue>();
  for (const output of outputs.filter(isExactObject)) {
    const given = output.get("name");
    const name = typeof given === "string" ? given : "";
    let key = name;
    for (let count = 2; byName.has(key); count += 1) {
      key = `${name} (${count})`;
    }
    byName.set(key, new Map([...withoutKey(output, "name")].map(([part, value]) => [part, dataOf(part, value)])));
  }
  return byName;
}

/** Every map has a name of its own: where its content is not at hand, type and length are what can be compared. */
function dataOf(part: string, value: ExactValue): ExactValue {
  if (part === "rpcSharedMemory" && isExactObject(value)) {
    return withoutKey(value, "name");
  }
  return part === "data" ? comparableData(value) : value;
}

function withoutKey(value: ExactObject, key: string): ExactObject {
  return new Map([...value].filter(([name]) => name !== key));
}

/**
 * Logs of the worker about itself name the moment and its own ids: the Python worker's of an invocation have its request id
 * and the time.
 */
function isOfSystem(log: ExactObject): boolean {
  return log.get("logCategory") === "System";
}

function comparableLog(log: ExactObject): ExactObject {
  const members: Members = [...withoutKey(log, "invocationId")].map(([key, value]) => {
    if (key === "propertiesMap" && isExactObject(value)) {
      return [key, new Map([...value].map(([name, data]) => [name, comparableData(data)]))];
    }
    return [key, key === "properties" && typeof value === "string" ? jsonOrText(value) : value];
  });
  return new Map(members);
}

/** A TypedData. */
export function comparableData(data: ExactValue): ExactValue {
  if (!isExactObject(data)) {
    return data;
  }
  return new Map(
    [...data].map(([kind, value]) => {
      if (kind === "http" && isExactObject(value)) {
        return [kind, comparableHttp(value)];
      }
      if (typeof value !== "string") {
        return [kind, value];
      }
      if (kind === "json") {
        return [kind, parseExactValue(value) ?? new Map([["invalid", value]])];
      }
      if (kind === "string") {
        return [kind, jsonOrText(value)];
      }
      return [kind, kind === "bytes" || kind === "stream" ? textOfBytes(value) : value];
    }),
  );
}

function comparableHttp(http: ExactObject): ExactObject {
  return new Map(
    [...http].map(([key, value]) => [key, key === "body" || key === "rawBody" ? comparableData(value) : value]),
  );
}

/** Only objects and lists: a text such as "1.0" is a text. */
function jsonOrText(text: string): ExactValue {
  return /^\s*[[{]/u.test(text) ? (parseExactValue(text) ?? text) : text;
}

/** Text, taken apart where it is JSON, or base64 where they are no UTF-8. */
export function bytesAsText(bytes: Uint8Array): ExactValue {
  return textOf(bytes) ?? new Map([["base64", encodeBase64(bytes)]]);
}

function textOfBytes(base64: string): ExactValue {
  const bytes = parseBase64(base64);
  return (bytes && textOf(bytes)) ?? new Map([["base64", base64]]);
}

/** @returns undefined where the bytes are not UTF-8 */
function textOf(bytes: Uint8Array): ExactValue | undefined {
  const text = decodeUtf8(bytes);
  return isEqual(encodeUtf8(text), bytes) ? jsonOrText(text) : undefined;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** Shortest text that is replaced by its name: shorter ones occur by chance. */
const MIN_KNOWN = 4;

/** Puts the name in braces where the value stands, in every text and key; long values before those that they contain. */
export function renamed(known: Readonly<Record<string, string>>): (value: ExactValue) => ExactValue {
  const names = Object.entries(known)
    .filter(([, text]) => text.length >= MIN_KNOWN)
    .sort(([, a], [, b]) => b.length - a.length);
  const rename = (text: string): string =>
    names.reduce((renamed, [name, value]) => renamed.replaceAll(value, `{${name}}`), text);
  const renameAll = (value: ExactValue): ExactValue => {
    if (typeof value === "string") {
      return rename(value);
    }
    if (isExactList(value)) {
      return value.map(renameAll);
    }
    if (isExactObject(value)) {
      return new Map([...value].map(([key, member]) => [rename(key), renameAll(member)]));
    }
    return value;
  };
  return renameAll;
}
