/**
 * Kinds of content that the relay tells apart, by their field number in StreamingMessage: it reads messages by tag, without the
 * schema. Some of what `packages/proto` has, which is not loaded in the relay's process.
 * @see packages/proto/src/kinds.ts
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
  functionEnvironmentReloadResponse: 26,
  /** About maps, not about an invocation. */
  closeSharedMemoryResourcesResponse: 28,
} as const;
