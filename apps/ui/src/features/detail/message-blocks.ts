import { isRecord, type JsonRecord, readList, readPairs, readRecord, readText, type TextPair } from "./reading.ts";
import { type HttpMessage, readBinding, readTypedData, type TypedValue } from "./typed-data.ts";

export type NamedValue = { readonly name: string; readonly value: TypedValue };

export type ExceptionInfo = {
  readonly type: string | undefined;
  readonly message: string;
  readonly source: string | undefined;
  readonly stack: string | undefined;
  readonly isUser: boolean;
};

/** A part of the page about one message, in reading order. */
export type Block =
  | { readonly type: "request" | "response"; readonly title: string; readonly http: HttpMessage }
  | { readonly type: "result"; readonly status: string; readonly text: string | undefined; readonly http?: number }
  | { readonly type: "exception"; readonly exception: ExceptionInfo }
  | { readonly type: "log"; readonly level: string; readonly text: string }
  | { readonly type: "facts"; readonly title: string; readonly facts: readonly TextPair[]; readonly hasCopy?: true }
  | { readonly type: "values"; readonly title: string; readonly values: readonly NamedValue[] }
  | { readonly type: "json"; readonly title: string; readonly value: unknown };

/** The content of a StreamingMessage in proto3 JSON: the one member that is not its envelope's. */
export function contentOf(message: unknown): JsonRecord {
  const [, content] =
    Object.entries(readRecord(message)).find(([key]) => key !== "requestId" && key !== "$unknown") ?? [];
  return readRecord(content);
}

/** What to show of a message of the given kind. */
export function describeMessage(kind: string, message: unknown): Block[] {
  const content = contentOf(message);
  const unknownFields = readRecord(message)["$unknown"];
  const blocks = describeContent(kind, content);
  return unknownFields === undefined
    ? blocks
    : [...blocks, { type: "json", title: "Unknown fields", value: unknownFields }];
}

function describeContent(kind: string, content: JsonRecord): Block[] {
  if (kind === "invocation_request") {
    return describeRequest(content);
  }
  if (kind === "invocation_response") {
    return describeResponse(content);
  }
  if (kind === "rpc_log") {
    return describeLog(content);
  }
  return describeOther(content);
}

function describeRequest(content: JsonRecord): Block[] {
  const inputs = readList(content["inputData"]).map(readBinding);
  const retry = readRecord(content["retryContext"]);
  return [
    ...inputs.flatMap(({ name, value }): Block[] =>
      value.case === "http" ? [{ type: "request", title: name, http: value.http }] : [],
    ),
    ...values("Input", inputs.filter(isNotHttp)),
    ...values("Trigger metadata", namedValues(content["triggerMetadata"])),
    ...facts("Retry", pickTexts(retry)),
    ...exception(retry["exception"]),
    ...facts("Trace", traceFacts(content["traceContext"])),
    ...ids(content),
  ];
}

function describeResponse(content: JsonRecord): Block[] {
  const outputs = readList(content["outputData"]).map(readBinding);
  const returned = { name: "return value", value: readTypedData(content["returnValue"]) };
  const answers = [returned, ...outputs];
  return [
    ...result(content["result"], answers),
    ...answers.flatMap(({ name, value }): Block[] =>
      value.case === "http" ? [{ type: "response", title: name, http: value.http }] : [],
    ),
    ...values(
      "Return value",
      [returned].filter(({ value }) => value.case !== "none" && value.case !== "http"),
    ),
    ...values("Output", outputs.filter(isNotHttp)),
    ...facts("Trace attributes", readPairs(content["traceContextAttributes"])),
    ...ids(content),
  ];
}

/** proto3 leaves out a field that has its first value, so an absent level is Trace. */
function describeLog(content: JsonRecord): Block[] {
  const { message, level, exception: thrown, propertiesMap, ...rest } = content;
  return [
    { type: "log", level: readText(level) ?? "Trace", text: readText(message) ?? "" },
    ...exception(thrown),
    ...values("Properties", namedValues(propertiesMap)),
    ...facts("Log", pickTexts(rest)),
  ];
}

/** Any other kind: its result first, then its plain fields, its maps of text, and the rest as a tree. */
function describeOther(content: JsonRecord): Block[] {
  const blocks: Block[] = [...result(content["result"]), ...facts("Content", pickTexts(content))];
  for (const [name, value] of Object.entries(content)) {
    if (name === "result" || readText(value) !== undefined) {
      continue;
    }
    if (isTextMap(value)) {
      blocks.push(...facts(spellOut(name), readPairs(value)));
    } else {
      blocks.push({ type: "json", title: spellOut(name), value });
    }
  }
  return blocks;
}

/** A StatusResult. An absent status is Failure, the enum's first value, so a result that is there always has one. */
function result(value: unknown, answers: readonly NamedValue[] = []): Block[] {
  if (!isRecord(value)) {
    return [];
  }
  const logs = readList(value["logs"]);
  return [
    {
      type: "result",
      status: readText(value["status"]) ?? "Failure",
      text: readText(value["result"]),
      ...httpStatusIn(answers),
    },
    ...exception(value["exception"]),
    ...(logs.length > 0 ? [{ type: "json", title: "Logs in the result", value: logs } as const] : []),
  ];
}

/** Of the first answer over HTTP. */
function httpStatusIn(answers: readonly NamedValue[]): { readonly http?: number } {
  const [status] = answers.flatMap(({ value }) => (value.case === "http" ? (value.http.status ?? []) : []));
  return status !== undefined && /^[1-5]\d\d$/.test(status) ? { http: Number(status) } : {};
}

function exception(value: unknown): Block[] {
  if (!isRecord(value)) {
    return [];
  }
  const exceptionInfo: ExceptionInfo = {
    type: readText(value["type"]),
    message: readText(value["message"]) ?? "",
    source: readText(value["source"]),
    stack: readText(value["stackTrace"]),
    isUser: value["isUserException"] === true,
  };
  return [{ type: "exception", exception: exceptionInfo }];
}

function isNotHttp({ value }: NamedValue): boolean {
  return value.case !== "http";
}

function namedValues(value: unknown): NamedValue[] {
  return Object.entries(readRecord(value)).map(([name, data]) => ({ name, value: readTypedData(data) }));
}

function values(title: string, list: readonly NamedValue[]): Block[] {
  return list.length > 0 ? [{ type: "values", title, values: list }] : [];
}

function facts(title: string, list: readonly TextPair[]): Block[] {
  return list.length > 0 ? [{ type: "facts", title, facts: list }] : [];
}

/** What people paste into a search elsewhere, so each can be copied. */
function ids(content: JsonRecord): Block[] {
  const list = pickTexts(content);
  return list.length > 0 ? [{ type: "facts", title: "Ids", facts: list, hasCopy: true }] : [];
}

function traceFacts(value: unknown): TextPair[] {
  const { attributes, baggage, ...rest } = readRecord(value);
  return [...pickTexts(rest), ...readPairs(attributes), ...readPairs(baggage)];
}

function pickTexts(content: JsonRecord): TextPair[] {
  return Object.entries(content).flatMap(([name, value]): TextPair[] => {
    const text = readText(value);
    return text === undefined ? [] : [[spellOut(name), text]];
  });
}

function isTextMap(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every((item) => typeof item === "string");
}

/** "functionAppDirectory" as people write it: "Function app directory". */
function spellOut(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
