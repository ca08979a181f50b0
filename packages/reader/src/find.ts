/** Finding text within one message or body. */

import { toJsonNode } from "@inspector/analysis/exact-json";
import { byteHit, findBytes, isHexBytes, wantedBytes } from "@inspector/analysis/find/find-in-bytes";
import { findInJson } from "@inspector/analysis/find/find-in-json";
import {
  type FindHit,
  type FindResult,
  type FindWhere,
  MAX_COUNTED,
  MAX_HITS,
  MAX_WANTED,
} from "@inspector/contract/find";
import { InspectorError } from "@inspector/contract/inspector-error";
import type { Seq } from "@inspector/contract/page";
import type { Queries } from "@inspector/session/queries";
import type { StoredBody } from "./body.ts";
import { detailOf } from "./detail.ts";
import type { PayloadSource } from "./payload.ts";

export type FindQuestion = {
  readonly text: string;
  readonly where: FindWhere;
  /** Number of the first hit that is wanted, from 0. */
  readonly from: number;
};

/**
 * Searches the document where there is one and it is asked for, else the bytes, at any size.
 * @throws {InspectorError} "no-such-message", "bad-parameter"
 */
export function findInMessage(source: PayloadSource, seq: Seq, question: FindQuestion): FindResult {
  assertSize(question);
  const { text, where, from } = question;
  const row = source.queries.message(seq);
  const origin = source.queries.origin(seq);
  if (row === undefined || origin === undefined) {
    throw new InspectorError("no-such-message", `There is no message ${seq} in this session`);
  }
  const document = where === "document" ? documentOf(source, seq) : undefined;
  if (document !== undefined) {
    const found = findInJson(toJsonNode(document), text);
    return { where: "document", length: wantedBytes(text).length, ...collect(found, from, (hit) => hit) };
  }
  const wanted = wantedBytes(text);
  const size = row.isBodyDropped ? 0 : row.size;
  const found = findInParts(source.queries, { body: origin.body, size }, wanted, isHexBytes(text));
  const hitOf = ({ part, at, offset }: Found) => ({ ...byteHit(part, at, wanted.length), at: offset + at });
  return { where: "bytes", length: wanted.length, ...collect(found, from, hitOf) };
}

/** What the page shows of a message as JSON; undefined where it is not decoded. */
function documentOf(source: PayloadSource, seq: Seq): unknown {
  const detail = detailOf(source, seq);
  return detail?.extension?.message ?? detail?.message;
}

/** Bytes that are read at once: a message may have more than there is memory for. */
const PART_BYTES = 8 * 1024 * 1024;

/** Bytes behind a part that are read with it, for what begins in it and for the text around a hit. */
const BEHIND_BYTES = 8 * 1024;

/** A hit at `at` in a part, which begins at `offset`. */
type Found = { readonly part: Uint8Array; readonly at: number; readonly offset: number };

function* findInParts(queries: Queries, stored: StoredBody, wanted: Uint8Array, isExact: boolean): Generator<Found> {
  for (let offset = 0; offset < stored.size; offset += PART_BYTES) {
    const part = queries.bodyBytes(stored.body, offset, Math.min(offset + PART_BYTES + BEHIND_BYTES, stored.size));
    for (const at of findBytes(part, wanted, isExact)) {
      if (at >= PART_BYTES) {
        break;
      }
      yield { part, at, offset };
    }
  }
}

function assertSize({ text }: FindQuestion): void {
  if (text.length > MAX_WANTED) {
    throw new InspectorError(
      "bad-parameter",
      `What is looked for has ${text.length} characters, more than ${MAX_WANTED}`,
    );
  }
}

/** Counts what is found, and keeps the hits that are asked for. */
function collect<Found>(found: Iterable<Found>, from: number, hitOf: (found: Found) => FindHit) {
  const hits: FindHit[] = [];
  let count = 0;
  for (const one of found) {
    if (count >= from && hits.length < MAX_HITS) {
      hits.push(hitOf(one));
    }
    count += 1;
    if (count >= MAX_COUNTED) {
      break;
    }
  }
  return { count, from, hits };
}
