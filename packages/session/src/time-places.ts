/** Where a moment stands among the messages of a session. */
import type { Nanos, Seq } from "@inspector/contract/page";
import { type Database, numberOf } from "./database.ts";
import { jsonOf } from "./sql-values.ts";

export type TimePlaces = {
  /**
   * The first message at a time or later; where there is none, the one that will be next.
   *
   * Messages are numbered as they are complete; with several relays their times may be out of order by as much as the hub reads at once,
   * which a picture of the whole does not show.
   * @param from an earlier answer for an earlier time: near to it nothing is searched
   */
  firstAt(at: Nanos, from?: Seq): Seq;
};

/** Messages that are read at once around an answer: the next moment that is asked for is most often among them. */
const BLOCK = 256;

type Place = { readonly seq: Seq; readonly at: Nanos };

/** Searches by number: messages are not indexed by time. Numbers may be missing (an export of some messages, rows that were given up). */
export function createTimePlaces(database: Database): TimePlaces {
  const nextTo = database.prepare("SELECT at FROM message WHERE seq >= ? ORDER BY seq LIMIT 1");
  // As one text they take a tenth of the time of a row object for each.
  const blockFrom = database.prepare(
    `SELECT json_group_array(seq) AS seqs, json_group_array(at) AS times
     FROM (SELECT seq, at FROM message WHERE seq >= ? ORDER BY seq LIMIT ${BLOCK})`,
  );
  const last = database.prepare("SELECT max(seq) AS n FROM message");
  /** Messages that follow each other. */
  let block: readonly Place[] = [];

  function readBlock(from: Seq): Place[] {
    const row = blockFrom.get(from);
    const times = jsonOf(row?.["times"]);
    const seqs = jsonOf(row?.["seqs"]);
    return Array.isArray(seqs) && Array.isArray(times)
      ? seqs.map((seq, index) => ({ seq: Number(seq), at: Number(times[index]) }))
      : [];
  }

  /** Whether all messages from `seq` on are at `at` or later. */
  function isBehind(seq: Seq, at: Nanos): boolean {
    const row = nextTo.get(seq);
    return row === undefined || numberOf(row["at"]) >= at;
  }

  function search(at: Nanos, from: Seq): Seq {
    const end = numberOf(last.get()?.["n"]) + 1;
    let low = Math.min(from, end);
    let high = low;
    for (let step = 1; high < end && !isBehind(high, at); step *= 2) {
      low = high + 1;
      high = Math.min(low + step, end);
    }
    return firstIn(low, high, (seq) => isBehind(seq, at));
  }

  return {
    firstAt(at, from = 1) {
      const [first] = block;
      const isInBlock = first !== undefined && first.seq <= from && (block.at(-1)?.at ?? 0) >= at;
      if (!isInBlock) {
        const found = search(at, from);
        block = readBlock(found);
        // A missing number is not that of a message.
        return block[0]?.seq ?? found;
      }
      const index = firstIn(0, block.length - 1, (index) => isAtOrBehind(block[index], at, from));
      return block[index]?.seq ?? from;
    },
  };
}

function isAtOrBehind(place: Place | undefined, at: Nanos, from: Seq): boolean {
  return place !== undefined && place.at >= at && place.seq >= from;
}

/** The first whole number from `low` up to `high` for which `isWanted` holds; `high` where it holds for none below. */
function firstIn(low: number, high: number, isWanted: (number: number) => boolean): number {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (isWanted(middle)) {
      to = middle;
    } else {
      from = middle + 1;
    }
  }
  return from;
}
