export { answerConcerns } from "./answer-concerns.ts";
export * from "./contract.ts";
export { copyAsCurl } from "./copy-as/curl.ts";
export { copyAsGrpcurl, type GrpcurlOptions } from "./copy-as/grpcurl.ts";
export { copyAsJson } from "./copy-as/json.ts";
export { copyAsScene, type SceneMessage } from "./copy-as/scene.ts";
export * from "./database.ts";
export {
  type CompileOptions,
  compileFilter,
  compileInvocationFilter,
  hasFreeText,
  type InvocationCondition,
  type InvocationOptions,
} from "./filter/compile.ts";
export { type Completion, completeFilter, type Seen } from "./filter/complete.ts";
export type { Filter } from "./filter/filter.ts";
export { formatFilter, formatPattern } from "./filter/format.ts";
export type { Fragment } from "./filter/fragment.ts";
export type { TextSearch } from "./filter/message-terms.ts";
export { MAX_FILTER_LENGTH, type ParsedFilter, parseFilter } from "./filter/parse.ts";
export { functionsOf } from "./function-queries.ts";
export {
  createHttpLegQueries,
  createHttpLegWriter,
  type HttpLegChange,
  type HttpLegQueries,
  type HttpLegWriter,
  type HttpRequestFacts,
} from "./http-legs.ts";
export * from "./inspector-error.ts";
export * from "./intervention.ts";
export { INTERVENTION_FLAGS } from "./intervention-schema.ts";
export { durationOf, type Exchange, type PairingFacts } from "./invocation/exchange.ts";
export { type Invocation, type InvocationState, invocationPairing, invocationState } from "./invocation/invocation.ts";
export { INVOCATION_SCHEMA } from "./invocation/schema.ts";
export {
  createInvocationStore,
  createWorkerStepStore,
  invocationOf,
  type RowStore,
  workerStepOf,
} from "./invocation/store.ts";
export { createTracker, type ExchangeStore, type Tracker } from "./invocation/tracker.ts";
export { STEP_NAMES, type StepName, type WorkerStep, workerStepPairing } from "./invocation/worker-step.ts";
export { createInvocationQueries, type InvocationQueries } from "./invocation-queries.ts";
export * from "./kinds.ts";
export * from "./open-session.ts";
export { MAX_BUCKETS, type OverviewRange, overviewOf } from "./overview.ts";
export type { ReadPayload } from "./payload.ts";
export { limitOf } from "./problems/limits.ts";
export { createProblems, type ProblemFinder, type ProblemsOptions } from "./problems/problems.ts";
export * from "./queries.ts";
export type { Answer, HttpAnswer } from "./replay/answer.ts";
export { answerLimit, MAX_TIMEOUT_MS } from "./replay/answer-limit.ts";
export { type CompareOptions, compareAnswers } from "./replay/compare.ts";
export type { Difference } from "./replay/differences.ts";
export { inlineSharedMemory, type ReadSharedMemory, readWithin, sharedMemoryIn } from "./replay/inline-memory.ts";
export { parsePath as parseIgnoredPath } from "./replay/json-path.ts";
export {
  type PreparedReplay,
  prepareReplay,
  type ReplayIds,
  type ReplayPlan,
} from "./replay/prepare.ts";
export { hasHttpUri, type ReplayTarget, type TargetFunction } from "./replay/target.ts";
export * from "./schema.ts";
export { seenValues } from "./seen.ts";
export {
  createSharedMemoryQueries,
  isCopying,
  MAP_HEADER_BYTES,
  type OpenCopy,
  type SharedMemoryFacts,
  type SharedMemoryQueries,
  type SharedMemoryWriter,
  type StoredMap,
} from "./shared-memory.ts";
export { optional } from "./sql-values.ts";
export {
  createTextIndexReader,
  createTextIndexWriter,
  type IndexedText,
  prepareTextIndex,
  type TextIndexReader,
  type TextIndexWriter,
  type TextRange,
} from "./text/text-index.ts";
export { createTextSource, type TextSource } from "./text/text-source.ts";
export { workersOf } from "./worker-queries.ts";
export * from "./writer.ts";
