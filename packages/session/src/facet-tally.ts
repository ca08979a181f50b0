/** Adds up what rows have in common, see facets.ts. */
import {
  FACET_KEYS,
  type Facet,
  type FacetCounts,
  type FacetKey,
  type FacetValue,
  MAX_FACET_VALUES,
  STEP_WORDS,
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
import { type FacetRows, functionsOfInvocations, OPEN_STATES, traitsOf } from "./facet-rows.ts";

/** How often rows of a stream have the same traits, and the same function or invocation. */
type StreamTally = {
  rows: number;
  readonly messages: Map<unknown, number>;
  readonly invocations: Map<unknown, number>;
  readonly functions: Map<unknown, number>;
};

type StreamFacts = {
  readonly stream: number;
  readonly path: string | undefined;
  readonly workerId: string | undefined;
  readonly runtime: string | undefined;
};

/** Of what a file says is a step. */
const WORDS: Readonly<Record<string, string>> = STEP_WORDS;
/** As the list calls them, where that is another word. */
const OPEN_LABELS: Readonly<Record<string, string>> = { inflight: "in flight", lost: "lost" };

/**
 * Rows are counted by their numbers first, since nearly all are alike. Terms do not regard the case of ASCII letters, and values that
 * differ by it only are one.
 */
export class FacetTally {
  readonly #database: Database;
  readonly #streams = new Map<number, StreamTally>();
  readonly #values = new Map<FacetKey, Map<string, FacetValue>>();

  constructor(database: Database) {
    this.#database = database;
  }

  addMessages(rows: FacetRows): void {
    this.#addRows("messages", rows);
  }

  addInvocations(rows: FacetRows): void {
    this.#addRows("invocations", rows);
  }

  addStep(stream: number, step: string, state: string): void {
    this.#tallyOf(stream).rows += 1;
    this.#add("step", WORDS[step] ?? step, STEP_TERMS[step], 1);
    const open = state === "in-flight" ? "inflight" : state;
    this.#addOpen(open, 1);
    this.#addStatus(
      STATUSES.findIndex(({ name }) => name === open),
      1,
    );
  }

  counts(): Pick<FacetCounts, "rows" | "facets"> {
    let rows = 0;
    for (const [stream, tally] of this.#streams) {
      rows += tally.rows;
      this.#countStream(stream, tally);
    }
    return { rows, facets: FACET_KEYS.flatMap((key) => this.#facet(key)) };
  }

  #addRows(list: "messages" | "invocations", { traits, streams, functions }: FacetRows): void {
    let stream: unknown;
    let tally: StreamTally | undefined;
    for (let row = 0; row < traits.length; row += 1) {
      if (tally === undefined || streams[row] !== stream) {
        stream = streams[row];
        tally = this.#tallyOf(Number(stream));
      }
      tally.rows += 1;
      countInto(tally[list], traits[row], 1);
      countInto(tally.functions, functions[row], 1);
    }
  }

  #tallyOf(stream: number): StreamTally {
    const known = this.#streams.get(stream);
    if (known !== undefined) {
      return known;
    }
    const tally = { rows: 0, messages: new Map(), invocations: new Map(), functions: new Map() };
    this.#streams.set(stream, tally);
    return tally;
  }

  #countStream(stream: number, tally: StreamTally): void {
    const row = this.#database.prepare("SELECT path, worker_id, runtime FROM stream WHERE id = ?").get(stream);
    const path = textOf(row?.["path"]);
    const workerId = textOf(row?.["worker_id"]);
    this.#addWorker({ stream, path, workerId, runtime: textOf(row?.["runtime"]) }, tally.rows);
    for (const [traits, count] of tally.messages) {
      this.#addMessage(Number(traits), count, path ?? "");
    }
    for (const [traits, count] of tally.invocations) {
      this.#addInvocation(Number(traits), count);
    }
    for (const [id, count] of this.#functionsIn(tally)) {
      this.#addFunction(stream, id, count);
    }
  }

  #functionsIn({ functions }: StreamTally): ReadonlyMap<string, number> {
    const ofIds = new Map<string, number>();
    const invocations: number[] = [];
    for (const [named, count] of functions) {
      if (typeof named === "string") {
        countInto(ofIds, named, count);
      } else if (typeof named === "number") {
        invocations.push(named);
      }
    }
    for (const [index, id] of functionsOfInvocations(this.#database, invocations).entries()) {
      if (typeof id === "string") {
        countInto(ofIds, id, functions.get(invocations[index]) ?? 0);
      }
    }
    return ofIds;
  }

  #addMessage(number: number, count: number, path: string): void {
    const { kind, side, status, level, http } = traitsOf(number);
    const name = nameKind(kind, path);
    this.#add("kind", name === "" ? "empty envelope" : name, kindTerm(name), count);
    const sender = side === 0 ? "host" : "worker";
    this.#add("side", sender, `side:${sender}`, count);
    this.#addStatus(status, count);
    this.#add("level", LEVELS[level]?.name ?? "", levelTerm(level), count);
    this.#addHttp(http, count);
  }

  #addInvocation(number: number, count: number): void {
    const { status, open, http } = traitsOf(number);
    this.#addStatus(status, count);
    this.#addOpen(OPEN_STATES[open] ?? "", count);
    this.#addHttp(http, count);
  }

  #addStatus(status: number, count: number): void {
    const name = STATUSES[status]?.name;
    this.#add("status", name ?? "", name && `status:${name}`, count);
  }

  #addOpen(open: string, count: number): void {
    const label = OPEN_LABELS[open];
    this.#add("status", label ?? "", label && `is:${open}`, count);
  }

  #addHttp(http: number, count: number): void {
    this.#add("http", String(http), http === 0 ? undefined : `http:${http}`, count);
  }

  /** Without the load there is only the id. */
  #addFunction(stream: number, id: string, count: number): void {
    const row = this.#database
      .prepare('SELECT name, "trigger" AS type FROM function WHERE stream = ? AND function_id = ?')
      .get(stream, id);
    const name = textOf(row?.["name"]) ?? id;
    this.#add("fn", name, canBeSaid(name) ? functionTerm(name) : undefined, count);
    const trigger = textOf(row?.["type"]);
    if (trigger !== undefined && canBeSaid(trigger)) {
      this.#add("trigger", trigger, triggerTerm(trigger), count);
    }
  }

  #addWorker({ stream, path, workerId, runtime }: StreamFacts, count: number): void {
    const term = workerId === undefined || canBeSaid(workerId) ? workerTerm({ workerId, stream }) : undefined;
    const label = workerId ? [runtime, workerId] : [`stream ${stream}`, path];
    this.#add("worker", label.filter((part) => part !== undefined).join(" "), term, count);
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
}

function countInto<T>(counts: Map<T, number>, value: T, count: number): void {
  counts.set(value, (counts.get(value) ?? 0) + count);
}
