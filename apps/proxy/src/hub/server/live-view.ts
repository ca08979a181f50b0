/** What one page has asked to be told of: a column of numbers that grows. */
import {
  type Changed,
  compileFilter,
  compileInvocationFilter,
  type Filter,
  type InvocationQueries,
  type Queries,
  type Seq,
} from "@inspector/session";

/** What follows the view's number in a frame. */
export type Frame = { readonly cursor: Seq } & Changed;

export type LiveView = {
  /** The next frame; undefined where there is nothing to tell. */
  next(): Frame | undefined;
  /** Whether the frame that was given last left something out. */
  readonly isMore: boolean;
};

/** Numbers in one frame of messages. */
const FRAME_MESSAGES = 100_000;
/** Invocations in one frame: all of them, where the whole column is asked for, since each frame asks the filter anew. */
const FRAME_INVOCATIONS = 1_000_000;
/** Messages whose invocations are looked at for one frame. */
const CHANGED_MESSAGES = 50_000;

export function createMessageView(queries: Queries, filter: Filter | undefined, after: Seq): LiveView {
  const condition = filter === undefined ? undefined : compileFilter(filter);
  let cursor = after;
  let isAnswered = false;
  let isMore = false;
  return {
    next() {
      const last = queries.lastSeq();
      isMore = false;
      if (isAnswered && cursor >= last) return undefined;
      const ids = queries.column(condition, cursor, FRAME_MESSAGES, last);
      isMore = ids.length === FRAME_MESSAGES;
      cursor = isMore ? (ids.at(-1) ?? last) : Math.max(last, cursor);
      isAnswered = true;
      return { cursor, ids, gone: [] };
    },
    get isMore() {
      return isMore;
    },
  };
}

export function createInvocationView(
  invocations: InvocationQueries,
  queries: Queries,
  filter: Filter | undefined,
  after: Seq,
): LiveView {
  const compile = (scope: "all" | "few") =>
    filter === undefined ? undefined : compileInvocationFilter(filter, { scope });
  const few = compile("few");
  // Streams whose end has been told: it changes what waited in them, though no message says so.
  const ended = new Set<number>();
  let cursor = after;
  /** The last row of a column that is given from its beginning; undefined once all of it is given. */
  let given: Seq | undefined = after === 0 ? 0 : undefined;
  /** The newest message when that began. */
  let through: Seq | undefined;
  let isAnswered = false;
  let isMore = false;

  function nextOfAll(from: Seq): Frame {
    if (through === undefined) {
      through = queries.lastSeq();
      for (const stream of invocations.endedStreams()) ended.add(stream);
    }
    const ids = invocations.column(compile("all"), from, FRAME_INVOCATIONS);
    isMore = ids.length === FRAME_INVOCATIONS;
    given = isMore ? ids.at(-1) : undefined;
    // A page that comes back before it has the whole column begins anew.
    if (!isMore) cursor = through;
    return { cursor, ids, gone: [] };
  }

  function nextChanges(): Frame | undefined {
    const last = queries.lastSeq();
    const newlyEnded = invocations.endedStreams().filter((stream) => !ended.has(stream));
    if (isAnswered && cursor >= last && newlyEnded.length === 0) return undefined;
    const until = Math.min(last, cursor + CHANGED_MESSAGES);
    isMore = until < last;
    const changes = [
      ...(until > cursor ? [invocations.changed(few, cursor, until)] : []),
      ...newlyEnded.map((stream) => invocations.openIn(few, stream)),
    ];
    for (const stream of newlyEnded) ended.add(stream);
    cursor = Math.max(cursor, until);
    return {
      cursor,
      ids: [...new Set(changes.flatMap(({ ids }) => ids))],
      gone: [...new Set(changes.flatMap(({ gone }) => gone))],
    };
  }

  return {
    next() {
      isMore = false;
      const frame = given === undefined ? nextChanges() : nextOfAll(given);
      isAnswered = true;
      return frame;
    },
    get isMore() {
      return isMore;
    },
  };
}
