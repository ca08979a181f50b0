/**
 * What `@azure/functions` expects of the module `@azure/functions-core`, and hands to it: plain objects in the manner of
 * protobufjs, where an absent oneof member is undefined, enums are camelCase words and Durations are objects of numbers.
 * Read from @azure/functions 4.16.5.
 */

export type LogLevel = "trace" | "debug" | "information" | "warning" | "error" | "critical" | "none";
export type LogCategory = "user" | "system" | "customMetric";

/** At most one member is set. `int` is a bigint only beyond ±(2^53 - 1), where a number would be another value. */
export type CoreTypedData = {
  string?: string | null;
  json?: string | null;
  bytes?: Uint8Array | null;
  stream?: Uint8Array | null;
  http?: CoreHttp | null;
  int?: number | bigint | null;
  double?: number | null;
  collectionBytes?: { bytes: Uint8Array[] } | null;
  collectionString?: { string: string[] } | null;
  collectionDouble?: { double: number[] } | null;
  collectionSint64?: { sint64: (number | bigint)[] } | null;
  modelBindingData?: CoreModelBindingData | null;
  collectionModelBindingData?: { modelBindingData: CoreModelBindingData[] } | null;
};

export type CoreModelBindingData = { version: string; source: string; contentType: string; content: Uint8Array };

export type CoreNullable<T> = { value?: T | null };

export type CoreHttp = {
  method?: string;
  url?: string;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  params?: Record<string, string>;
  nullableHeaders?: Record<string, CoreNullable<string>>;
  nullableQuery?: Record<string, CoreNullable<string>>;
  nullableParams?: Record<string, CoreNullable<string>>;
  body?: CoreTypedData | null | undefined;
  rawBody?: CoreTypedData | null | undefined;
  statusCode?: string;
  cookies?: CoreCookie[];
  enableContentNegotiation?: boolean;
};

export type CoreCookie = {
  name?: string | undefined;
  value?: string | undefined;
  domain?: CoreNullable<string> | undefined;
  path?: CoreNullable<string> | undefined;
  expires?: CoreNullable<CoreSeconds> | undefined;
  secure?: CoreNullable<boolean> | undefined;
  httpOnly?: CoreNullable<boolean> | undefined;
  sameSite?: "none" | "lax" | "strict" | "explicitNone" | undefined;
  maxAge?: CoreNullable<number> | undefined;
};

/** A google.protobuf.Duration or Timestamp. */
export type CoreSeconds = { seconds?: number; nanos?: number };

/** Beside these fields a binding has those of its kind (route, queueName, schedule …); all go into the raw bindings. */
export type CoreBinding = {
  type?: string;
  direction?: "in" | "out" | "inout";
  dataType?: "undefined" | "string" | "binary" | "stream";
  properties?: Record<string, string>;
};

export type CoreRetryOptions = {
  maxRetryCount?: number;
  retryStrategy?: "fixedDelay" | "exponentialBackoff";
  delayInterval?: CoreSeconds | undefined;
  minimumInterval?: CoreSeconds | undefined;
  maximumInterval?: CoreSeconds | undefined;
};

export type CoreFunctionMetadata = {
  name: string;
  functionId?: string;
  bindings: Record<string, CoreBinding>;
  retryOptions?: CoreRetryOptions | undefined;
};

export type FunctionCallback = (...inputs: unknown[]) => unknown;

export type CoreException = { message: string; source: string; stackTrace: string };

export type CoreInvocationRequest = {
  invocationId: string;
  functionId: string;
  inputData: { name: string; data: CoreTypedData | undefined }[];
  triggerMetadata: Record<string, CoreTypedData>;
  traceContext: { traceParent: string; traceState: string; attributes: Record<string, string> } | undefined;
  retryContext: { retryCount: number; maxRetryCount: number; exception: CoreException | undefined } | undefined;
};

export type CoreInvocationResponse = {
  invocationId?: string;
  outputData?: { name: string; data?: CoreTypedData | null }[] | null;
  returnValue?: CoreTypedData | null | undefined;
};

export type InvocationState = "preInvocationHooks" | "invocation" | "postInvocationHooks";

export type CoreInvocationContext = {
  readonly invocationId: string;
  readonly request: CoreInvocationRequest;
  readonly metadata: CoreFunctionMetadata;
  readonly state: InvocationState | undefined;
  log(level: LogLevel, category: LogCategory, message: string): void;
};

export type InvocationModel = {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<CoreInvocationResponse>;
};

export type ProgrammingModel = {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
  getCapabilities?(capabilities: Record<string, string>): Promise<Record<string, string>> | Record<string, string>;
};

export type HookName = "appStart" | "appTerminate" | "preInvocation" | "postInvocation" | "log";

/** Hooks share data with each other through `hookData` (same scope) and `appHookData` (whole app). */
export type HookData = Record<string, unknown>;

/** What all hooks but `log` get; before and after an invocation there is more. Hooks may assign to the fields. */
export type HookContext = { hookData: HookData; appHookData: HookData };

export type HookCallback = (context: object) => unknown;
