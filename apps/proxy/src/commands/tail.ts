/** `inspector tail [FILE] [--filter …]` */
import { setTimeout as sleep } from "node:timers/promises";
import { MAX_ROWS, type MessageRow, type Seq } from "@inspector/contract/page";
import { openForReading } from "@inspector/hub/sqlite";
import { createQueries } from "@inspector/session/queries";
import { formatSize } from "../size.ts";
import { filterOption } from "./filter-option.ts";
import { parseOptions } from "./options.ts";
import { sessionArgument } from "./session-argument.ts";

const POLL_MS = 100;

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
  const queries = createQueries(openForReading(sessionArgument(positionals[0])));
  const format = values.json === true ? (row: MessageRow) => JSON.stringify(row) : formatRow;
  const lines = Math.max(Number(values.lines ?? 10) || 0, 0);

  let cursor: Seq = 0;
  const all = queries.column(condition, 0, Number.MAX_SAFE_INTEGER);
  print(lines === 0 ? [] : all.slice(-lines));
  cursor = queries.lastSeq();
  let isStopped = values["no-follow"] === true;
  process.once("SIGINT", () => {
    isStopped = true;
  });
  while (!isStopped) {
    await sleep(POLL_MS);
    const last = queries.lastSeq();
    print(queries.column(condition, cursor, Number.MAX_SAFE_INTEGER));
    cursor = Math.max(cursor, last);
  }
  return 0;

  function print(seqs: readonly Seq[]): void {
    for (let at = 0; at < seqs.length; at += MAX_ROWS) {
      for (const row of queries.messages(seqs.slice(at, at + MAX_ROWS)).rows) {
        cursor = Math.max(cursor, row.seq);
        process.stdout.write(`${format(row)}\n`);
      }
    }
  }
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
  return parts.filter((part) => part !== undefined).join("  ");
}
