import type { BindingInfo, FunctionInfo, StreamInfo } from "@inspector/contract/page";
import { type RowStatus, workerName } from "../../shell/format/message.ts";
import { formatPlural } from "../../shell/format/size.ts";
import { type GridLine, type Sorting, sortRows } from "../../shell/grid/grid-lines.ts";

/** One worker's function: names and ids repeat from worker to worker, and one worker may load a name twice. */
export function functionKey({ stream, functionId }: FunctionInfo): string {
  return `${stream}/${functionId}`;
}

/** What the columns of the same ids are sorted by. */
const SORT_VALUES: Readonly<Record<string, (fn: FunctionInfo) => number | string | undefined>> = {
  name: ({ name }) => name,
  trigger: ({ trigger }) => trigger,
  calls: ({ calls }) => calls,
  failures: ({ failures }) => failures,
  inFlight: ({ inFlight }) => inFlight,
  lost: ({ lost }) => lost,
  p50: ({ p50 }) => p50,
  p95: ({ p95 }) => p95,
  max: ({ max }) => max,
};

/** Lines of the grid: under a heading for each worker, unless there is one worker only. */
export function listFunctions(
  functions: readonly FunctionInfo[],
  streams: readonly StreamInfo[],
  sorting: Sorting | undefined,
): GridLine<FunctionInfo>[] {
  const ids = [...new Set(functions.map(({ stream }) => stream))];
  const value = sorting && SORT_VALUES[sorting.column];
  return ids.flatMap((id): GridLine<FunctionInfo>[] => {
    const own = functions.filter(({ stream }) => stream === id);
    const sorted = value ? sortRows(own, value, sorting.isDescending) : own;
    const rows = sorted.map((row) => ({ type: "row", key: functionKey(row), row }) as const);
    if (ids.length === 1) {
      return rows;
    }
    const stream = streams.find((candidate) => candidate.id === id);
    const title = stream === undefined ? `stream ${id}` : workerName(stream);
    return [{ type: "group", key: `group ${id}`, title, detail: describeGroup(stream, own.length) }, ...rows];
  });
}

function describeGroup(stream: StreamInfo | undefined, count: number): string {
  const worker = stream?.workerId === undefined ? [] : [stream.workerId.slice(0, 8)];
  return [stream?.runtimeVersion, ...worker, formatPlural(count, "function", "functions")].filter(Boolean).join(" · ");
}

/** Failures among the calls that are over, from 0 to 1; undefined before the first of them. */
export function failureRate({ calls, failures, inFlight }: FunctionInfo): number | undefined {
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

/** How loading went; undefined where it went well, because that is what everybody expects. */
export function loadStatus({ load }: FunctionInfo): RowStatus | undefined {
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
