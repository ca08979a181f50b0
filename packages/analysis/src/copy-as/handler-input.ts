/** What an `@azure/functions` handler gets of an invocation's request, as JavaScript that makes it. */
import {
  encodeBase64,
  type InvocationRequest,
  type ParameterBinding,
  type RpcHttp,
  type TypedData,
} from "@inspector/proto";

/** Ends of lines and marks of direction: they would make a text look like another one where it is pasted. */
const MISLEADING = /[\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** A string literal. */
export function quote(text: string): string {
  return literal(text);
}

function literal(value: unknown): string {
  const sign = (mark: string) => `\\u${mark.charCodeAt(0).toString(16)}`;
  return (JSON.stringify(value, undefined, 2) ?? "undefined").replaceAll(MISLEADING, sign);
}

/** @returns undefined where the value did not travel in the message */
export function argumentSource({ rpcData }: Pick<ParameterBinding, "rpcData">): string | undefined {
  if (rpcData.case !== "data") {
    return undefined;
  }
  const { data } = rpcData.value;
  return data.case === "json" && isTimer(data.value)
    ? valueSource(camelCase(JSON.parse(data.value)))
    : dataSource(rpcData.value);
}

/**
 * As the library reads it: text that is JSON becomes what it says, bytes a Buffer.
 * @see `converters/fromRpcTypedData` of `@azure/functions`
 */
function dataSource({ data }: TypedData): string | undefined {
  switch (data.case) {
    case "string":
    case "json":
      return textSource(data.value);
    case "bytes":
    case "stream":
      return bytesSource(data.value);
    case "http":
      return httpSource(data.value);
    case "int":
    case "double":
      return String(data.value);
    case "collectionBytes":
      return listSource(data.value.bytes.map(bytesSource));
    case "collectionString":
      return listSource(data.value.string.map(textSource));
    case "collectionDouble":
      return listSource(data.value.double.map(String));
    case "collectionSint64":
      return listSource(data.value.sint64.map(String));
    case undefined:
      return "undefined";
    default:
      return undefined;
  }
}

/** What the second argument of a handler is made of. Of HTTP requests and timers the library leaves the metadata out. */
export function contextSource(name: string, request: InvocationRequest): string {
  const { invocationId, triggerMetadata, retryContext, inputData } = request;
  const [trigger] = inputData;
  const isBare = trigger?.rpcData.case === "data" && isWithoutMetadata(trigger.rpcData.value);
  const metadata = Object.entries(triggerMetadata).flatMap(([key, data]) => {
    const source = isBare ? undefined : metadataSource(data);
    return source === undefined ? [] : [`${quote(camelCaseKey(key))}: ${source}`];
  });
  const members = [
    `functionName: ${quote(name)}`,
    `invocationId: ${quote(invocationId)}`,
    ...(metadata.length === 0 ? [] : [`triggerMetadata: ${objectSource(metadata)}`]),
    ...(retryContext === undefined
      ? []
      : [`retryContext: { retryCount: ${retryContext.retryCount}, maxRetryCount: ${retryContext.maxRetryCount} }`]),
  ];
  return objectSource(members);
}

/** The library makes the first letters of all keys small, also within. */
function metadataSource(data: TypedData): string | undefined {
  const text = data.data.case === "json" || data.data.case === "string" ? data.data.value : undefined;
  const value = text === undefined ? undefined : parsedJson(text);
  return typeof value === "object" && value !== null ? valueSource(camelCase(value)) : dataSource(data);
}

function isWithoutMetadata({ data }: TypedData): boolean {
  return data.case === "http" || (data.case === "json" && isTimer(data.value));
}

/** What a timer's handler gets has these members, and a handler's names for them begin small. */
function isTimer(json: string): boolean {
  const value = parsedJson(json);
  return typeof value === "object" && value !== null && "IsPastDue" in value && "Schedule" in value;
}

/** An empty one stands for a request that travelled over HTTP. */
function httpSource(http: RpcHttp): string | undefined {
  if (http.url === "" || http.method === "") {
    return undefined;
  }
  const body = bodySource(http.body) ?? bodySource(http.rawBody);
  const members = [
    `method: ${quote(http.method)}`,
    `url: ${quote(http.url)}`,
    ...mapMember("headers", http.headers, http.nullableHeaders),
    ...mapMember("query", http.query, http.nullableQuery),
    ...mapMember("params", http.params, http.nullableParams),
    ...(body === undefined ? [] : [`body: ${body}`]),
  ];
  return `new HttpRequest(${objectSource(members)})`;
}

function bodySource(body: TypedData | undefined): string | undefined {
  switch (body?.data.case) {
    case "string":
    case "json":
      return `{ string: ${quote(body.data.value)} }`;
    case "bytes":
    case "stream":
      return `{ bytes: ${bytesSource(body.data.value)} }`;
    default:
      return undefined;
  }
}

type Nullable = Readonly<Record<string, { readonly string: { readonly value?: string | undefined } }>>;

function mapMember(name: string, plain: Readonly<Record<string, string>>, nullable: Nullable): string[] {
  const others = Object.entries(nullable).map(([key, { string }]) => [key, string.value ?? ""] as const);
  const entries = others.length > 0 ? others : Object.entries(plain);
  const members = entries.map(([key, value]) => `${quote(key)}: ${quote(value)}`);
  return members.length === 0 ? [] : [`${name}: ${objectSource(members)}`];
}

function bytesSource(bytes: Uint8Array): string {
  return `Buffer.from(${quote(encodeBase64(bytes))}, "base64")`;
}

function textSource(text: string): string {
  const value = parsedJson(text);
  return value === undefined ? quote(text) : valueSource(value, text);
}

/** Texts in which a JavaScript literal means something else than the same JSON. */
const UNLIKE = /"__proto__"|\de\+?\d|-0/iu;

/** @param json the text it was read from, for what a literal cannot say */
function valueSource(value: unknown, json = JSON.stringify(value)): string {
  return UNLIKE.test(json) ? `JSON.parse(${quote(json)})` : literal(value);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function camelCase(value: unknown): unknown {
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(camelCase);
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [camelCaseKey(key), camelCase(one)]));
}

function camelCaseKey(key: string): string {
  return key.charAt(0).toLowerCase() + key.slice(1);
}

function objectSource(members: readonly string[]): string {
  return members.length === 0
    ? "{}"
    : `{\n${members.map((member) => `  ${member.replaceAll("\n", "\n  ")},\n`).join("")}}`;
}

function listSource(items: readonly string[]): string {
  return `[${items.join(", ")}]`;
}
