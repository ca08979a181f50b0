import type { BindingInfo, FunctionInfo, FunctionTotal, StreamInfo } from "@inspector/contract/page";
import { type RowStatus, workerName } from "../../shell/format/message.ts";
import { type GridLine, type Sorting, sortRows } from "../../shell/grid/grid-lines.ts";

/** A line of the functions: one function over all its workers, or what one of them made of it. */
export type FunctionRow = {
  readonly key: string;
  readonly total: FunctionTotal;
  /** Absent of a function over all its workers. */
  readonly worker?: FunctionInfo;
  /** What the line counts: those of the worker, or of all. */
  readonly figures: FunctionTotal | FunctionInfo;
  /** "hello", or "node 22.1 · 0a1b2c3d". */
  readonly title: string;
  /** Whether the lines of its workers are shown; absent where there is one worker. */
  readonly isOpen?: boolean;
};

/** What the columns of the same ids are sorted by. */
const SORT_VALUES: Readonly<Record<string, (fn: FunctionTotal) => number | string | undefined>> = {
  name: ({ name }) => name.toLowerCase(),
  trigger: ({ trigger }) => trigger,
  calls: ({ calls }) => calls,
  failures: ({ failures }) => failures,
  inFlight: ({ inFlight }) => inFlight,
  lost: ({ lost }) => lost,
  p50: ({ p50 }) => p50,
  p95: ({ p95 }) => p95,
  max: ({ max }) => max,
};

/** Lines of the grid: a function each, and beneath those that are open one for each of their workers. */
export function listFunctions(
  totals: readonly FunctionTotal[],
  streams: readonly StreamInfo[],
  sorting: Sorting | undefined,
  open: ReadonlySet<string>,
): GridLine<FunctionRow>[] {
  const value = sorting && SORT_VALUES[sorting.column];
  const sorted = value ? sortRows(totals, value, sorting.isDescending) : totals;
  return sorted
    .flatMap((total) => {
      const row = totalRow(total, open.has(total.name));
      return row.isOpen ? [row, ...workerRows(total, streams)] : [row];
    })
    .map((row) => ({ type: "row", key: row.key, row }));
}

/** What is selected by a key in the address: a function, or one worker's part of it, whether its line is shown or not. */
export function findFunction(
  totals: readonly FunctionTotal[],
  streams: readonly StreamInfo[],
  key: string | undefined,
): FunctionRow | undefined {
  if (key === undefined) {
    return undefined;
  }
  for (const total of totals) {
    const worker = total.workers.find((fn) => functionKey(fn) === key);
    // One worker's part is the function itself where it is the only one.
    if (total.name === key || (worker !== undefined && total.workers.length === 1)) {
      return totalRow(total, true);
    }
    if (worker !== undefined) {
      return workerRow(total, worker, streams);
    }
  }
  return undefined;
}

/** A function over all its workers. */
function totalRow(total: FunctionTotal, isOpen: boolean): FunctionRow {
  const isSplit = total.workers.length > 1;
  return { key: total.name, total, figures: total, title: total.name, ...(isSplit && { isOpen }) };
}

/** What each of its workers made of a function. */
export function workerRows(total: FunctionTotal, streams: readonly StreamInfo[]): readonly FunctionRow[] {
  return total.workers.map((worker) => workerRow(total, worker, streams));
}

function workerRow(total: FunctionTotal, worker: FunctionInfo, streams: readonly StreamInfo[]): FunctionRow {
  return { key: functionKey(worker), total, worker, figures: worker, title: titleOf(worker, streams) };
}

/** Names and ids repeat from worker to worker, and one worker may load a name twice. */
function functionKey({ stream, functionId }: FunctionInfo): string {
  return `${stream}/${functionId}`;
}

function titleOf({ stream }: FunctionInfo, streams: readonly StreamInfo[]): string {
  const known = streams.find(({ id }) => id === stream);
  const name = known === undefined ? `stream ${stream}` : workerName(known);
  return [[name, known?.runtimeVersion].filter(Boolean).join(" "), known?.workerId?.slice(0, 8)]
    .filter(Boolean)
    .join(" · ");
}

/** Failures among the calls that are over, from 0 to 1; undefined before the first of them. */
export function failureRate({
  calls,
  failures,
  inFlight,
}: Pick<FunctionInfo, "calls" | "failures" | "inFlight">): number | undefined {
  const over = calls - inFlight;
  return over > 0 ? failures / over : undefined;
}

/** "12 %", "<1 %". */
export function formatRate(rate: number): string {
  if (rate > 0 && rate < 0.01) {
    return "<1\u202f%";
  }
  if (rate < 1 && rate > 0.99) {
    return ">99\u202f%";
  }
  return `${Math.round(rate * 100)}\u202f%`;
}

/** How things stand with a line, also where all is well. */
export function rowState(row: FunctionRow): RowStatus {
  return rowStatus(row) ?? { tone: "good", label: "loaded" };
}

/** How things stand with a line; undefined where all is well, because that is what everybody expects. */
export function rowStatus({ total, worker }: FunctionRow): RowStatus | undefined {
  if (worker) {
    return worker.isWorkerGone ? { tone: "mute", label: "worker ended" } : loadStatus(worker);
  }
  const here = total.workers.filter(({ isWorkerGone }) => !isWorkerGone);
  if (here.length === 0) {
    const label = total.workers.length === 1 ? "worker ended" : "all its workers ended";
    return { tone: "mute", label };
  }
  const statuses = here.flatMap((fn) => loadStatus(fn) ?? []);
  return statuses.find(({ tone }) => tone === "bad") ?? statuses[0];
}

/** Why it could not be loaded, by the newest of the workers that say so. */
export function loadErrorOf({ total, worker }: FunctionRow): string | undefined {
  return worker ? worker.loadError : total.workers.find(({ loadError }) => loadError !== undefined)?.loadError;
}

/** How loading went; undefined where it went well. */
function loadStatus({ load }: FunctionInfo): RowStatus | undefined {
  switch (load) {
    case "success":
      return undefined;
    case "failed":
      return { tone: "bad", label: "load failed" };
    case "in-flight":
      return { tone: "busy", label: "loading" };
    case "lost":
      return { tone: "bad", label: "load not answered" };
    case "cancelled":
      return { tone: "warn", label: "load cancelled" };
    case "not-requested":
      return { tone: "mute", label: "not loaded" };
    case "dropped":
    case "unknown":
      return { tone: "mute", label: "load not seen" };
  }
}

/** Where data comes from and goes to, beside the trigger: "table in, 2× queue out". */
export function summarizeBindings(bindings: readonly BindingInfo[]): string {
  const others = bindings.filter(({ type }) => !isTrigger(type));
  // An http trigger answers over http: that says nothing new.
  const notable = others.filter(({ type, direction }) => !(type === "http" && direction === "out"));
  const words = notable.map(({ type, direction }) => `${type} ${direction}`);
  const times = (word: string) => words.filter((one) => one === word).length;
  return [...new Set(words)].map((word) => (times(word) > 1 ? `${times(word)}× ${word}` : word)).join(", ");
}

export function isTrigger(type: string): boolean {
  return /trigger$/i.test(type);
}

/** A binding's properties as names and texts; what is empty is left out. */
export function bindingFacts({ detail }: BindingInfo): readonly (readonly [name: string, value: string])[] {
  if (typeof detail !== "object" || detail === null) {
    return [];
  }
  return Object.entries(detail).flatMap(([name, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return text === undefined || text === "" ? [] : [[name, text] as const];
  });
}

/** What sets a function off, out of its trigger's binding: "GET, POST orders", "0 *\/5 * * * *", "orders". */
export function describeTrigger(bindings: readonly BindingInfo[], name: string): string | undefined {
  const trigger = bindings.find(({ type }) => isTrigger(type));
  if (trigger === undefined) {
    return undefined;
  }
  const facts = new Map(bindingFacts(trigger));
  if (trigger.type.toLowerCase() === "httptrigger") {
    const methods = listOf(trigger, "methods").map((method) => method.toUpperCase());
    // Without a route the function's name is it. What the app puts before it ("/api/" by default) stands in its host.json only.
    return `${methods.length === 0 ? "any method" : methods.join(", ")} ${facts.get("route") ?? name}`;
  }
  const source = SOURCES.flatMap((key) => facts.get(key) ?? []);
  return source.length === 0 ? undefined : source.join(" / ");
}

/** Settings of triggers that say what they listen to. */
const SOURCES = [
  "schedule",
  "queueName",
  "topicName",
  "subscriptionName",
  "eventHubName",
  "path",
  "containerName",
  "collectionName",
  "topic",
  "hubName",
  "tableName",
  "activity",
  "orchestration",
];

/** Where a trigger's connection is set, who may call it: "connection AzureWebJobsStorage", "anonymous". */
export function triggerConditions(bindings: readonly BindingInfo[]): readonly string[] {
  const trigger = bindings.find(({ type }) => isTrigger(type));
  const facts = new Map(trigger ? bindingFacts(trigger) : []);
  const [level, connection] = [facts.get("authLevel"), facts.get("connection")];
  return [
    ...(level === undefined ? [] : [`auth level ${level.toLowerCase()}`]),
    ...(connection === undefined ? [] : [`connection ${connection}`]),
    ...(facts.get("runOnStartup") === "true" ? ["runs on start-up"] : []),
  ];
}

function listOf({ detail }: BindingInfo, name: string): string[] {
  const entries = typeof detail === "object" && detail !== null ? Object.entries(detail) : [];
  const list: unknown = entries.find(([key]) => key === name)?.[1];
  return Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
}
