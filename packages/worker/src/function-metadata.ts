import { basename, dirname } from "node:path";
import type {
  BindingInfoSchema,
  MessageInitShape,
  RpcFunctionMetadataSchema,
  RpcRetryOptionsSchema,
} from "@inspector/proto";
import { BindingInfo_DataType, BindingInfo_Direction, RpcRetryOptions_RetryStrategy } from "@inspector/proto";
import type { CoreBinding, CoreFunctionMetadata, CoreRetryOptions } from "./core-contract.ts";
import { toSeconds } from "./seconds.ts";

/**
 * What the host learns of a function. The raw bindings (JSON, one a binding) are its source of truth, because they hold
 * the fields of every kind of binding; `bindings` repeats the three that all have.
 * @param scriptPath absolute path of the file that registered the function
 */
export function toRpcFunctionMetadata(
  metadata: CoreFunctionMetadata,
  functionId: string,
  scriptPath: string,
): MessageInitShape<typeof RpcFunctionMetadataSchema> {
  const bindings = Object.entries(metadata.bindings);
  return {
    name: metadata.name,
    functionId,
    directory: dirname(scriptPath),
    scriptFile: basename(scriptPath),
    bindings: Object.fromEntries(bindings.map(([name, binding]) => [name, toBindingInfo(binding)])),
    rawBindings: bindings.map(([name, binding]) => JSON.stringify({ ...binding, name })),
    ...(metadata.retryOptions && { retryOptions: toRetryOptions(metadata.retryOptions) }),
  };
}

function toBindingInfo(binding: CoreBinding): MessageInitShape<typeof BindingInfoSchema> {
  return {
    type: binding.type ?? "",
    direction: BindingInfo_Direction[binding.direction ?? "in"],
    dataType: BindingInfo_DataType[binding.dataType ?? "undefined"],
    properties: binding.properties ?? {},
  };
}

function toRetryOptions(options: CoreRetryOptions): MessageInitShape<typeof RpcRetryOptionsSchema> {
  const strategy = RpcRetryOptions_RetryStrategy;
  return {
    maxRetryCount: options.maxRetryCount ?? 0,
    retryStrategy: options.retryStrategy === "fixedDelay" ? strategy.fixed_delay : strategy.exponential_backoff,
    ...(options.delayInterval && { delayInterval: toSeconds(options.delayInterval) }),
    ...(options.minimumInterval && { minimumInterval: toSeconds(options.minimumInterval) }),
    ...(options.maximumInterval && { maximumInterval: toSeconds(options.maximumInterval) }),
  };
}
