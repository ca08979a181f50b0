/** Messages as lines of JSON, for other tools. */
import { setImmediate as letSignalsIn } from "node:timers/promises";
import type { MessageRow } from "@inspector/contract/page";
import { visibleJson } from "@inspector/contract/visible-text";
import type { Fragment } from "@inspector/filter/fragment";
import { decodeMessage, isEventStream, messageToJson } from "@inspector/proto";
import type { Database } from "@inspector/session/database";
import { createQueries, type Queries } from "@inspector/session/queries";
import { decompress } from "../decompress.ts";
import { createDurations, createHandFacts, type HandFacts, withStatuses } from "./message-facts.ts";
import type { Sink } from "./sink.ts";

/** Rows in memory at a time. */
const PAGE = 200;
/** Bytes turned into base64 at a time; a multiple of 3, so that the pieces join. */
const PIECE_BYTES = 3 * 256 * 1024;
/** A larger message is exported without its JSON: as text it could exceed what a string can hold. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;

/** @returns how many */
export async function writeNdjson(output: Sink, database: Database, condition: Fragment | undefined): Promise<number> {
  const queries = createQueries(database);
  const durationsOf = createDurations(database);
  const handFactsOf = createHandFacts(database);
  const seqs = queries.column(condition, 0, Number.MAX_SAFE_INTEGER);
  for (let at = 0; at < seqs.length; at += PAGE) {
    const { rows } = queries.messages(seqs.slice(at, at + PAGE));
    const durations = durationsOf(rows);
    const handFacts = handFactsOf(rows);
    for (const row of rows) {
      const worker = queries.stream(row.stream)?.workerId ?? "";
      const durationNs = durations.get(row.seq) ?? null;
      await writeMessage(output, queries, row, { worker, durationNs, ...handFacts(row.seq) });
    }
    await letSignalsIn();
  }
  return seqs.length;
}

/**
 * One object a line: `seq, at, stream, worker, from, kind, size, requestId, invocationId, functionName, status, durationNs, interventions,
 * isReplay, heldNs, bytes, message`. Texts are "", and `status`, `durationNs` and `heldNs` null, where there is none.
 */
async function writeMessage(
  output: Sink,
  queries: Queries,
  row: MessageRow,
  { worker, ...beside }: { readonly worker: string; readonly durationNs: number | null } & HandFacts,
): Promise<void> {
  const {
    seq,
    at,
    stream,
    from,
    kind,
    size,
    requestId = "",
    invocationId = "",
    functionName = "",
    status = null,
  } = row;
  const known = { requestId, invocationId, functionName, status, ...beside };
  const facts = { seq, at, stream, worker, from, kind, size, ...known };
  const head = visibleJson(JSON.stringify(facts));
  await output.write(`${head.slice(0, -1)},"bytes":"`);
  const origin = queries.origin(seq);
  for (let start = 0; origin !== undefined && start < size; start += PIECE_BYTES) {
    const piece = queries.bodyBytes(origin.body, start, Math.min(start + PIECE_BYTES, size));
    await output.write(Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString("base64"));
  }
  const message = origin === undefined ? undefined : decode(queries, row, origin);
  await output.write(`","message":${visibleJson(JSON.stringify(message ?? null))}}\n`);
}

function decode(queries: Queries, row: MessageRow, origin: NonNullable<ReturnType<Queries["origin"]>>): unknown {
  if (!isEventStream(origin.path) || row.size > MAX_JSON_BYTES || row.isTruncated || row.isBodyDropped) {
    return undefined;
  }
  const stored = queries.bodyBytes(origin.body, 0, row.size);
  const bytes = row.isCompressed ? decompress(stored, origin.encoding, MAX_JSON_BYTES) : stored;
  const decoded = bytes === undefined ? undefined : decodeMessage(bytes);
  return decoded?.ok ? withStatuses(messageToJson(decoded.message)) : undefined;
}
