export * from "./contract.ts";
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
export { MAX_FILTER_LENGTH, type ParsedFilter, parseFilter } from "./filter/parse.ts";
export * from "./inspector-error.ts";
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
export * from "./kinds.ts";
export * from "./open-session.ts";
export * from "./queries.ts";
export * from "./schema.ts";
export * from "./writer.ts";
