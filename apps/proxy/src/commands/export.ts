/** `inspector export FILE --format ndjson` */
import { setImmediate as letSignalsIn } from "node:timers/promises";
import { InspectorError } from "@inspector/contract/inspector-error";
import type { MessageRow } from "@inspector/contract/page";
import { visibleJson } from "@inspector/contract/visible-text";
import type { Fragment } from "@inspector/filter/fragment";
import { decompress } from "@inspector/hub/decompress";
import { openForReading } from "@inspector/hub/sqlite";
import { decodeMessage, isEventStream, messageToJson } from "@inspector/proto";
import type { Database } from "@inspector/session/database";
import { createQueries, type Queries } from "@inspector/session/queries";
import { type Output, openOutput } from "../output-file.ts";
import { createDurations, withStatuses } from "./export-facts.ts";
import { filterOption } from "./filter-option.ts";
import { parseOptions } from "./options.ts";
import { sessionArgument } from "./session-argument.ts";

/** Rows in memory at a time. */
const PAGE = 200;
/** Bytes turned into base64 at a time; a multiple of 3, so that the pieces join. */
const PIECE_BYTES = 3 * 256 * 1024;
/** A larger message is exported without its JSON: as text it could exceed what a string can hold. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;

export async function exportSession(args: readonly string[]): Promise<number> {
  const options = {
    format: { type: "string" },
    output: { type: "string" },
    filter: { type: "string" },
    force: { type: "boolean" },
    "no-redact": { type: "boolean" },
  } as const;
  const { values, positionals } = parseOptions("export", args, options, 1);
  if (values.format !== undefined && values.format !== "ndjson") {
    throw new InspectorError("bad-format", `--format ${values.format} is not known`, { hint: "The format is ndjson." });
  }
  if (values["no-redact"] !== true) {
    throw new InspectorError(
      "not-redacted",
      "An export holds every key, header and environment variable that crossed",
      {
        hint: "Nothing is redacted yet. Add --no-redact if the file stays with you; do not attach it to a bug report.",
      },
    );
  }
  const condition = filterOption(values.filter);
  const session = sessionArgument(positionals[0]);
  const database = openForReading(session);
  const output = openOutput(values.output, { isForced: values.force === true, session });
  try {
    await writeMessages(output, database, condition);
    await output.commit();
  } finally {
    output.discard();
    database.close();
  }
  return 0;
}

async function writeMessages(output: Output, database: Database, condition: Fragment | undefined): Promise<void> {
  const queries = createQueries(database);
  const durationsOf = createDurations(database);
  const seqs = queries.column(condition, 0, Number.MAX_SAFE_INTEGER);
  for (let at = 0; at < seqs.length; at += PAGE) {
    const { rows } = queries.messages(seqs.slice(at, at + PAGE));
    const durations = durationsOf(rows);
    for (const row of rows) {
      const worker = queries.stream(row.stream)?.workerId ?? "";
      await writeMessage(output, queries, row, { worker, durationNs: durations.get(row.seq) ?? null });
    }
    await letSignalsIn();
  }
}

/**
 * One object a line: `seq, at, stream, worker, from, kind, size, requestId, invocationId, functionName, status, durationNs, bytes, message`.
 * Texts are "" and the other two null where there is none.
 */
async function writeMessage(
  output: Output,
  queries: Queries,
  row: MessageRow,
  { worker, durationNs }: { readonly worker: string; readonly durationNs: number | null },
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
  const known = { requestId, invocationId, functionName, status, durationNs };
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
