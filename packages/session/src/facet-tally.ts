/** Adds up what rows have in common, see facets.ts. */
import {
  FACET_KEYS,
  type Facet,
  type FacetCounts,
  type FacetKey,
  type FacetValue,
  MAX_FACET_VALUES,
} from "@inspector/contract/page";
import { LEVELS, STATUSES } from "@inspector/filter/keys";
import { nameKind } from "@inspector/filter/kinds";
import { lowerAscii } from "@inspector/filter/pattern";
import {
  canBeSaid,
  functionTerm,
  kindTerm,
  levelTerm,
  STEP_TERMS,
  triggerTerm,
  workerTerm,
} from "@inspector/filter/term";
import { type Database, textOf } from "./database.ts";

/** What rows say of their function; without the load there is only the id. */
type FunctionUse = { readonly name: string; readonly trigger: string | undefined; count: number };

type StreamFacts = {
  readonly path: string | undefined;
  readonly workerId: string | undefined;
  readonly runtime: string | undefined;
};

const NO_STREAM: StreamFacts = { path: undefined, workerId: undefined, runtime: undefined };

/** As the list calls them, where that is another word. */
const STEP_LABELS: Readonly<Record<string, string>> = { start: "connect", warmup: "warm up" };
const OPEN_LABELS: Readonly<Record<string, string>> = { inflight: "in flight", lost: "lost" };

/**
 * Rows come as texts, "stream kind side status level http =function" of messages and "stream status open http =function" of
 * invocations; they are counted as texts first, since nearly all are alike. Terms do not regard the case of ASCII letters, and values that
 * differ by it only are one.
 */
export class FacetTally {
  readonly #database: Database;
  readonly #messages = new Map<string, number>();
  readonly #invocations = new Map<string, number>();
  readonly #values = new Map<FacetKey, Map<string, FacetValue>>();
  readonly #functions = new Map<string, FunctionUse>();
  readonly #streams = new Map<number, number>();
  #rows = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  addMessages(keys: readonly unknown[]): void {
    countInto(this.#messages, keys);
  }

  addInvocations(keys: readonly unknown[]): void {
    countInto(this.#invocations, keys);
  }

  addStep(stream: number, step: string, state: string): void {
    this.#rows += 1;
    this.#addStream(stream, 1);
    this.#add("step", STEP_LABELS[step] ?? step, STEP_TERMS[step], 1);
    const open = state === "in-flight" ? "inflight" : state;
    this.#addOpen(open, 1);
    this.#addStatus(
      STATUSES.findIndex(({ name }) => name === open),
      1,
    );
  }

  counts(): Pick<FacetCounts, "rows" | "facets"> {
    const streams = this.#readStreams();
    for (const [key, count] of this.#messages) {
      this.#addMessage(key, count, streams);
    }
    for (const [key, count] of this.#invocations) {
      this.#addInvocation(key, count);
    }
    this.#countFunctions();
    this.#countWorkers(streams);
    return { rows: this.#rows, facets: FACET_KEYS.flatMap((key) => this.#facet(key)) };
  }

  #addMessage(key: string, count: number, streams: ReadonlyMap<number, StreamFacts>): void {
    const [stream = "", kind = "", side = "", status = "", level = "", http = "", ...functionId] = key.split(" ");
    this.#rows += count;
    this.#addStream(Number(stream), count);
    const name = nameKind(Number(kind), streams.get(Number(stream))?.path ?? "");
    this.#add("kind", name === "" ? "empty envelope" : name, kindTerm(name), count);
    const sender = side === "0" ? "host" : "worker";
    this.#add("side", sender, `side:${sender}`, count);
    this.#addStatus(numberIn(status), count);
    const number = numberIn(level);
    this.#add("level", LEVELS[number]?.name ?? "", levelTerm(number), count);
    this.#addHttp(http, count);
    this.#addFunction(Number(stream), functionId.join(" "), count);
  }

  #addInvocation(key: string, count: number): void {
    const [stream = "", status = "", open = "", http = "", ...functionId] = key.split(" ");
    this.#rows += count;
    this.#addStream(Number(stream), count);
    this.#addStatus(numberIn(status), count);
    this.#addOpen(open, count);
    this.#addHttp(http, count);
    this.#addFunction(Number(stream), functionId.join(" "), count);
  }

  #addStatus(status: number, count: number): void {
    const name = STATUSES[status]?.name;
    this.#add("status", name ?? "", name && `status:${name}`, count);
  }

  #addOpen(open: string, count: number): void {
    const label = OPEN_LABELS[open];
    this.#add("status", label ?? "", label && `is:${open}`, count);
  }

  #addHttp(http: string, count: number): void {
    this.#add("http", http, http === "" ? undefined : `http:${http}`, count);
  }

  #addStream(stream: number, count: number): void {
    this.#streams.set(stream, (this.#streams.get(stream) ?? 0) + count);
  }

  /** @param marked "" for none, else "=" and the function's id */
  #addFunction(stream: number, marked: string, count: number): void {
    if (marked === "") {
      return;
    }
    const known = this.#functions.get(`${stream} ${marked}`);
    if (known !== undefined) {
      known.count += count;
      return;
    }
    const id = marked.slice(1);
    const row = this.#database
      .prepare('SELECT name, "trigger" AS type FROM function WHERE stream = ? AND function_id = ?')
      .get(stream, id);
    this.#functions.set(`${stream} ${marked}`, {
      name: textOf(row?.["name"]) ?? id,
      trigger: textOf(row?.["type"]),
      count,
    });
  }

  #countFunctions(): void {
    for (const { name, trigger, count } of this.#functions.values()) {
      this.#add("fn", name, canBeSaid(name) ? functionTerm(name) : undefined, count);
      if (trigger !== undefined && canBeSaid(trigger)) {
        this.#add("trigger", trigger, triggerTerm(trigger), count);
      }
    }
  }

  #countWorkers(streams: ReadonlyMap<number, StreamFacts>): void {
    for (const [stream, count] of this.#streams) {
      const { workerId, runtime, path } = streams.get(stream) ?? NO_STREAM;
      const term = workerId === undefined || canBeSaid(workerId) ? workerTerm({ workerId, stream }) : undefined;
      const label = workerId ? [runtime, workerId] : [`stream ${stream}`, path];
      this.#add("worker", label.filter((part) => part !== undefined).join(" "), term, count);
    }
  }

  /** @param term undefined for what no filter can say: it is not counted */
  #add(key: FacetKey, label: string, term: string | undefined, count: number): void {
    if (term === undefined) {
      return;
    }
    const values = this.#values.get(key) ?? new Map<string, FacetValue>();
    this.#values.set(key, values);
    const known = values.get(lowerAscii(term));
    values.set(lowerAscii(term), { label, term, ...known, count: count + (known?.count ?? 0) });
  }

  #facet(key: FacetKey): Facet[] {
    const values = [...(this.#values.get(key)?.values() ?? [])].sort(
      (a, b) => b.count - a.count || (a.label < b.label ? -1 : 1),
    );
    if (values.length === 0) {
      return [];
    }
    const isCut = values.length > MAX_FACET_VALUES;
    return [{ key, values: values.slice(0, MAX_FACET_VALUES), ...(isCut && { isCut }) }];
  }

  #readStreams(): ReadonlyMap<number, StreamFacts> {
    const one = this.#database.prepare("SELECT path, worker_id, runtime FROM stream WHERE id = ?");
    for (const keys of [this.#messages, this.#invocations]) {
      for (const key of keys.keys()) {
        this.#addStream(Number(key.slice(0, key.indexOf(" "))), 0);
      }
    }
    return new Map(
      [...this.#streams.keys()].map((stream) => {
        const row = one.get(stream);
        const workerId = textOf(row?.["worker_id"]);
        return [stream, { path: textOf(row?.["path"]) ?? "", workerId, runtime: textOf(row?.["runtime"]) }];
      }),
    );
  }
}

function countInto(counts: Map<string, number>, keys: readonly unknown[]): void {
  for (const key of keys) {
    if (typeof key === "string") {
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
}

function numberIn(text: string): number {
  return text === "" ? -1 : Number(text);
}
