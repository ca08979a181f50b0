import { KIND } from "./kinds.ts";

/** Places for the texts found in a message. */
export const TEXT = {
  invocationId: 0,
  functionId: 1,
  workerId: 2,
  category: 3,
  /** What the line is to say where nothing went wrong. */
  message: 4,
  exception: 5,
  name: 6,
  version: 7,
  workerVersion: 8,
  method: 9,
  url: 10,
  statusCode: 11,
  preview: 12,
} as const;

export type TextSlot = (typeof TEXT)[keyof typeof TEXT];

/** Places for the numbers found in a message. */
export const NUMBER = { status: 0, level: 1, logCategory: 2, seconds: 3, usesFunctionJson: 4, retryCount: 5 } as const;

export type NumberSlot = (typeof NUMBER)[keyof typeof NUMBER];

/** Steps by field number. */
export type Plan = Readonly<Record<number, Step>>;

/** What to do with a field. All steps have one shape, since this is read for every field of every message. */
export type Step = {
  /**
   * Keep its text or number; walk the message that it is; treat it as one of a run's values, of which the first one with
   * HTTP counts, else the first; or as a function to be counted and named.
   */
  readonly take: "text" | "number" | "message" | "binding" | "function";
  readonly text: TextSlot;
  readonly number: NumberSlot;
  readonly plan: Plan;
};

function step(take: Step["take"], part: Partial<Step>): Step {
  return { take, text: part.text ?? TEXT.message, number: part.number ?? NUMBER.status, plan: part.plan ?? {} };
}

const text = (slot: keyof typeof TEXT): Step => step("text", { text: TEXT[slot] });
const number = (slot: keyof typeof NUMBER): Step => step("number", { number: NUMBER[slot] });
const message = (plan: Plan): Step => step("message", { plan });
const functionOf = (plan: Plan): Step => step("function", { plan });

const exception = message({ 2: text("exception") });
const result = message({ 1: text("message"), 2: exception, 4: number("status") });
const runtime = message({ 1: text("name"), 2: text("version"), 3: text("workerVersion") });
const http = message({ 1: text("method"), 2: text("url"), 12: text("statusCode") });
const data = message({ 1: text("preview"), 2: text("preview"), 5: http });
const binding = step("binding", { plan: { 1: text("name"), 2: data } });
const load: Plan = { 1: text("functionId"), 2: message({ 4: text("message") }) };

/** Where the content of each kind keeps what a row shows. Numbers are those of the contract. */
export const contentPlans: Readonly<Record<number, Plan>> = {
  [KIND.rpcLog]: {
    1: text("invocationId"),
    2: text("category"),
    3: number("level"),
    4: text("message"),
    6: exception,
    8: number("logCategory"),
  },
  [KIND.invocationRequest]: {
    1: text("invocationId"),
    2: text("functionId"),
    3: binding,
    6: message({ 1: number("retryCount") }),
  },
  [KIND.invocationResponse]: { 1: text("invocationId"), 2: binding, 3: result, 4: data },
  [KIND.fileChangeEventRequest]: { 2: text("message") },
  [KIND.workerActionResponse]: { 2: text("message") },
  [KIND.functionLoadRequest]: load,
  [KIND.functionLoadResponse]: { 1: text("functionId"), 2: result },
  [KIND.workerStatusRequest]: {},
  [KIND.workerStatusResponse]: {},
  [KIND.workerTerminate]: { 1: message({ 1: number("seconds") }) },
  [KIND.workerHeartbeat]: {},
  [KIND.workerInitResponse]: { 3: result, 4: runtime },
  [KIND.workerInitRequest]: { 1: text("version") },
  [KIND.startStream]: { 2: text("workerId") },
  [KIND.invocationCancel]: { 2: text("invocationId") },
  [KIND.functionEnvironmentReloadRequest]: { 2: text("message") },
  [KIND.functionEnvironmentReloadResponse]: { 1: runtime, 3: result },
  [KIND.closeSharedMemoryResourcesRequest]: { 1: text("message") },
  [KIND.closeSharedMemoryResourcesResponse]: {},
  [KIND.functionsMetadataRequest]: { 1: text("message") },
  [KIND.functionMetadataResponse]: { 1: functionOf({ 4: text("message") }), 2: result, 3: number("usesFunctionJson") },
  [KIND.functionLoadRequestCollection]: { 1: functionOf(load) },
  [KIND.functionLoadResponseCollection]: {
    1: functionOf({ 1: text("message"), 2: message({ 4: number("status") }) }),
  },
  [KIND.workerWarmupRequest]: { 1: text("message") },
  [KIND.workerWarmupResponse]: { 1: result },
};

/** Kinds with a StatusResult. Where it or its status is absent, that means Failure. */
export const kindsWithResult: ReadonlySet<number> = new Set([
  KIND.invocationResponse,
  KIND.functionLoadResponse,
  KIND.workerInitResponse,
  KIND.functionEnvironmentReloadResponse,
  KIND.functionMetadataResponse,
  KIND.workerWarmupResponse,
]);
