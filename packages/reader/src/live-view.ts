/** What a page has asked to be told of: a column of numbers that grows. */
import type { Seq } from "@inspector/contract/page";
import {
  compileFilter,
  compileInvocationFilter,
  hasFreeText,
  type InvocationCondition,
} from "@inspector/filter/compile";
import type { Filter } from "@inspector/filter/filter";
import type { Database } from "@inspector/session/database";
import type { InvocationQueries } from "@inspector/session/invocation-queries";
import type { LineQueries } from "@inspector/session/log-lines";
import type { Changed, Queries } from "@inspector/session/queries";
import type { SessionText } from "./session-text.ts";

/** What follows the view's number in a frame. */
export type Frame = { readonly cursor: Seq } & Changed;

export type LiveView = {
  /** These messages are marked otherwise than before. */
  mark(seqs: readonly Seq[]): void;
  /** The next frame, of one slice of the session; undefined where there is nothing to tell. */
  next(): Frame | undefined;
  /** Whether the slice that was looked at last is not the last one. */
  readonly isMore: boolean;
  /** How far a view is that has told all there is; two of the same filter with the same are in the same state. */
  readonly rest: string | undefined;
};

/** Messages of one slice at first; twice as many for the next one where that took less than FAST_MS, half where it took SLOW_MS. */
const FIRST_SLICE = 50_000;
const LEAST_SLICE = 10_000;
const MOST_SLICE = 1_000_000;
const FAST_MS = 100;
const SLOW_MS = 500;
/** Invocations in one frame: all of them, where the whole column is asked for, since each frame asks the filter anew. */
const FRAME_INVOCATIONS = 1_000_000;
/** Messages whose invocations are looked at for one frame. */
const CHANGED_MESSAGES = 50_000;

export type ViewSources = {
  readonly queries: Queries;
  readonly database: Database;
  readonly invocations: InvocationQueries;
  readonly lines: LineQueries;
  readonly text: SessionText | undefined;
};

export function createMessageView(sources: ViewSources, filter: Filter | undefined, after: Seq): LiveView {
  const { queries, text } = sources;
  const lastFor = createHorizon(sources, filter);
  const marks = createMarks(sources, filter, after);
  let cursor = after;
  let slice = FIRST_SLICE;
  let isAnswered = false;
  let isMore = false;

  /** Of those that were passed: what is still to come is looked at as it is marked then. */
  function sortMarked(): Changed {
    const seqs = marks.take().filter((seq) => seq <= cursor);
    const [oldest] = seqs;
    const newest = seqs.at(-1);
    if (filter === undefined || oldest === undefined) {
      return NOTHING;
    }
    return queries.sort(compileFilter(filter, { textSearch: text?.search(oldest - 1, newest) }), seqs);
  }

  function look(through: Seq): readonly Seq[] {
    const began = performance.now();
    const condition = filter && compileFilter(filter, { textSearch: text?.search(cursor, through) });
    const ids = queries.column(condition, cursor, slice, through);
    const took = performance.now() - began;
    if (took < FAST_MS) {
      slice = Math.min(slice * 2, MOST_SLICE);
    } else if (took > SLOW_MS) {
      slice = Math.max(slice / 2, LEAST_SLICE);
    }
    return ids;
  }

  return {
    mark: marks.add,
    next() {
      const last = lastFor();
      const marked = sortMarked();
      isMore = false;
      if (isAnswered && cursor >= last && marked === NOTHING) {
        return undefined;
      }
      const through = Math.min(last, cursor + slice);
      const ids = through > cursor ? look(through) : [];
      isMore = through < last;
      cursor = Math.max(through, cursor);
      isAnswered = true;
      return { cursor, ids: [...marked.ids, ...ids], gone: marked.gone };
    },
    get isMore() {
      return isMore;
    },
    get rest() {
      return isMore || !isAnswered || marks.areAny ? undefined : String(cursor);
    },
  };
}

const LOGS: Filter = { type: "choice", key: "is", values: ["log"] };

/** Messages that are logs. */
export function createLogView(sources: ViewSources, filter: Filter | undefined, after: Seq): LiveView {
  return createMessageView(sources, filter === undefined ? LOGS : { type: "and", items: [LOGS, filter] }, after);
}

export function createInvocationView(sources: ViewSources, filter: Filter | undefined, after: Seq): LiveView {
  const { invocations, text } = sources;
  const lastFor = createHorizon(sources, filter);
  // Streams whose end has been told: it changes what waited in them, though no message says so.
  const ended = new Set<number>();
  const marks = createMarks(sources, filter, after);
  let cursor = after;
  /** The last row of a column that is given from its beginning; undefined once all of it is given. */
  let given: Seq | undefined = after === 0 ? 0 : undefined;
  /** The newest message when that began. */
  let through: Seq | undefined;
  let isAnswered = false;
  let isMore = false;

  /** @param from only messages behind it matter */
  function compile(scope: "all" | "few", from: Seq): InvocationCondition | undefined {
    return filter && compileInvocationFilter(filter, { scope, textSearch: text?.search(from) });
  }

  function nextOfAll(from: Seq): Frame {
    if (through === undefined) {
      through = lastFor();
      for (const stream of invocations.endedStreams()) {
        ended.add(stream);
      }
    }
    const ids = invocations.column(compile("all", 0), from, FRAME_INVOCATIONS);
    isMore = ids.length === FRAME_INVOCATIONS;
    given = isMore ? ids.at(-1) : undefined;
    // A page that comes back before it has the whole column begins anew.
    if (!isMore) {
      cursor = through;
    }
    return { cursor, ids, gone: [] };
  }

  function nextChanges(): Frame | undefined {
    const last = lastFor();
    const newlyEnded = invocations.endedStreams().filter((stream) => !ended.has(stream));
    const marked = marks.take();
    if (isAnswered && cursor >= last && newlyEnded.length === 0 && marked.length === 0) {
      return undefined;
    }
    const until = Math.min(last, cursor + CHANGED_MESSAGES);
    isMore = until < last;
    const touched = until > cursor ? invocations.touched(cursor, until) : [];
    const opened = newlyEnded.flatMap((stream) => invocations.openIn(stream));
    const ofMarked = marked.length > 0 ? invocations.ofMessages(marked) : [];
    const changed = [...new Set([...touched, ...opened, ...ofMarked])].sort((a, b) => a - b);
    for (const stream of newlyEnded) {
      ended.add(stream);
    }
    cursor = Math.max(cursor, until);
    // A row's name is its first message, so that no older text matters.
    const [oldest = 1] = changed;
    return { cursor, ...invocations.sort(compile("few", oldest - 1), changed) };
  }

  return {
    mark: marks.add,
    next() {
      isMore = false;
      const frame = given === undefined ? nextChanges() : nextOfAll(given);
      isAnswered = true;
      return frame;
    },
    get isMore() {
      return isMore;
    },
    get rest() {
      return isMore || !isAnswered || given !== undefined || marks.areAny ? undefined : `${cursor} ${ended.size}`;
    },
  };
}

const NOTHING: Changed = { ids: [], gone: [] };

type Marks = {
  add(seqs: readonly Seq[]): void;
  /** Ascending, each once. */
  take(): readonly Seq[];
  readonly areAny: boolean;
};

/** Messages that were marked since a view last asked; without a filter no mark changes what is in it. */
function createMarks({ queries }: ViewSources, filter: Filter | undefined, after: Seq): Marks {
  // Whoever resumes may have missed marks while nobody told it.
  const seqs = new Set(filter === undefined || after === 0 ? [] : queries.marked(after));
  return {
    add(marked) {
      if (filter !== undefined) {
        for (const seq of marked) {
          seqs.add(seq);
        }
      }
    },
    take() {
      if (seqs.size === 0) {
        return [];
      }
      const taken = [...seqs].sort((a, b) => a - b);
      seqs.clear();
      return taken;
    },
    get areAny() {
      return seqs.size > 0;
    },
  };
}

/**
 * The last message a view may look at: free text waits for an index that is being built, since what a view has passed by it
 * does not look at again.
 */
function createHorizon({ queries, text }: ViewSources, filter: Filter | undefined): () => Seq {
  const isText = filter !== undefined && hasFreeText(filter);
  return () => {
    const last = queries.lastSeq();
    const horizon = isText ? text?.horizon : undefined;
    return horizon === undefined ? last : Math.min(last, horizon);
  };
}
