/**
 * What each field of the contract may hold, so that whoever passes messages on knows what has to be replaced in them.
 *
 * A field without a class fails `field-classes.test.ts`, and counts as `opaque` until somebody gives it one.
 */
import type { DescField } from "@bufbuild/protobuf";

/**
 * - `keep`: ids, versions, times and states, by which messages are paired and read
 * - `name`: what somebody called something: functions, bindings, categories
 * - `value`: a value that belongs to a name (of a map, its key), most often a secret: environment, query, claims
 * - `headers`: a value by the name of a header or of trigger metadata
 * - `url`: an address, with its query
 * - `body`: what users send and get
 * - `json`: settings of a binding, as JSON text or by name
 * - `log`: text that people read
 * - `path`: of a file or folder
 * - `opaque`: bytes of a form that is not known
 * - `inside`: a message, whose fields have classes of their own
 * - `inherit`: whatever the field is that it stands in
 */
export type FieldClass =
  | "keep"
  | "name"
  | "value"
  | "headers"
  | "url"
  | "body"
  | "json"
  | "log"
  | "path"
  | "opaque"
  | "inside"
  | "inherit";

type FieldClasses = Readonly<Record<string, FieldClass>>;

const METADATA: FieldClasses = {
  name: "name",
  directory: "path",
  script_file: "path",
  entry_point: "name",
  bindings: "inside",
  is_proxy: "keep",
  status: "inside",
  language: "keep",
  raw_bindings: "json",
  function_id: "keep",
  managed_dependency_enabled: "keep",
  retry_options: "inside",
  properties: "json",
};

const HTTP: FieldClasses = {
  method: "keep",
  url: "url",
  headers: "headers",
  body: "body",
  params: "value",
  status_code: "keep",
  query: "value",
  enable_content_negotiation: "keep",
  rawBody: "body",
  identities: "inside",
  cookies: "inside",
  nullable_headers: "headers",
  nullable_params: "value",
  nullable_query: "value",
};

const LOG: FieldClasses = {
  invocation_id: "keep",
  category: "name",
  level: "keep",
  message: "log",
  event_id: "name",
  exception: "inside",
  properties: "body",
  log_category: "keep",
  propertiesMap: "value",
};

const TYPED_DATA: FieldClasses = {
  string: "inherit",
  json: "inherit",
  bytes: "inherit",
  stream: "inherit",
  http: "inside",
  int: "inherit",
  double: "inherit",
  collection_bytes: "inherit",
  collection_string: "inherit",
  collection_double: "inherit",
  collection_sint64: "inherit",
  model_binding_data: "inside",
  collection_model_binding_data: "inside",
};

const COOKIE: FieldClasses = {
  name: "name",
  value: "value",
  domain: "name",
  path: "name",
  expires: "keep",
  secure: "keep",
  http_only: "keep",
  same_site: "keep",
  max_age: "keep",
};

/** By type, without its package, and field. Content kinds of a StreamingMessage are all `inside`. */
export const FIELD_CLASSES: Readonly<Record<string, FieldClasses>> = {
  StartStream: { worker_id: "keep" },
  WorkerInitRequest: {
    host_version: "keep",
    capabilities: "headers",
    log_categories: "keep",
    worker_directory: "path",
    function_app_directory: "path",
  },
  WorkerInitResponse: {
    worker_version: "keep",
    capabilities: "headers",
    result: "inside",
    worker_metadata: "inside",
    app_capabilities: "headers",
  },
  WorkerMetadata: {
    runtime_name: "keep",
    runtime_version: "keep",
    worker_version: "keep",
    worker_bitness: "keep",
    custom_properties: "value",
  },
  StatusResult: { status: "keep", result: "log", exception: "inside", logs: "inside" },
  WorkerHeartbeat: {},
  WorkerTerminate: { grace_period: "keep" },
  FileChangeEventRequest: { type: "keep", full_path: "path", name: "path" },
  WorkerActionResponse: { action: "keep", reason: "log" },
  WorkerStatusRequest: {},
  WorkerStatusResponse: {},
  FunctionEnvironmentReloadRequest: { environment_variables: "value", function_app_directory: "path" },
  FunctionEnvironmentReloadResponse: {
    worker_metadata: "inside",
    capabilities: "headers",
    result: "inside",
    capabilities_update_strategy: "keep",
  },
  CloseSharedMemoryResourcesRequest: { map_names: "keep" },
  CloseSharedMemoryResourcesResponse: { close_map_results: "keep" },
  FunctionLoadRequestCollection: { function_load_requests: "inside" },
  FunctionLoadResponseCollection: { function_load_responses: "inside" },
  FunctionLoadRequest: { function_id: "keep", metadata: "inside", managed_dependency_enabled: "keep" },
  FunctionLoadResponse: { function_id: "keep", result: "inside", is_dependency_downloaded: "keep" },
  RpcFunctionMetadata: METADATA,
  FunctionsMetadataRequest: { function_app_directory: "path" },
  FunctionMetadataResponse: {
    function_metadata_results: "inside",
    result: "inside",
    use_default_metadata_indexing: "keep",
  },
  InvocationRequest: {
    invocation_id: "keep",
    function_id: "keep",
    input_data: "inside",
    trigger_metadata: "headers",
    trace_context: "inside",
    retry_context: "inside",
  },
  RpcTraceContext: { trace_parent: "keep", trace_state: "value", attributes: "value", baggage: "value" },
  RetryContext: { retry_count: "keep", max_retry_count: "keep", exception: "inside" },
  InvocationCancel: { invocation_id: "keep", grace_period: "keep" },
  InvocationResponse: {
    invocation_id: "keep",
    output_data: "inside",
    result: "inside",
    return_value: "body",
    trace_context_attributes: "value",
  },
  WorkerWarmupRequest: { worker_directory: "path" },
  WorkerWarmupResponse: { result: "inside" },
  TypedData: TYPED_DATA,
  RpcSharedMemory: { name: "keep", offset: "keep", count: "keep", type: "keep" },
  CollectionString: { string: "inherit" },
  CollectionBytes: { bytes: "inherit" },
  CollectionDouble: { double: "inherit" },
  CollectionSInt64: { sint64: "inherit" },
  ParameterBinding: { name: "name", data: "body", rpc_shared_memory: "inside" },
  BindingInfo: { type: "name", direction: "keep", data_type: "keep", properties: "json" },
  RpcLog: LOG,
  RpcException: { source: "log", stack_trace: "log", message: "log", is_user_exception: "keep", type: "name" },
  RpcHttpCookie: COOKIE,
  RpcHttp: HTTP,
  ModelBindingData: { version: "name", source: "name", content_type: "name", content: "opaque" },
  CollectionModelBindingData: { model_binding_data: "inside" },
  RpcRetryOptions: {
    max_retry_count: "keep",
    delay_interval: "keep",
    minimum_interval: "keep",
    maximum_interval: "keep",
    retry_strategy: "keep",
  },
  RpcClaimsIdentity: {
    authentication_type: "value",
    name_claim_type: "name",
    role_claim_type: "name",
    claims: "inside",
  },
  RpcClaim: { value: "value", type: "name" },
  NullableString: { value: "inherit" },
  NullableDouble: { value: "keep" },
  NullableBool: { value: "keep" },
  NullableTimestamp: { value: "keep" },
};

/** The class of a field of the contract, or of what protobuf itself defines (durations, times: `keep`). */
export function fieldClassOf({ parent, name, oneof, message }: DescField): FieldClass {
  if (parent.typeName.startsWith("google.protobuf.")) {
    return "keep";
  }
  if (parent.name === "StreamingMessage") {
    return oneof === undefined && message === undefined ? "keep" : "inside";
  }
  const fields = Object.hasOwn(FIELD_CLASSES, parent.name) ? FIELD_CLASSES[parent.name] : undefined;
  return (fields !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined) ?? "opaque";
}
