import { objectAt } from "../src/json.ts";
import type { ScriptedHost } from "./scripted-host.ts";
import type { HandlerScript } from "./worker-script.ts";

/** What the Node worker of today declares for http. */
export const MODERN = {
  RpcHttpBodyOnly: "true",
  RawHttpBodyBytes: "true",
  RpcHttpTriggerMetadataRemoved: "true",
  UseNullableValueDictionaryForHttp: "true",
};

/** An http function in a worker's script; its route is its name unless given. */
export function httpFunction(
  name: string,
  more: Partial<HandlerScript> & { route?: string; methods?: readonly string[] } = {},
) {
  const { route = name, methods, ...rest } = more;
  return {
    name,
    bindings: [
      { type: "httpTrigger", name: "req", direction: "in", route, ...(methods && { methods }) },
      { type: "http", name: "$return", direction: "out" },
    ],
    ...rest,
  };
}

export function queueFunction(name: string, queueName: string, more: Partial<HandlerScript> = {}): HandlerScript {
  return { name, bindings: [{ type: "queueTrigger", name: "item", direction: "in", queueName }], ...more };
}

/** The http value of the first invocation the worker has received. */
export async function receivedHttp(run: ScriptedHost) {
  const [invocation] = await run.received("invocationRequest");
  const inputs = invocation?.["inputData"];
  const [input] = Array.isArray(inputs) ? inputs : [];
  return { http: objectAt(objectAt(input, "data"), "http"), invocation: invocation ?? {} };
}
