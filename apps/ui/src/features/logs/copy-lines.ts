import type { LineRow, MessageRow, StreamInfo } from "@inspector/contract/page";
import type { SessionClient } from "../../shell/data/session-client.ts";
import { entryOfLine, entryOfMessage, formatEntry, type LogEntry } from "./log-entry.ts";

/** Lines that are copied at once. */
export const MAX_COPIED = 1000;

/** Rows in one request: their numbers stand in its address. */
const BATCH = 200;

/** Logs that are asked for as a whole at the same time. */
const AT_ONCE = 4;

type Source = Pick<SessionClient, "getRows" | "getLines" | "getDetail">;

/**
 * Lines as text, one below the other, in the order of `rows`; texts that are cut in their rows are fetched whole.
 * @param rows at most {@link MAX_COPIED}: numbers of messages, and the negative of those of lines
 */
export async function copiedLines(
  source: Source,
  rows: readonly number[],
  { startedAt, streams }: { readonly startedAt: number; readonly streams: readonly StreamInfo[] },
): Promise<string> {
  const messages = rows.filter((row) => row > 0);
  const lines = rows.filter((row) => row < 0).map((row) => -row);
  const entries = new Map<number, LogEntry>();
  const streamOf = ({ stream }: MessageRow | LineRow) => streams.find(({ id }) => id === stream);
  for (const batch of inBatches(messages, BATCH)) {
    for (const row of (await source.getRows(batch)).rows) {
      entries.set(row.seq, entryOfMessage(row, streamOf(row)));
    }
  }
  for (const batch of inBatches(lines, BATCH)) {
    for (const line of (await source.getLines(batch)).rows) {
      entries.set(-line.number, entryOfLine(line, streamOf(line)));
    }
  }
  const texts = new Map<number, string | undefined>();
  const cut = [...entries.values()].filter(({ isCut }) => isCut);
  for (const batch of inBatches(cut, AT_ONCE)) {
    await Promise.all(batch.map(async ({ row }) => texts.set(row, await wholeText(source, row))));
  }
  return rows
    .flatMap((row) => entries.get(row) ?? [])
    .map((entry) => formatEntry(entry, startedAt, texts.get(entry.row)))
    .join("\n");
}

/** What the log says; undefined where its bytes are not at hand. */
async function wholeText(source: Source, seq: number): Promise<string | undefined> {
  const { message } = await source.getDetail(seq);
  const log: unknown = isObject(message) ? message["rpcLog"] : undefined;
  const text = isObject(log) ? log["message"] : undefined;
  return typeof text === "string" ? text : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function inBatches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}
