/** Processes of workers, as whoever started them recorded. */
import { MAX_WORKERS, type Nanos, type ProcessInfo } from "@inspector/contract/page";
import { type Database, numberOf, type SqlValue } from "./database.ts";
import { type KnownLimits, limitsIn } from "./limits.ts";
import { isRecord, jsonOf, optional } from "./sql-values.ts";

/** Lines of a process's output that are shown, and the characters of each. */
const MAX_LINES = 50;
const MAX_LINE_CHARS = 4_000;
/** The newest lines of all processes, among which those of each are looked for. */
const MAX_OUTPUT = 20_000;

/** A process, and how long its host waits for it as far as its launcher recorded that. */
export type KnownProcess = { readonly info: ProcessInfo; readonly limits: KnownLimits };

/** What the recording tells of the process behind each worker id: of the newest, twice {@link MAX_WORKERS} at most. */
export function processesOf(database: Database): Map<string, KnownProcess> {
  const rows = database
    .prepare(
      `SELECT at, type, detail FROM event WHERE type IN ('process-spawned', 'process-exited')
       ORDER BY id DESC LIMIT ${4 * MAX_WORKERS}`,
    )
    .all()
    .reverse();
  const processes = new Map<string, ProcessInfo>();
  const limits = new Map<string, KnownLimits>();
  for (const row of rows) {
    const detail = jsonOf(row["detail"]);
    if (!isRecord(detail) || typeof detail["workerId"] !== "string") {
      continue;
    }
    const { workerId } = detail;
    const known = processes.get(workerId) ?? { output: [] };
    const at = numberOf(row["at"]);
    if (row["type"] === "process-spawned") {
      limits.set(workerId, limitsIn(detail));
    }
    processes.set(workerId, row["type"] === "process-spawned" ? spawned(known, at, detail) : exited(known, at, detail));
  }
  const output = processes.size === 0 ? new Map() : outputOf(database);
  return new Map(
    [...processes].map(([id, process]) => [
      id,
      { info: { ...process, output: output.get(id) ?? [] }, limits: limits.get(id) ?? new Map() },
    ]),
  );
}

type Line = ProcessInfo["output"][number];

/** The last lines of each process that has any among the newest of all. */
function outputOf(database: Database): Map<string, Line[]> {
  const rows = database
    .prepare(`SELECT at, detail FROM event WHERE type = 'process-output' ORDER BY id DESC LIMIT ${MAX_OUTPUT}`)
    .all();
  const output = new Map<string, Line[]>();
  for (const row of rows) {
    const detail = jsonOf(row["detail"]);
    if (!isRecord(detail) || typeof detail["workerId"] !== "string" || typeof detail["text"] !== "string") {
      continue;
    }
    const lines = output.get(detail["workerId"]) ?? [];
    output.set(detail["workerId"], lines);
    if (lines.length < MAX_LINES) {
      const stream = detail["stream"] === "stderr" ? "stderr" : "stdout";
      lines.unshift({ at: numberOf(row["at"]), stream, text: detail["text"].slice(0, MAX_LINE_CHARS) });
    }
  }
  return output;
}

type Detail = Readonly<Record<string, unknown>>;

function spawned(process: ProcessInfo, at: Nanos, { pid, argv, limits }: Detail): ProcessInfo {
  return {
    ...process,
    spawnedAt: at,
    ...optional("invocationLimit", invocationLimitIn(limits)),
    ...optional("pid", typeof pid === "number" ? pid : undefined),
    ...optional("argv", Array.isArray(argv) ? argv.map(String) : undefined),
  };
}

/** Milliseconds there; null is for ever. */
function invocationLimitIn(limits: unknown): Nanos | undefined {
  const limit = isRecord(limits) ? limits["invocation"] : undefined;
  return typeof limit === "number" && limit > 0 ? limit * 1e6 : undefined;
}

function exited(process: ProcessInfo, at: Nanos, { code, signal, endedByHost, failure }: Detail): ProcessInfo {
  return {
    ...process,
    exitedAt: at,
    ...optional("exitCode", typeof code === "number" ? code : undefined),
    ...optional("signal", textIn(signal)),
    ...optional("endedByHost", textIn(endedByHost)),
    ...optional("failure", textIn(failure)),
  };
}

function textIn(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Asks for the limits that the launcher of a worker recorded, by worker id; empty where nothing did. */
export function createKnownLimits(database: Database): (workerId: string) => KnownLimits {
  const spawned = database.prepare(
    `SELECT detail FROM event WHERE type = 'process-spawned' AND json_extract(detail, '$.workerId') = ? ORDER BY id DESC LIMIT 1`,
  );
  const known = new Map<string, KnownLimits>();
  return (workerId) => {
    const found = workerId === "" ? undefined : (known.get(workerId) ?? parsed(spawned.get(workerId)?.["detail"]));
    if (found !== undefined && found.size > 0) {
      known.set(workerId, found);
    }
    return found ?? NO_LIMITS;
  };
}

const NO_LIMITS: KnownLimits = new Map();

function parsed(value: SqlValue | undefined): KnownLimits {
  const detail = jsonOf(value);
  return isRecord(detail) ? limitsIn(detail) : NO_LIMITS;
}
