/** What the scripted worker does; whatever is left out goes well. */
export type WorkerScript = {
  /** "unknown-id": first opens a stream under an id that the host does not know, then the right one. */
  readonly atStart?: "exit" | "silence" | "unknown-id";
  readonly exitCode?: number;
  readonly atInit?: "failure" | "silence";
  readonly atMetadata?: "failure" | "silence" | "function-json";
  readonly atTerminate?: "stay";
  readonly capabilities?: Readonly<Record<string, string>>;
  /** Opens an HTTP server of its own and declares it as HttpUri. */
  readonly isHttpProxied?: boolean;
  readonly functions?: readonly HandlerScript[];
};

export type HandlerScript = {
  readonly name: string;
  readonly bindings: ReadonlyArray<Readonly<Record<string, unknown>>>;
  readonly load?: "failure" | "silence";
  /** "http" echoes the body; unless given, `response` is the answer. */
  readonly does?: "fail" | "crash" | "nothing" | "http";
  readonly exitCode?: number;
  /** Fails so many times before it succeeds. */
  readonly failures?: number;
  /** RpcRetryOptions in JSON. */
  readonly retryOptions?: Readonly<Record<string, unknown>>;
  /** An InvocationResponse in JSON, laid over a success. */
  readonly response?: Readonly<Record<string, unknown>>;
};
