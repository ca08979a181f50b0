import type { InvocationResponse, TypedData } from "@inspector/proto";
import type { EventSink } from "./events.ts";
import { type Binding, type Environment, type FunctionInfo, settingOf } from "./functions.ts";
import { type QueueBroker, queueContents } from "./queues.ts";

/**
 * Carries out output bindings after a success: what goes to a queue is put into the app's own queues. Everything
 * else needs a service that is not here, so it is only reported.
 */
export function deliverOutputs(
  info: FunctionInfo,
  response: InvocationResponse,
  context: { readonly queues: QueueBroker; readonly environment: Environment; readonly emit: EventSink },
): void {
  for (const [binding, value] of collectOutputs(info, response)) {
    const queue = settingOf(binding, "queueName", context.environment);
    if (binding.type.toLowerCase() === "queue" && queue !== undefined) {
      for (const content of queueContents(value)) {
        context.queues.put(queue, content);
      }
    } else {
      const message = `Output ${binding.name} (${binding.type}) of ${info.name} was not written: there is no such service here`;
      context.emit({ kind: "log", level: "Debug", message });
    }
  }
}

/** Values of the output bindings but http; `$return` is the return value. */
export function collectOutputs(
  info: FunctionInfo,
  response: InvocationResponse,
): ReadonlyArray<readonly [Binding, TypedData]> {
  const found: Array<readonly [Binding, TypedData]> = [];
  for (const binding of info.bindings) {
    const named = response.outputData.find(({ name }) => name === binding.name)?.rpcData;
    const value = named?.case === "data" ? named.value : binding.name === "$return" ? response.returnValue : undefined;
    const isHttp = binding.type.toLowerCase() === "http";
    if (binding.direction !== "in" && !isHttp && value !== undefined && value.data.case !== undefined) {
      found.push([binding, value]);
    }
  }
  return found;
}
