/** What a worker or the host can declare when they greet, and what it changes on the wire. */
import type { CapabilityInfo } from "@inspector/contract/page";

type Capability = { readonly name: string; readonly effect: string };

const WORKER_CAPABILITIES: readonly Capability[] = [
  { name: "RpcHttpBodyOnly", effect: "an HTTP request carries its body once, in body; without it rawBody repeats it" },
  {
    name: "RawHttpBodyBytes",
    effect: "HTTP bodies come as bytes; without it as text, unless they are octet-stream or multipart",
  },
  {
    name: "RpcHttpTriggerMetadataRemoved",
    effect: "the HTTP request is not repeated in the trigger metadata",
  },
  {
    name: "UseNullableValueDictionaryForHttp",
    effect: "headers, params and query stand in nullable_headers, nullable_params and nullable_query",
  },
  { name: "IgnoreEmptyValuedRpcHttpHeaders", effect: "headers without a value are left out" },
  { name: "TypedDataCollection", effect: "arrays come as collections; without it as JSON" },
  { name: "IncludeEmptyEntriesInMessagePayload", effect: "empty texts stay in collections of strings" },
  { name: "WorkerStatus", effect: "the host may ask how the worker is, and measures how long it takes to say so" },
  { name: "HandlesInvocationCancelMessage", effect: "the host says when it cancels an invocation" },
  { name: "HandlesWorkerTerminateMessage", effect: "the host says that it is about to end the process" },
  { name: "HandlesWorkerWarmupMessage", effect: "the host warms a placeholder up" },
  {
    name: "SupportsLoadResponseCollection",
    effect: "functions are loaded by one request for all of them, and answered in one",
  },
  {
    name: "SharedMemoryDataTransfer",
    effect: "large values travel in shared memory; the message only says where (needs an environment variable too)",
  },
  {
    name: "HttpUri",
    effect: "HTTP requests go straight to this address; the invocation on the stream has an empty request",
  },
  { name: "RequiresRouteParameters", effect: "with HttpUri: route parameters still come with the invocation" },
  { name: "EnableUserCodeException", effect: "exceptions marked as the user's are shown as the user's" },
  {
    name: "WorkerApplicationInsightsLoggingEnabled",
    effect: "the host does not pass user logs on to its own telemetry; nothing changes on the wire",
  },
  {
    name: "WorkerOpenTelemetryEnabled",
    effect: "the host does not pass user logs on to its own telemetry; nothing changes on the wire",
  },
  { name: "WorkerOpenTelemetrySchemaVersion", effect: "informs the host; nothing changes on the wire" },
  { name: "host_configuration_json", effect: "the worker brings the content of host.json along" },
];

const HOST_CAPABILITIES: readonly Capability[] = [
  { name: "MultiStream", effect: "several streams may share one worker id, up to this number" },
  { name: "V2Compatable", effect: "the host behaves as version 2 did" },
  { name: "FunctionDataCache", effect: "the host keeps values in shared memory between invocations" },
];

/** Those two are what only some apps have a use for: their absence tells nothing. */
const OPTIONAL = new Set(["WorkerOpenTelemetrySchemaVersion", "host_configuration_json"]);

/** What a worker declared, with what that changes on the wire. */
export function describeWorkerCapabilities(declared: Readonly<Record<string, string>>): CapabilityInfo[] {
  return describe(declared, WORKER_CAPABILITIES);
}

/** What a host declared, with what that changes on the wire. */
export function describeHostCapabilities(declared: Readonly<Record<string, string>>): CapabilityInfo[] {
  return describe(declared, HOST_CAPABILITIES);
}

/** What the contract knows and `declared` lacks. */
export function undeclaredCapabilities(declared: Readonly<Record<string, string>>): CapabilityInfo[] {
  return WORKER_CAPABILITIES.filter(({ name }) => !isDeclared(declared, name) && !OPTIONAL.has(name)).map(
    ({ name, effect }) => ({ name, value: "", effect }),
  );
}

/** A capability is on when its value is not empty. */
function isDeclared(declared: Readonly<Record<string, string>>, name: string): boolean {
  return Object.hasOwn(declared, name) && declared[name] !== "";
}

function describe(declared: Readonly<Record<string, string>>, known: readonly Capability[]): CapabilityInfo[] {
  return Object.entries(declared).map(([name, value]) => {
    const effect = known.find((capability) => capability.name === name)?.effect;
    return effect === undefined ? { name, value } : { name, value, effect };
  });
}
