import { isRecord, readList, readPairs, readRecord, readText, type TextPair } from "./reading.ts";

/** A TypedData: its case is always shown, because workers treat "string" and "json" differently. */
export type TypedValue =
  | { readonly case: "string" | "json" | "int" | "double"; readonly text: string }
  | { readonly case: "bytes" | "stream"; readonly base64: string }
  | { readonly case: "http"; readonly http: HttpMessage }
  | { readonly case: "modelBindingData"; readonly facts: readonly TextPair[]; readonly base64: string }
  | { readonly case: "collection"; readonly name: string; readonly items: readonly TypedValue[] }
  | { readonly case: "sharedMemory"; readonly name: string; readonly facts: readonly TextPair[] }
  | { readonly case: "none" };

/** An RpcHttp: a request on its way to the worker, a response on its way back. */
export type HttpMessage = {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly status: string | undefined;
  readonly query: readonly TextPair[];
  readonly params: readonly TextPair[];
  readonly headers: readonly TextPair[];
  readonly cookies: readonly unknown[];
  readonly identities: readonly unknown[];
  readonly body: TypedValue;
  /** Nothing in it: with the HttpUri capability the request itself travels over HTTP, beside the stream. */
  readonly isEmpty: boolean;
};

export function readTypedData(value: unknown): TypedValue {
  const data = readRecord(value);
  for (const name of ["string", "json", "int", "double"] as const) {
    if (name in data) {
      return { case: name, text: String(data[name] ?? "") };
    }
  }
  for (const name of ["bytes", "stream"] as const) {
    if (name in data) {
      return { case: name, base64: String(data[name] ?? "") };
    }
  }
  if ("http" in data) {
    return { case: "http", http: readHttp(data["http"]) };
  }
  if ("modelBindingData" in data) {
    return readModelBindingData(data["modelBindingData"]);
  }
  return readCollection(data);
}

function readModelBindingData(value: unknown): TypedValue {
  const { content, ...facts } = readRecord(value);
  return { case: "modelBindingData", facts: readPairs(facts), base64: readText(content) ?? "" };
}

/** Each collection wraps its list in a message with one field: `{"collectionSint64": {"sint64": ["1"]}}`. */
function readCollection(data: Readonly<Record<string, unknown>>): TypedValue {
  const name = Object.keys(data).find((key) => key.startsWith("collection"));
  if (name === undefined) {
    return { case: "none" };
  }
  const [field, list] = Object.entries(readRecord(data[name]))[0] ?? ["", []];
  const wrap = field === "sint64" ? "int" : field;
  return { case: "collection", name, items: readList(list).map((item) => readTypedData({ [wrap]: item })) };
}

/** A ParameterBinding's value: in the message, or in memory that host and worker share. */
export function readBinding(value: unknown): { readonly name: string; readonly value: TypedValue } {
  const binding = readRecord(value);
  const name = readText(binding["name"]) ?? "";
  const shared = binding["rpcSharedMemory"];
  if (isRecord(shared)) {
    const map = readText(shared["name"]) ?? "";
    return {
      name,
      value: map === "" ? { case: "none" } : { case: "sharedMemory", name: map, facts: readPairs(shared) },
    };
  }
  return { name, value: readTypedData(binding["data"]) };
}

export function readHttp(value: unknown): HttpMessage {
  const http = readRecord(value);
  const body = readTypedData(http["body"]);
  return {
    method: readText(http["method"]),
    url: readText(http["url"]),
    status: readText(http["statusCode"]),
    query: mergePairs(http["query"], http["nullableQuery"]),
    params: mergePairs(http["params"], http["nullableParams"]),
    headers: mergePairs(http["headers"], http["nullableHeaders"]),
    cookies: readList(http["cookies"]),
    identities: readList(http["identities"]),
    body: body.case === "none" ? readTypedData(http["rawBody"]) : body,
    isEmpty: Object.keys(http).length === 0,
  };
}

/** The nullable maps replaced the plain ones when the host and worker both know them; either may be filled. */
function mergePairs(plain: unknown, nullable: unknown): TextPair[] {
  const pairs = new Map(readPairs(plain));
  for (const [name, value] of readPairs(nullable)) {
    if (!pairs.has(name)) {
      pairs.set(name, value);
    }
  }
  return [...pairs];
}
