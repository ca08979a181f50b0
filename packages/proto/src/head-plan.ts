/** A place for a text found in a message. */
export type TextSlot =
  | "requestId"
  | "invocationId"
  | "functionId"
  | "workerId"
  | "category"
  | "message"
  | "exception"
  | "name"
  | "version"
  | "workerVersion"
  | "method"
  | "url"
  | "statusCode"
  | "preview";

/** A place for a number found in a message. */
export type NumberSlot = "status" | "level" | "logCategory" | "seconds" | "usesFunctionJson";

/** What to do with a field: keep its text or number, or look into the message that it is. */
export type Step =
  | { readonly text: TextSlot }
  | { readonly number: NumberSlot }
  | { readonly plan: Plan }
  /** The values of a run: the first one with HTTP counts, else the first. */
  | { readonly binding: Plan }
  /** Functions that are counted and named. */
  | { readonly functions: Plan };

/** Steps by field number. */
export type Plan = Readonly<Record<number, Step>>;

const exception: Step = { plan: { 2: { text: "exception" } } };
const result: Step = { plan: { 1: { text: "message" }, 2: exception, 4: { number: "status" } } };
const runtime: Step = { plan: { 1: { text: "name" }, 2: { text: "version" }, 3: { text: "workerVersion" } } };
const http: Step = { plan: { 1: { text: "method" }, 2: { text: "url" }, 12: { text: "statusCode" } } };
const data: Step = { plan: { 1: { text: "preview" }, 2: { text: "preview" }, 5: http } };
const binding: Step = { binding: { 1: { text: "name" }, 2: data } };
const message: Step = { text: "message" };
const load: Plan = { 1: { text: "functionId" }, 2: { plan: { 4: message } } };

/** Where the content of each kind keeps what a row shows. Numbers are those of the contract. */
export const contentPlans: Readonly<Record<number, Plan>> = {
  2: {
    1: { text: "invocationId" },
    2: { text: "category" },
    3: { number: "level" },
    4: message,
    6: exception,
    8: { number: "logCategory" },
  },
  4: { 1: { text: "invocationId" }, 2: { text: "functionId" }, 3: binding },
  5: { 1: { text: "invocationId" }, 2: binding, 3: result, 4: data },
  6: { 2: message },
  7: { 2: message },
  8: load,
  9: { 1: { text: "functionId" }, 2: result },
  12: {},
  13: {},
  14: { 1: { plan: { 1: { number: "seconds" } } } },
  15: {},
  16: { 3: result, 4: runtime },
  17: { 1: { text: "version" } },
  20: { 2: { text: "workerId" } },
  21: { 2: { text: "invocationId" } },
  25: { 2: message },
  26: { 1: runtime, 3: result },
  27: { 1: message },
  28: {},
  29: { 1: message },
  30: { 1: { functions: { 4: message } }, 2: result, 3: { number: "usesFunctionJson" } },
  31: { 1: { functions: load } },
  32: { 1: { functions: { 1: message } } },
  33: { 1: message },
  34: { 1: result },
};

/** Kinds with a StatusResult. Where it or its status is absent, that means Failure. */
export const kindsWithResult: ReadonlySet<number> = new Set([5, 9, 16, 26, 30, 34]);
