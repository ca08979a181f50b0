/**
 * What a custom handler is asked and answers, in the contract's words. A custom handler has no stream: its host posts each invocation
 * to its HTTP server. @see docs/protocol-notes.md, "Custom handlers"
 */
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type InvocationRequest,
  InvocationRequestSchema,
  type InvocationResponse,
  InvocationResponseSchema,
  type ParameterBindingSchema,
  StatusResult_Status,
  type TypedDataSchema,
} from "./gen/FunctionRpc_pb.ts";
import { decodeUtf8 } from "./head-text.ts";

export type HandlerBinding = { readonly name: string; readonly type: string; readonly direction: string };
export type HttpHeaders = readonly (readonly [name: string, value: string])[];

/** A request of the host to the handler. `body` is undefined where it is too large to be looked at. */
export type HandlerCall = {
  readonly method: string;
  readonly target: string;
  readonly headers: HttpHeaders;
  readonly body: Uint8Array | undefined;
};

export type HandlerAnswer = {
  readonly status: number;
  readonly reason: string;
  readonly headers: HttpHeaders;
  readonly body: Uint8Array | undefined;
};

export type HandlerFunction = {
  readonly invocationId: string;
  readonly functionId: string;
  readonly bindings: readonly HandlerBinding[];
  /** The request is the caller's own, and the answer the caller's answer (`enableForwardingHttpRequest`). */
  readonly isForwarded: boolean;
};

type TypedDataInit = MessageInitShape<typeof TypedDataSchema>;
type ParameterInit = MessageInitShape<typeof ParameterBindingSchema>;
type Json = Readonly<Record<string, unknown>>;

/** Whether a body is what a host posts for an invocation, and not a caller's own. */
export function isHandlerPayload({ method, body }: HandlerCall): boolean {
  const value = method === "POST" && body !== undefined ? jsonIn(body) : undefined;
  return isObject(value) && isObject(value["Data"]) && isObject(value["Metadata"]);
}

export function handlerRequest(call: HandlerCall, of: HandlerFunction): InvocationRequest {
  const { invocationId, functionId, bindings, isForwarded } = of;
  if (isForwarded) {
    const name = bindings.find(isHttpTrigger)?.name ?? "req";
    const inputData = [parameter(name, forwardedHttp(call))];
    return create(InvocationRequestSchema, { invocationId, functionId, inputData });
  }
  const payload = call.body === undefined ? undefined : jsonIn(call.body);
  const { Data: data, Metadata: metadata } = isObject(payload) ? payload : {};
  const retry = isObject(metadata) ? metadata["RetryContext"] : undefined;
  return create(InvocationRequestSchema, {
    invocationId,
    functionId,
    inputData: Object.entries(isObject(data) ? data : {}).map(([name, value]) =>
      parameter(name, isHttp(bindings, name, value) ? httpOf(value) : dataOf(value)),
    ),
    triggerMetadata: Object.fromEntries(
      Object.entries(isObject(metadata) ? metadata : {})
        .filter(([name]) => name !== "RetryContext")
        .map(([name, value]) => [name, dataOf(value)]),
    ),
    ...(isObject(retry) && {
      retryContext: { retryCount: numberIn(retry, "RetryCount"), maxRetryCount: numberIn(retry, "MaxRetryCount") },
    }),
  });
}

export type HandlerOutcome = {
  readonly response: InvocationResponse;
  /** What the host logs at level Information, in the function's category. */
  readonly logs: readonly string[];
};

/** What the host makes of an answer. */
export function handlerResponse(answer: HandlerAnswer, of: HandlerFunction): HandlerOutcome {
  const { invocationId, bindings } = of;
  if (of.isForwarded) {
    const name = bindings.find(({ type, direction }) => type.toLowerCase() === "http" && direction === "out")?.name;
    const http = forwardedAnswer(answer);
    return outcome(invocationId, {
      ...(name !== undefined && name !== "$return" && { outputData: [parameter(name, http)] }),
      ...((name === undefined || name === "$return") && { returnValue: http }),
    });
  }
  const failure = whyUnusable(answer);
  if (failure !== undefined) {
    return failedHandlerResponse(invocationId, failure);
  }
  const result = jsonIn(answer.body ?? new Uint8Array());
  const { Outputs: outputs, ReturnValue: returned, Logs: logs } = withNames(isObject(result) ? result : {});
  return outcome(
    invocationId,
    {
      outputData: Object.entries(isObject(outputs) ? outputs : {}).map(([name, value]) =>
        parameter(name, isHttp(bindings, name, value) ? httpOf(value) : dataOf(value)),
      ),
      ...(returned !== undefined &&
        returned !== null && {
          returnValue: isHttp(bindings, "$return", returned) ? httpOf(returned) : dataOf(returned),
        }),
    },
    Array.isArray(logs) ? logs.map(String) : [],
  );
}

export function failedHandlerResponse(invocationId: string, message: string): HandlerOutcome {
  const result = { status: StatusResult_Status.Failure, exception: { source: "custom handler", message } };
  return { response: create(InvocationResponseSchema, { invocationId, result }), logs: [] };
}

function outcome(
  invocationId: string,
  rest: Pick<MessageInitShape<typeof InvocationResponseSchema>, "outputData" | "returnValue">,
  logs: readonly string[] = [],
): HandlerOutcome {
  const result = { status: StatusResult_Status.Success };
  return { response: create(InvocationResponseSchema, { invocationId, result, ...rest }), logs };
}

/** The host reads an answer by its media type, and only after a status of success. */
function whyUnusable({ status, reason, headers, body }: HandlerAnswer): string | undefined {
  if (status < 200 || status > 299) {
    return `The handler answered ${status}${reason === "" ? "" : ` ${reason}`}: the host takes an invocation for failed unless the status is 2xx`;
  }
  if (body === undefined) {
    return "The handler's answer is too large to be looked at here";
  }
  if (body.length === 0) {
    return "The handler's answer has no body: the host finds no result in it, and waits until functionTimeout";
  }
  const type = headerValue(headers, "content-type");
  if (!/^\s*(?:application|text)\/json\s*(?:;|$)/iu.test(type ?? "")) {
    const named = type === undefined ? "names no Content-Type" : `has the Content-Type ${type}`;
    return `The handler's answer ${named}: the host reads application/json`;
  }
  return isObject(jsonIn(body))
    ? undefined
    : "The handler's answer is no JSON object with Outputs, ReturnValue or Logs";
}

/** Hosts read the names of a result whatever their case. */
function withNames(result: Json): Json {
  const known = ["Outputs", "ReturnValue", "Logs"];
  return Object.fromEntries(
    Object.entries(result).map(([name, value]) => [
      known.find((one) => one.toLowerCase() === name.toLowerCase()) ?? name,
      value,
    ]),
  );
}

function parameter(name: string, data: TypedDataInit): ParameterInit {
  return { name, rpcData: { case: "data", value: data } };
}

function isHttpTrigger({ type }: HandlerBinding): boolean {
  return type.toLowerCase() === "httptrigger";
}

/** By the binding of that name, or for want of one by what such values look like. */
function isHttp(bindings: readonly HandlerBinding[], name: string, value: unknown): value is Json {
  if (!isObject(value)) {
    return false;
  }
  const binding = bindings.find((one) => one.name === name);
  return binding === undefined
    ? typeof value["Url"] === "string" && typeof value["Method"] === "string"
    : ["http", "httptrigger"].includes(binding.type.toLowerCase());
}

/** A request as hosts put it into Data, or a response as handlers put it into Outputs: members of either case. */
function httpOf(value: Json): TypedDataInit {
  const of = new Map(Object.entries(value).map(([name, one]) => [name.toLowerCase(), one]));
  const status = of.get("statuscode") ?? of.get("status");
  const body = of.get("body");
  return {
    data: {
      case: "http",
      value: {
        method: textOf(of.get("method")),
        url: textOf(of.get("url")),
        headers: texts(of.get("headers")),
        query: texts(of.get("query")),
        params: texts(of.get("params")),
        statusCode: textOf(status),
        ...(body !== undefined && body !== null && { body: dataOf(body) }),
      },
    },
  };
}

function forwardedHttp({ method, target, headers, body }: HandlerCall): TypedDataInit {
  return {
    data: {
      case: "http",
      value: {
        method,
        url: target,
        headers: Object.fromEntries(headers),
        query: queryOf(target),
        ...bodyOf(body),
      },
    },
  };
}

function queryOf(target: string): Record<string, string> {
  const text = target.split("?", 2)[1] ?? "";
  const pairs = text.split("&").filter((pair) => pair !== "");
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return [decode(name), decode(value.join("="))];
    }),
  );
}

function decode(text: string): string {
  const plain = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}

function forwardedAnswer({ status, headers, body }: HandlerAnswer): TypedDataInit {
  const value = { statusCode: String(status), headers: Object.fromEntries(headers), ...bodyOf(body) };
  return { data: { case: "http", value } };
}

function bodyOf(body: Uint8Array | undefined): { body?: TypedDataInit } {
  if (body === undefined || body.length === 0) {
    return {};
  }
  const text = decodeUtf8(body);
  const isText = !text.includes("\u{fffd}");
  return { body: { data: isText ? { case: "string", value: text } : { case: "bytes", value: body } } };
}

function dataOf(value: unknown): TypedDataInit {
  if (value === undefined || value === null) {
    return {};
  }
  return {
    data: typeof value === "string" ? { case: "string", value } : { case: "json", value: JSON.stringify(value) },
  };
}

function texts(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(isObject(value) ? value : {}).map(([name, one]) => [name, textOf(one)]));
}

/** Several values of a header are a list. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) {
    return "";
  }
  return Array.isArray(value)
    ? value.map(textOf).join(", ")
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);
}

function headerValue(headers: HttpHeaders, name: string): string | undefined {
  return headers.find(([one]) => one.toLowerCase() === name)?.[1];
}

function numberIn(value: Json, name: string): number {
  const found = value[name];
  return typeof found === "number" ? Math.trunc(found) : 0;
}

function jsonIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(body).replace(/^\u{feff}/u, ""));
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
