/** What a host says to a worker before it sends invocations, as it was recorded. */
import type {
  FunctionEnvironmentReloadRequest,
  FunctionLoadRequest,
  FunctionMetadataResponse,
  RpcFunctionMetadata,
  StreamingMessage,
  WorkerInitRequest,
} from "@inspector/proto";

export type Startup = {
  readonly init: WorkerInitRequest | undefined;
  readonly reload: FunctionEnvironmentReloadRequest | undefined;
  /** The host asked the worker which functions it has. */
  readonly isIndexed: boolean;
  /** Those of collections too, in order. */
  readonly loads: readonly FunctionLoadRequest[];
  /** The app's folder; "" where nobody said it. */
  readonly appDirectory: string;
};

/** Kinds of messages that {@link readStartup} looks at. */
export const STARTUP_KINDS = [
  "worker_init_request",
  "function_environment_reload_request",
  "functions_metadata_request",
  "function_load_request",
  "function_load_request_collection",
];

/** @param messages of the host, in order; of several workers of one app the first that says something counts */
export function readStartup(messages: readonly StreamingMessage[]): Startup {
  let init: WorkerInitRequest | undefined;
  let reload: FunctionEnvironmentReloadRequest | undefined;
  let isIndexed = false;
  const loads: FunctionLoadRequest[] = [];
  const folders: string[] = [];
  for (const { content } of messages) {
    switch (content.case) {
      case "workerInitRequest":
        init ??= content.value;
        folders.push(content.value.functionAppDirectory);
        break;
      case "functionEnvironmentReloadRequest":
        // Until then the worker stood by in a folder that is nobody's app.
        reload ??= content.value;
        folders.unshift(content.value.functionAppDirectory);
        break;
      case "functionsMetadataRequest":
        isIndexed = true;
        folders.push(content.value.functionAppDirectory);
        break;
      case "functionLoadRequest":
        loads.push(content.value);
        break;
      case "functionLoadRequestCollection":
        loads.push(...content.value.functionLoadRequests);
        break;
      default:
        break;
    }
  }
  return { init, reload, isIndexed, loads, appDirectory: folders.find((folder) => folder !== "") ?? "" };
}

/**
 * The loads, each function once, for an app in another folder. Where the worker listed its functions itself, their ids and
 * their code are its own, and what it does not have any more is left out.
 */
export function loadsFor(
  { loads, appDirectory }: Startup,
  indexed: FunctionMetadataResponse | undefined,
  folder: string,
): FunctionLoadRequest[] {
  const byName = new Map(loads.map((request) => [request.metadata?.name ?? request.functionId, request]));
  if (indexed === undefined || indexed.useDefaultMetadataIndexing) {
    return [...byName.values()].map((request) => relocated(request, appDirectory, folder));
  }
  return indexed.functionMetadataResults.flatMap((own) => {
    const request = byName.get(own.name);
    return request === undefined ? [] : [asListed(request, own)];
  });
}

/** Folders of functions lie in the app's. */
function relocated(request: FunctionLoadRequest, from: string, to: string): FunctionLoadRequest {
  const { metadata } = request;
  if (metadata === undefined) {
    return request;
  }
  const move = (path: string): string => (from !== "" && path.startsWith(from) ? to + path.slice(from.length) : path);
  return {
    ...request,
    metadata: { ...metadata, directory: move(metadata.directory), scriptFile: move(metadata.scriptFile) },
  };
}

function asListed(request: FunctionLoadRequest, own: RpcFunctionMetadata): FunctionLoadRequest {
  const { functionId, directory, scriptFile, entryPoint } = own;
  const { metadata } = request;
  if (metadata === undefined) {
    return { ...request, functionId };
  }
  const properties = { ...metadata.properties, ...own.properties };
  return {
    ...request,
    functionId,
    metadata: {
      ...metadata,
      directory,
      scriptFile,
      entryPoint,
      properties: Object.hasOwn(properties, "FunctionId") ? { ...properties, FunctionId: functionId } : properties,
    },
  };
}
