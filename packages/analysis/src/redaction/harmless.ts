/**
 * What may stay. Names that are not listed lose their values: a list of dangerous names would miss those that nobody thought of.
 * Values that stay are still looked through for secrets by form and for those that stand elsewhere.
 */
import type { FieldClass } from "@inspector/proto";

/** Of environment variables, and of attributes that hosts and workers set. */
const ENVIRONMENT = new Set(
  `functions_worker_runtime functions_extension_version functions_worker_runtime_version functions_worker_process_count
  functions_v2_compatibility_mode functions_core_tools_environment azure_functions_environment aspnetcore_environment
  dotnet_environment node_env node_version dotnet_version python_version java_version python_enable_worker_extensions
  website_node_default_version website_run_from_package website_time_zone website_sku website_placeholder_mode
  website_container_ready languageworkers__node__arguments scm_do_build_during_deployment python_isolate_worker_dependencies
  azurewebjobsfeatureflags azurewebjobs_feature_flags lang lc_all tz term shell os processor_architecture number_of_processors
  operationname category hostinstanceid processid loglevel worker.grpc.version modelname modelversion
  pythonunbuffered dotnet_running_in_container dotnet_use_polling_file_watcher core_tools_version`.split(/\s+/u),
);

const HEADERS = new Set(
  `accept accept-encoding accept-language accept-charset accept-ranges age allow cache-control connection content-disposition
  content-encoding content-language content-length content-type date expect host keep-alive pragma retry-after server te trailer
  transfer-encoding upgrade upgrade-insecure-requests user-agent vary via sec-fetch-dest sec-fetch-mode sec-fetch-site
  sec-fetch-user x-powered-by x-forwarded-proto x-forwarded-port traceparent x-ms-invocation-id x-ms-request-id
  :method :path :scheme :status :authority grpc-accept-encoding grpc-encoding grpc-message grpc-status grpc-timeout
  dequeuecount enqueuedtimeutc insertiontime expirationtime nextvisibletime sequencenumber deliverycount partitionid offset
  contenttype methodname randguid utcnow invocationid functionname schedulestatus islocked isrunonstartup ispastdue
  httpuri workerstatus functiondatacache shareddatatransfer sharedmemorydatatransfer typeddatacollection rawhttpbodybytes
  rpchttpbodyonly rpchttptriggermetadataremoved usenullablevaluedictionaryforhttp useritriggermetadata
  handlesinvocationcancelmessage handlesworkerterminatemessage handlesworkerwarmupmessage workerindexing
  supportsloadresponsecollection includeemptyentriesinmessagepayload multistream enableusercodeexception
  requiresrouteparameters workeropentelemetryenabled functions_worker_indexing eventgridcapability`.split(/\s+/u),
);

const BINDINGS = new Set(
  `type name direction datatype authlevel route methods queuename topicname subscriptionname path schedule runonstartup
  usemonitor connection connectionstringsetting cardinality consumergroup eventhubname containername databasename
  collectionname leasecollectionname tablename partitionkey rowkey filter take webhooktype scriptfile entrypoint language
  supportsdeferredbinding issessionsenabled isbatched hubname taskhub sourcetype parametername functionname workerfunctionid
  worker.functionid isproxy functionid worker_indexed properties bindings retry strategy maxretrycount delayinterval
  minimuminterval maximuminterval source hostinstanceid iscodeless`.split(/\s+/u),
);

const QUERY = new Set("api-version comp restype sv sr sp spr".split(" "));

const NOTHING: ReadonlySet<string> = new Set();

/** Words that say nothing about anybody. */
const VALUES =
  /^(?:|true|false|null|none|yes|no|on|off|\d|production|development|staging|test|get|put|post|patch|delete|head|options|utf-8|c\.utf-8|localhost|127\.0\.0\.1|anonymous|function|admin|system|webjobsauthlevel)$/iu;

export function isHarmlessValue(value: string): boolean {
  return value.length <= 16 && VALUES.test(value);
}

/** Whether the value of a name may stay. */
export function isHarmlessName(name: string, of: FieldClass): boolean {
  return namesOf(of).has(name.toLowerCase());
}

export function isHarmlessQuery(name: string): boolean {
  return QUERY.has(name.toLowerCase());
}

function namesOf(of: FieldClass): ReadonlySet<string> {
  switch (of) {
    case "value":
      return ENVIRONMENT;
    case "headers":
      return HEADERS;
    case "json":
      return BINDINGS;
    default:
      return NOTHING;
  }
}
