/** `inspector export`: from the session to the file, or to what a dry run says of it. */
import { join } from "node:path";
import type { RedactionReport } from "@inspector/analysis/redaction/redactor";
import { compressed, copyForExport, type ExportOrder, writeCopy } from "@inspector/hub/export/export-session";
import { FORMATS } from "@inspector/hub/export/formats";
import { writeNdjson } from "@inspector/hub/export/ndjson";
import { openForReading, sizeOf } from "@inspector/hub/sqlite";
import type { Database } from "@inspector/session/database";
import { print, say, showProgress } from "../output.ts";
import { type Output, openOutput } from "../output-file.ts";
import { formatSize } from "../size.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

export type ExportRequest = ExportOrder & {
  readonly session: string;
  /** Standard output where it is left out, or "-". */
  readonly output: string | undefined;
  readonly isForced: boolean;
  /** Says what would be replaced, and writes nothing. */
  readonly isDryRun: boolean;
};

export async function exportTo(request: ExportRequest): Promise<void> {
  const { session, redaction, isDryRun } = request;
  const database = openForReading(session);
  const output = isDryRun ? undefined : openOutput(request.output, { isForced: request.isForced, session });
  try {
    if (request.format === "ndjson" && redaction === undefined && output !== undefined) {
      // Nothing is to be taken out, so the lines are written from the session itself.
      await compressed(output, request.isCompressed, (to) => writeNdjson(to, database, request.condition));
      await output.commit();
      return;
    }
    const folder = new TemporaryFolder(isDryRun ? undefined : request.output);
    try {
      await exportThrough(database, output, join(folder.path, "copy.inspector"), request);
    } finally {
      folder.remove();
    }
    await output?.commit();
  } finally {
    output?.discard();
    database.close();
    showProgress("");
  }
}

const STEPS = { learn: "Looking for secrets", copy: "Copying" } as const;

async function exportThrough(
  database: Database,
  output: Output | undefined,
  copy: string,
  request: ExportRequest,
): Promise<void> {
  const { messages, report } = await copyForExport(database, copy, request, (step, done, of) =>
    showProgress(of === 0 ? "" : `${STEPS[step]} … ${Math.floor((done / of) * 100)} %`),
  );
  if (output === undefined) {
    if (report !== undefined) {
      print(describeReport(report, sizeOf(copy), messages));
    }
    return;
  }
  showProgress("Writing …");
  const count = await writeCopy(output, copy, request);
  showProgress("");
  if (report !== undefined) {
    say(`${count} ${FORMATS[request.format].unit}; ${summaryOf(report)}`);
  }
}

function summaryOf({ replaced, secrets, beyond }: RedactionReport): string {
  const places = replaced.reduce((sum, { count }) => sum + count, 0);
  const more =
    beyond === 0 ? "" : `, ${beyond} of them too many to be looked for everywhere (see docs/sharing.md, Limits)`;
  return `${secrets} different secrets were replaced in ${places} places${more}`;
}

function describeReport(report: RedactionReport, bytes: number, messages: number): string {
  const width = String(report.replaced[0]?.count ?? 0).length;
  const rows = report.replaced.map(({ what, count }) => `  ${String(count).padStart(width)}  ${what}\n`);
  return `${messages} messages, ${formatSize(bytes)} as a session; nothing was written.\n${summaryOf(report)}.\n${rows.join("")}`;
}
