/**
 * Kinds of content that the relay tells apart, by their field number in StreamingMessage: it reads messages by tag, without the schema.
 * @see packages/proto/schema/FunctionRpc.proto
 */
export const KIND = {
  rpcLog: 2,
  invocationRequest: 4,
  invocationResponse: 5,
  functionLoadRequest: 8,
  functionLoadResponse: 9,
  workerInitResponse: 16,
  startStream: 20,
  invocationCancel: 21,
  environmentReloadResponse: 26,
  /** close_shared_memory_resources_response: it is about maps, not about an invocation. */
  mapsClosed: 28,
} as const;
