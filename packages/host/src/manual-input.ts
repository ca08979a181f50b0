import { type FunctionInfo, isHttpTriggered } from "./functions.ts";
import { forwardRequest } from "./http-leg.ts";
import { createHttpInput, type ReceivedRequest } from "./http-request.ts";
import type { TriggerInput } from "./invocation-request.ts";
import type { Invocation, InvocationTarget } from "./invoker.ts";
import { isJsonObject, objectAt, parseJson, stringAt, stringsAt } from "./json.ts";
import { createQueueInput, createQueueMessage } from "./queues.ts";
import { createTimerInput } from "./timers.ts";
import { dataOf, jsonData } from "./typed-data.ts";

/**
 * The invocation of a function by hand, with an input instead of its trigger.
 *
 * A timer takes no input. A queue takes the message. An http trigger takes the body, or an object with any of
 * `method`, `body`, `headers`, `query` and `params`. Other triggers take text as text unless they always carry JSON,
 * and any other value as JSON.
 *
 * @param baseUrl of http triggers, ends without a slash
 */
export function createManualInvocation(info: FunctionInfo, input: unknown, baseUrl: string): Invocation {
  const type = info.trigger.type.toLowerCase();
  if (isHttpTriggered(info)) {
    const request = createManualRequest(info, input, baseUrl);
    return { cause: "admin", prepare: (target) => prepareHttp(info, request, target) };
  }
  return { cause: "admin", prepare: () => createInput(info, type, input) };
}

function createInput(info: FunctionInfo, type: string, input: unknown): TriggerInput {
  switch (type) {
    case "timertrigger":
      return createTimerInput(undefined, false);
    case "queuetrigger":
      return createQueueInput(info, createQueueMessage(toBytes(input)));
    case "eventgridtrigger":
    case "cosmosdbtrigger":
      return { data: jsonData(typeof input === "string" ? (parseJson(input) ?? input) : input), metadata: {} };
    default:
      return { data: dataOf(input), metadata: {} };
  }
}

function prepareHttp(info: FunctionInfo, request: ReceivedRequest, target: InvocationTarget): TriggerInput {
  const input = createHttpInput(request, info.trigger.name, (capability) => target.has(capability));
  if (!target.has("HttpUri")) {
    return input;
  }
  const { pathname, search } = new URL(request.url);
  const { method, headers, body } = request;
  const uri = target.capabilities["HttpUri"] ?? "";
  const leg = forwardRequest(
    { method, path: pathname + search, headers, body },
    { uri, invocationId: target.invocationId, clientAddress: "127.0.0.1" },
    async (response) => {
      for await (const _ of response) {
        // Nobody is there to read the answer; it must be drained for the leg to end.
      }
    },
  );
  return { ...input, leg };
}

const REQUEST_KEYS = ["method", "body", "headers", "query", "params"];

function createManualRequest(info: FunctionInfo, input: unknown, baseUrl: string): ReceivedRequest {
  const parsed = typeof input === "string" ? parseJson(input) : input;
  const isRequest = isJsonObject(parsed) && Object.keys(parsed).some((key) => REQUEST_KEYS.includes(key));
  const described = isRequest ? parsed : {};
  const content = isRequest ? described["body"] : input;
  const body = content === undefined || content === null || content === "" ? undefined : toBytes(content);
  const [firstMethod = "POST"] = stringsAt(info.trigger.settings, "methods");
  const query = textsOf(objectAt(described, "query"));
  const parameters = textsOf(objectAt(described, "params"));
  const headers = new Map<string, string>([
    ["Host", new URL(baseUrl).host],
    ...(body === undefined
      ? []
      : ([
          [
            "Content-Type",
            typeof content === "string" && parseJson(content) === undefined ? "text/plain" : "application/json",
          ],
          ["Content-Length", String(body.length)],
        ] as const)),
    ...textsOf(objectAt(described, "headers")),
  ]);
  return {
    method: (stringAt(described, "method") ?? firstMethod).toUpperCase(),
    url: createUrl(info, baseUrl, parameters, query),
    headers,
    query,
    parameters,
    body,
  };
}

function createUrl(
  info: FunctionInfo,
  baseUrl: string,
  parameters: ReadonlyMap<string, string>,
  query: ReadonlyMap<string, string>,
): string {
  const route = stringAt(info.trigger.settings, "route") ?? info.name;
  const path = route.replace(/\/?\{\**(\w+)[^}]*\}/g, (whole, name: string) => {
    const value = parameters.get(name);
    const slash = whole.startsWith("/") ? "/" : "";
    return value === undefined ? "" : slash + encodeURIComponent(value);
  });
  const search = query.size === 0 ? "" : `?${new URLSearchParams([...query]).toString()}`;
  return `${baseUrl}/${path}${search}`;
}

function textsOf(object: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(object).map(([name, value]) => [name, String(value)]));
}

function toBytes(value: unknown): Buffer {
  if (value instanceof Uint8Array) {
    return Buffer.from(value);
  }
  return Buffer.from(typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
}
