/** `inspector tail [FILE] [--filter …]` */
import { setTimeout as sleep } from "node:timers/promises";
import { MAX_ROWS, type MessageRow, type Seq } from "@inspector/contract/page";
import { visibleLine } from "@inspector/contract/visible-text";
import type { Fragment } from "@inspector/filter/fragment";
import { openForReading } from "@inspector/hub/sqlite";
import { createQueries, type Queries } from "@inspector/session/queries";
import { print, printJson } from "../output.ts";
import { formatSize } from "../size.ts";
import { filterOption } from "./filter-option.ts";
import { countOption, parseOptions } from "./options.ts";
import { wholeSession } from "./session-argument.ts";

const POLL_MS = 100;

const DEFAULT_LINES = 10;

export async function tail(args: readonly string[]): Promise<number> {
  const options = {
    filter: { type: "string" },
    json: { type: "boolean" },
    lines: { type: "string", short: "n" },
    follow: { type: "boolean", default: true },
    "no-follow": { type: "boolean" },
  } as const;
  const { values, positionals } = parseOptions("tail", args, options, 1);
  const condition = filterOption(values.filter);
  const lines = countOption(values.lines, "--lines", DEFAULT_LINES);
  const queries = createQueries(openForReading(await wholeSession(positionals[0])));
  const show = values.json === true ? printJson : (row: MessageRow) => print(`${formatRow(row)}\n`);
  let isStopped = values["no-follow"] === true;
  process.once("SIGINT", () => {
    isStopped = true;
  });

  const next = newMessages(queries, condition);
  for (let isFirst = true; ; isFirst = false) {
    const seqs = next();
    const shown = isFirst ? seqs.slice(Math.max(seqs.length - lines, 0)) : seqs;
    for (let at = 0; at < shown.length; at += MAX_ROWS) {
      queries.messages(shown.slice(at, at + MAX_ROWS)).rows.forEach(show);
    }
    if (isStopped) {
      return 0;
    }
    await sleep(POLL_MS);
  }
}

/** @returns gives the messages that match and came since it was called last, each once, while others are recorded */
export function newMessages(
  queries: Pick<Queries, "lastSeq" | "column">,
  condition: Fragment | undefined,
): () => readonly Seq[] {
  let cursor: Seq = 0;
  return () => {
    // Asked before the column: what is recorded between the two is in this column, or behind the cursor for the next.
    const last = queries.lastSeq();
    const seqs = queries.column(condition, cursor, Number.MAX_SAFE_INTEGER);
    cursor = Math.max(last, seqs.at(-1) ?? 0);
    return seqs;
  };
}

/** "   12.042 host → worker  invocation_request  hello  GET /api/hello  1.1 KB" */
function formatRow(row: MessageRow): string {
  const direction = row.from === "host" ? "host → worker" : "worker → host";
  const parts = [
    (row.at / 1e9).toFixed(3).padStart(9),
    direction,
    row.kind.padEnd(26),
    formatSize(row.size).padStart(8),
    row.functionName,
    row.status,
    row.level,
    row.text?.replaceAll("\n", " "),
  ];
  return visibleLine(parts.filter((part) => part !== undefined).join("  "));
}
