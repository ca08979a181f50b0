import { createBlobInput, createCosmosDbInput, createEventGridInput } from "./event-triggers.ts";
import { type FunctionInfo, isHttpTriggered } from "./functions.ts";
import { forwardRequest } from "./http-leg.ts";
import { createHttpInput, type ReceivedRequest } from "./http-request.ts";
import type { TriggerInput } from "./invocation-request.ts";
import type { Invocation, InvocationTarget } from "./invoker.ts";
import { isJsonObject, type JsonObject, objectAt, parseJson, stringAt, stringsAt } from "./json.ts";
import { createEventHubInput, createServiceBusInput } from "./message-triggers.ts";
import { createQueueInput, createQueueMessage } from "./queues.ts";
import { createTimerInput } from "./timers.ts";
import { dataOf, textOf } from "./typed-data.ts";

/**
 * The invocation of a function by hand, with an input instead of its trigger.
 *
 * A timer takes no input. Queues, Service Bus, Event Hubs take the message, or a list where they are triggered by batches.
 * Blob takes the content, Event Grid the event or its data, Cosmos DB one document or a list. An http trigger takes the body, or
 * an object with any of `method`, `body`, `headers`, `query` and `params`. Other triggers take text as text and any other value
 * as JSON.
 *
 * @param baseUrl of http triggers, ends without a slash
 * @param metadata laid over what the trigger sends as metadata: text stays text, null leaves one out, all else becomes JSON
 */
export function createManualInvocation(
  info: FunctionInfo,
  input: unknown,
  baseUrl: string,
  metadata: JsonObject = {},
): Invocation {
  const create = inputOf(info, input, baseUrl);
  return {
    cause: "admin",
    prepare(target) {
      const created = create(target);
      return { ...created, metadata: overlaid(created.metadata, metadata) };
    },
  };
}

function inputOf(info: FunctionInfo, input: unknown, baseUrl: string): (target: InvocationTarget) => TriggerInput {
  if (isHttpTriggered(info)) {
    const request = createManualRequest(info, input, baseUrl);
    return (target) => prepareHttp(info, request, target);
  }
  return (target) => createInput(info, input, (capability) => target.has(capability));
}

function overlaid(sent: TriggerInput["metadata"], given: JsonObject): TriggerInput["metadata"] {
  const names = new Set(Object.keys(given).map((name) => name.toLowerCase()));
  const kept = Object.entries(sent).filter(([name]) => !names.has(name.toLowerCase()));
  const added = Object.entries(given).filter(([, value]) => value !== null);
  return Object.fromEntries([...kept, ...added.map(([name, value]) => [name, dataOf(value)] as const)]);
}

function createInput(info: FunctionInfo, input: unknown, has: (capability: string) => boolean): TriggerInput {
  switch (info.trigger.type.toLowerCase()) {
    case "timertrigger":
      return createTimerInput(undefined, false);
    case "queuetrigger":
      return createQueueInput(info, createQueueMessage(toBytes(input)));
    case "servicebustrigger":
      return createServiceBusInput(info, input, has);
    case "eventhubtrigger":
      return createEventHubInput(info, input, has);
    case "blobtrigger":
      return createBlobInput(info, input);
    case "eventgridtrigger":
      return createEventGridInput(info, input);
    case "cosmosdbtrigger":
      return createCosmosDbInput(input);
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
  const query = textValues(objectAt(described, "query"));
  const parameters = textValues(objectAt(described, "params"));
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
    ...textValues(objectAt(described, "headers")),
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

function textValues(object: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(object).map(([name, value]) => [name, String(value)]));
}

function toBytes(value: unknown): Buffer {
  return Buffer.from(value instanceof Uint8Array ? value : textOf(value));
}
