/** An export from the session to the file: copy what is to leave, write it in the form that was asked for, say what was replaced. */
import { join } from "node:path";
import { createGzip } from "node:zlib";
import type { RedactionOptions } from "@inspector/analysis/redaction/options";
import { type RedactionReport, Redactor } from "@inspector/analysis/redaction/redactor";
import type { Seq } from "@inspector/contract/page";
import type { Fragment } from "@inspector/filter/fragment";
import { openForReading, sizeOf } from "@inspector/hub/sqlite";
import type { Database } from "@inspector/session/database";
import { createQueries } from "@inspector/session/queries";
import { print, say, showProgress } from "../output.ts";
import { type Output, openOutput } from "../output-file.ts";
import { formatSize } from "../size.ts";
import { VERSION } from "../version.ts";
import { copySession, endsOf, learnSecrets } from "./copy-session.ts";
import { openSource } from "./export-source.ts";
import { FORMATS, type FormatName } from "./formats.ts";
import { writeNdjson } from "./ndjson.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

export type ExportRequest = {
  readonly session: string;
  readonly format: FormatName;
  /** Standard output where it is left out, or "-". */
  readonly output: string | undefined;
  readonly condition: Fragment | undefined;
  readonly isForced: boolean;
  readonly isCompressed: boolean;
  /** Says what would be replaced, and writes nothing. */
  readonly isDryRun: boolean;
  /** Undefined: everything leaves as it is. */
  readonly redaction: RedactionOptions | undefined;
};

export async function exportTo(request: ExportRequest): Promise<void> {
  const { session, redaction, isDryRun } = request;
  const database = openForReading(session);
  const output = isDryRun ? undefined : openOutput(request.output, { isForced: request.isForced, session });
  try {
    if (request.format === "ndjson" && redaction === undefined && output !== undefined) {
      // Nothing is to be taken out, so the lines are written from the session itself.
      await written(output, request.isCompressed, (to) => writeNdjson(to, database, request.condition));
      await output.commit();
      return;
    }
    const folder = new TemporaryFolder(isDryRun ? undefined : request.output);
    try {
      await exportThrough(database, output, join(folder.path, "copy.inspector"), request, redaction);
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

async function exportThrough(
  database: Database,
  output: Output | undefined,
  copy: string,
  request: ExportRequest,
  redaction: RedactionOptions | undefined,
): Promise<void> {
  const format = FORMATS[request.format];
  const redactor = redaction && new Redactor(redaction);
  const ends = endsOf(database);
  const condition = selectionOf(request.condition, format.isOfInvocations);
  if (redactor !== undefined) {
    await learnSecrets(database, redactor, ends, progressOf("Looking for secrets"));
    redactor.seal();
  }
  const seqs: readonly Seq[] = createQueries(database).column(condition, 0, Number.MAX_SAFE_INTEGER, ends.message);
  await copySession(database, copy, {
    ends,
    seqs,
    isPart: condition !== undefined,
    redactor,
    mark: JSON.stringify({ policy: redaction?.policy ?? "none", by: VERSION }),
    onProgress: progressOf("Copying"),
  });
  if (redactor !== undefined && output === undefined) {
    print(describeReport(redactor.report, sizeOf(copy), seqs.length));
  }
  if (output === undefined) {
    return;
  }
  showProgress("Writing …");
  const source = openSource(copy);
  try {
    const count = await written(output, request.isCompressed, (to) => format.write(to, source, aboutOf(redaction)));
    showProgress("");
    if (redactor !== undefined) {
      say(`${count} ${format.unit}; ${summaryOf(redactor.report)}`);
    }
  } finally {
    source.database.close();
  }
}

/** An invocation as a whole, where one of its messages matches. */
function selectionOf(condition: Fragment | undefined, isOfInvocations: boolean): Fragment | undefined {
  if (condition === undefined || !isOfInvocations) {
    return condition;
  }
  const { sql, params } = condition;
  return {
    sql: `(${sql}) OR m.invocation IN (SELECT m.invocation FROM message m WHERE m.invocation IS NOT NULL AND (${sql}))`,
    params: [...params, ...params],
  };
}

async function written(
  output: Output,
  isCompressed: boolean,
  write: (output: Output) => Promise<number>,
): Promise<number> {
  if (!isCompressed) {
    return await write(output);
  }
  const gzip = createGzip();
  const ended = (async () => {
    for await (const chunk of gzip) {
      await output.write(chunk);
    }
  })();
  const through: Output = {
    ...output,
    write: (content) =>
      new Promise((done, failed) => gzip.write(content, (error) => (error == null ? done() : failed(error)))),
  };
  const count = await Promise.race([write(through), ended.then(() => 0)]);
  gzip.end();
  await ended;
  return count;
}

function progressOf(what: string): (done: number, of: number) => void {
  return (done, of) => showProgress(of === 0 ? "" : `${what} … ${Math.floor((done / of) * 100)} %`);
}

function aboutOf(redaction: RedactionOptions | undefined): string {
  return redaction === undefined
    ? "not redacted: it holds every secret that crossed"
    : `redacted (${redaction.policy}): what reads ‹secret-1:name› was replaced, the same value everywhere by the same`;
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
