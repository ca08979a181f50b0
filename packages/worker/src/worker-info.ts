import type { MessageInitShape, WorkerMetadataSchema } from "@inspector/proto";
import type { App } from "./app.ts";

declare const __WORKER_VERSION__: string;

/** Version of this package; the bundler puts it in. */
export const workerVersion = typeof __WORKER_VERSION__ === "string" ? __WORKER_VERSION__ : "0.0.0";

/** What every app gets; the same as the official worker's, since they decide the form in which the host sends requests. */
const ownCapabilities: Readonly<Record<string, string>> = {
  RawHttpBodyBytes: "true",
  RpcHttpTriggerMetadataRemoved: "true",
  RpcHttpBodyOnly: "true",
  IgnoreEmptyValuedRpcHttpHeaders: "true",
  UseNullableValueDictionaryForHttp: "true",
  WorkerStatus: "true",
  TypedDataCollection: "true",
  HandlesWorkerTerminateMessage: "true",
};

/** The worker's capabilities and those the app has set up, such as HttpUri; starts the app's http server for the latter. */
export async function capabilitiesOf(app: App): Promise<Record<string, string>> {
  const capabilities = { ...ownCapabilities };
  return (await app.programmingModel?.getCapabilities?.(capabilities)) ?? capabilities;
}

export function workerMetadataOf(app: App): MessageInitShape<typeof WorkerMetadataSchema> {
  const model = app.programmingModel;
  return {
    runtimeName: "node",
    runtimeVersion: process.versions.node,
    workerVersion,
    workerBitness: process.arch,
    customProperties: model === undefined ? {} : { modelName: model.name, modelVersion: model.version },
  };
}
