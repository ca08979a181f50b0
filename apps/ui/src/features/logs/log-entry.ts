/** One line of the log as it is listed and copied, whichever table it comes from. */
import type { LineRow, MessageRow, Nanos, Seq } from "@inspector/contract/page";
import type { StreamLife } from "../../shell/data/growth.ts";
import { withoutColours } from "../../shell/format/ansi.ts";
import { type RowStatus, statusOf, statusOfLevel, subjectOf, workerName } from "../../shell/format/message.ts";

/** Characters of a message's row: a longer log is cut there. */
const ROW_CHARS = 200;

export type LogEntry = {
  /** Of a message its number, of a line the negative of its. */
  readonly row: number;
  readonly at: Nanos;
  /** Absent of what has none: output of a process. */
  readonly level: RowStatus | undefined;
  /** The function, the worker, the host or the inspector. */
  readonly source: string;
  readonly isFunction: boolean;
  readonly category: string;
  readonly text: string;
  /** The text may go on in the message. */
  readonly isCut: boolean;
  readonly isSystem: boolean;
  readonly invocation: Seq | undefined;
  readonly stream: number | undefined;
};

export function entryOfMessage(row: MessageRow, stream: StreamLife | undefined): LogEntry {
  const subject = subjectOf(row, stream);
  const { text = "" } = row;
  return {
    row: row.seq,
    at: row.at,
    level: statusOf(row),
    source: subject.name,
    isFunction: subject.isFunction,
    category: row.category ?? "",
    text,
    isCut: text.length >= ROW_CHARS,
    isSystem: row.isSystem === true,
    invocation: row.invocation,
    stream: row.stream,
  };
}

export function entryOfLine(line: LineRow, stream: StreamLife | undefined): LogEntry {
  const { level, workerId, category } = line;
  return {
    row: -line.number,
    at: line.at,
    level: level && statusOfLevel(level),
    source: sourceOf(category, workerId, stream),
    isFunction: false,
    category,
    text: line.text,
    isCut: false,
    isSystem: line.isSystem === true,
    invocation: line.invocation,
    stream: line.stream,
  };
}

function sourceOf(category: string, workerId: string | undefined, stream: StreamLife | undefined): string {
  if (stream !== undefined) {
    return workerName(stream);
  }
  if (workerId !== undefined) {
    return `worker ${workerId.slice(0, 8)}`;
  }
  return category.startsWith("host-") || category === "upstream-failed" ? "host" : "inspector";
}

/**
 * A line as it is pasted elsewhere: "2026-11-29T12:44:28.120Z\tError\thello\tFunction.hello.User\ttext".
 * @param text whole, where that of the row is cut
 */
export function formatEntry(entry: LogEntry, startedAt: number, text = entry.text): string {
  const { at, level, source, category } = entry;
  const time = new Date(startedAt + at / 1e6).toISOString();
  return [time, level?.label ?? "", source, category, withoutColours(text)].join("\t");
}
