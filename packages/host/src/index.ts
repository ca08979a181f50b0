/** A stand-in Functions host: runs an app with any language worker, without .NET. */
export { type BareWorker, type BareWorkerOptions, startBareWorker } from "./bare-worker.ts";
export type { Configuration, ConfigurationSources } from "./configuration.ts";
export type { Address, EventSink, HostEvent, InvocationStatus, LogLevel, TimedOutStep } from "./events.ts";
export type { Binding, FunctionInfo, RejectedFunction } from "./functions.ts";
export { createHost, type Host, type HostOptions, type WorkerInfo } from "./host.ts";
export { HostError, type HostErrorCode } from "./host-error.ts";
export type { InvocationOutcome } from "./invoker.ts";
export { parseJsonFile } from "./json.ts";
export type { HostLimits } from "./limits.ts";
export type { OutputLine, ProcessExit } from "./worker-process.ts";
