/** The messages of the nth call of each function, and what is different in them. */

import { type Database, numberOf, textOf } from "@inspector/session/database";
import { BY_HOST } from "@inspector/session/function-queries";
import type { Queries } from "@inspector/session/queries";

/** A message, by what two runs of the same code have in common. */
export type ComparedMessage = {
  readonly from: string;
  readonly kind: string;
  readonly level?: string | undefined;
  readonly status?: string | undefined;
  /** What its row says: the text of a log, the reason of a failure. */
  readonly text?: string | undefined;
};

export type ComparedCall = {
  /** The function's. */
  readonly name: string;
  /** In the order in which they crossed; the first {@link MAX_MESSAGES}. */
  readonly messages: readonly ComparedMessage[];
  /** How many there are in all. */
  readonly count: number;
};

/** Of two calls, so many by so many are held against each other: 50 MB for a moment. */
export const MAX_MESSAGES = 5000;

/** @param nth from 1 on, in the order in which the host called */
export function nthCalls(database: Database, queries: Queries, nth: number): ComparedCall[] {
  const calls = database
    .prepare(
      `SELECT id, name FROM (
         SELECT i.id, ifnull(f.name, i.function_id) AS name,
           row_number() OVER (PARTITION BY ifnull(f.name, i.function_id) ORDER BY i.id) AS n
         FROM (SELECT id, stream, function_id FROM invocation WHERE function_id IS NOT NULL AND ${BY_HOST}) i
         LEFT JOIN function f ON f.stream = i.stream AND f.function_id = i.function_id)
       WHERE n = ? ORDER BY name`,
    )
    .all(nth);
  const ofCall = database.prepare(`SELECT seq FROM message WHERE invocation = ? ORDER BY seq LIMIT ${MAX_MESSAGES}`);
  const countOf = database.prepare("SELECT count(*) AS n FROM message WHERE invocation = ?");
  return calls.map(({ id, name }) => {
    const seqs = ofCall.all(numberOf(id)).map(({ seq }) => numberOf(seq));
    const { rows } = queries.messages(seqs);
    return {
      name: textOf(name) ?? "",
      messages: rows.map(({ from, kind, level, status, text }) => ({ from, kind, level, status, text })),
      count: numberOf(countOf.get(numberOf(id))?.["n"]),
    };
  });
}

export type MessageChange = { readonly change: "gone" | "new"; readonly message: ComparedMessage };

/**
 * What of the messages only one of two calls has, in the order in which they crossed. Ids, numbers and times in texts are taken for the same.
 * @param before at most {@link MAX_MESSAGES}, as `after`
 */
export function messageChanges(before: readonly ComparedMessage[], after: readonly ComparedMessage[]): MessageChange[] {
  const [old, now] = [before.map(keyOf), after.map(keyOf)];
  const common = commonLengths(old, now);
  const at = (row: number, column: number): number => common[row]?.[column] ?? 0;
  const changes: MessageChange[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [was, is] = [before[i], after[j]];
    if (was !== undefined && is !== undefined && old[i] === now[j]) {
      i += 1;
      j += 1;
    } else if (was !== undefined && (is === undefined || at(i + 1, j) >= at(i, j + 1))) {
      changes.push({ change: "gone", message: was });
      i += 1;
    } else if (is !== undefined) {
      changes.push({ change: "new", message: is });
      j += 1;
    }
  }
  return changes;
}

/** How many messages two rests have in common, at most, from every place of both on. */
function commonLengths(before: readonly string[], after: readonly string[]): Uint16Array[] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i -= 1) {
    const [row = NO_LENGTHS, next = NO_LENGTHS] = [lengths[i], lengths[i + 1]];
    for (let j = after.length - 1; j >= 0; j -= 1) {
      row[j] = before[i] === after[j] ? (next[j + 1] ?? 0) + 1 : Math.max(next[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}

const NO_LENGTHS = new Uint16Array();

const VARYING = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}|\d+/giu;

function keyOf({ from, kind, level = "", status = "", text = "" }: ComparedMessage): string {
  return JSON.stringify([from, kind, level, status, text.replaceAll(VARYING, "#")]);
}
