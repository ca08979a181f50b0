/** One export of the page: from a kept session to a file in a folder of its own. */
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { ExportFacts } from "@inspector/contract/export";
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import { createKeptSessions } from "../kept-sessions.ts";
import { openForReading } from "../sqlite.ts";
import { type ExportJob, exportedFile, type FromExport } from "./export-lines.ts";
import { exportSession, type OnProgress } from "./export-session.ts";
import { orderOf } from "./wish-order.ts";

/** Tells how far it is, and what became of it. Never throws. */
export async function runExport(job: ExportJob, tell: (message: FromExport) => void): Promise<void> {
  try {
    const facts = await writeExport(job, (step, part) => tell({ type: "progress", step, part }));
    tell({ type: "ready", facts });
  } catch (error) {
    tell({ type: "failed", error: failureOf(error) });
  }
}

function failureOf(error: unknown): Extract<FromExport, { type: "failed" }>["error"] {
  if (!(error instanceof InspectorError)) {
    return { code: "export-failed", message: `The export failed: ${reasonOf(error)}` };
  }
  const { code, message, hint } = error;
  return { code, message, ...(hint !== undefined && { hint }) };
}

async function writeExport(job: ExportJob, onProgress: OnProgress): Promise<ExportFacts> {
  const { session, folder } = job;
  const order = orderOf(job.wish, job.by);
  const database = openForReading(session === "" ? job.file : createKeptSessions(job.state).file(session));
  try {
    mkdirSync(folder, { mode: 0o700 });
    const copy = join(folder, "copy.inspector");
    const part = join(folder, "part");
    const fd = openSync(part, "wx", 0o600);
    try {
      const facts = await exportSession(
        database,
        copy,
        { write: (content) => writeAll(fd, content) },
        order,
        onProgress,
      );
      rmSync(copy);
      renameSync(part, exportedFile(folder));
      return facts;
    } finally {
      closeSync(fd);
    }
  } finally {
    database.close();
  }
}

function writeAll(fd: number, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  for (let at = 0; at < bytes.length; ) {
    at += writeSync(fd, bytes, at);
  }
}
