/** Processes of workers, as whoever started them recorded. */
import type { Nanos, ProcessInfo } from "@inspector/contract/page";
import { type Database, numberOf, type SqlRow } from "./database.ts";
import { isRecord, jsonOf, optional } from "./sql-values.ts";

/** Lines of a process's output that are shown. */
const MAX_LINES = 50;

/** What the recording tells of the process behind each worker id. */
export function processesOf(database: Database): Map<string, ProcessInfo> {
  const rows = database
    .prepare("SELECT at, type, detail FROM event WHERE type IN ('process-spawned', 'process-exited') ORDER BY id")
    .all();
  const output = database.prepare(
    `SELECT at, detail FROM event WHERE type = 'process-output' AND detail ->> '$.workerId' = ? ORDER BY id DESC LIMIT ${MAX_LINES}`,
  );
  const processes = new Map<string, ProcessInfo>();
  for (const row of rows) {
    const detail = jsonOf(row["detail"]);
    if (!isRecord(detail) || typeof detail["workerId"] !== "string") {
      continue;
    }
    const { workerId } = detail;
    const known = processes.get(workerId) ?? { output: output.all(workerId).reverse().flatMap(lineOf) };
    const at = numberOf(row["at"]);
    processes.set(workerId, row["type"] === "process-spawned" ? spawned(known, at, detail) : exited(known, at, detail));
  }
  return processes;
}

type Detail = Readonly<Record<string, unknown>>;

function spawned(process: ProcessInfo, at: Nanos, { pid, argv }: Detail): ProcessInfo {
  return {
    ...process,
    spawnedAt: at,
    ...optional("pid", typeof pid === "number" ? pid : undefined),
    ...optional("argv", Array.isArray(argv) ? argv.map(String) : undefined),
  };
}

function exited(process: ProcessInfo, at: Nanos, { code, signal }: Detail): ProcessInfo {
  return {
    ...process,
    exitedAt: at,
    ...optional("exitCode", typeof code === "number" ? code : undefined),
    ...optional("signal", typeof signal === "string" ? signal : undefined),
  };
}

function lineOf(row: SqlRow): ProcessInfo["output"][number][] {
  const detail = jsonOf(row["detail"]);
  if (!isRecord(detail) || typeof detail["text"] !== "string") {
    return [];
  }
  const stream = detail["stream"] === "stderr" ? "stderr" : "stdout";
  return [{ at: numberOf(row["at"]), stream, text: detail["text"] }];
}
