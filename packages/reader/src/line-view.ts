/** A view of the lines of a session's log that are no messages, each with its place among the messages. */
import type { Seq } from "@inspector/contract/page";
import { compileFilter } from "@inspector/filter/compile";
import type { Filter } from "@inspector/filter/filter";
import { createTimePlaces } from "@inspector/session/time-places";
import type { Frame, LiveView, ViewSources } from "./live-view.ts";

/** Events that are looked at for one frame. */
const SLICE = 10_000;

/**
 * Both tables are read in the order of time: events by their number, up to {@link SLICE} a frame, and with them the streams that ended until
 * then. A line's place is the first message that crossed no earlier, so that line and messages merge without being sorted together; on a tie the
 * line comes first, since that is so both while the message is still to come and afterwards.
 *
 * @param after the last event that the page knows. Streams that had ended by then are told again: nothing says which of them it knows
 */
export function createLineView({ database, lines }: ViewSources, filter: Filter | undefined, after: number): LiveView {
  const condition = filter && compileFilter(filter);
  const places = createTimePlaces(database);
  const told = new Set<number>();
  let cursor = after;
  let place: Seq = 1;
  let isAnswered = false;
  let isMore = false;

  function endedUntil(through: number | undefined): number[] {
    if (lines.countEnded() === told.size) {
      return [];
    }
    const until = through === undefined ? Number.POSITIVE_INFINITY : lines.timeOfEvent(through);
    return lines
      .endedStreams()
      .filter(({ id, at }) => !told.has(id) && at <= until)
      .map(({ id }) => id);
  }

  return {
    // No line is ever marked.
    mark() {},
    next(): Frame | undefined {
      const cut = lines.eventBehind(cursor, SLICE - 1);
      const through = cut ?? Math.max(cursor, lines.lastEvent());
      const streams = endedUntil(cut);
      isMore = cut !== undefined;
      if (isAnswered && through === cursor && streams.length === 0) {
        return undefined;
      }
      const found = lines.column(condition, { after: cursor, through, streams });
      const ids = found.flatMap(({ number, at }) => {
        place = places.firstAt(at, place);
        return [number, place];
      });
      for (const stream of streams) {
        told.add(stream);
      }
      cursor = through;
      isAnswered = true;
      return { cursor, ids, gone: [] };
    },
    get isMore() {
      return isMore;
    },
    get rest() {
      return isMore || !isAnswered ? undefined : `${cursor} ${told.size}`;
    },
  };
}
