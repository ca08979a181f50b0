/**
 * From a session to a file for others, in two steps: a copy without its secrets, then the form that was asked for, which is written from
 * the copy alone.
 */
import { createGzip } from "node:zlib";
import type { RedactionOptions } from "@inspector/analysis/redaction/options";
import { type RedactionReport, Redactor } from "@inspector/analysis/redaction/redactor";
import type { Seq } from "@inspector/contract/page";
import type { Fragment } from "@inspector/filter/fragment";
import type { Database } from "@inspector/session/database";
import { createQueries } from "@inspector/session/queries";
import { copySession, endsOf, learnSecrets } from "./copy-session.ts";
import { openSource } from "./export-source.ts";
import { FORMATS, type FormatName } from "./formats.ts";
import type { Sink } from "./sink.ts";

export type ExportOrder = {
  readonly format: FormatName;
  /** Undefined: all of the session. */
  readonly condition: Fragment | undefined;
  /** Undefined: everything leaves as it is. */
  readonly redaction: RedactionOptions | undefined;
  readonly isCompressed: boolean;
  /** The version of the inspector, which the file names. */
  readonly by: string;
};

export type ExportStep = "learn" | "copy";

export type OnProgress = (step: ExportStep, done: number, of: number) => void;

/** What is in the copy. `report` is absent where nothing was to be replaced. */
export type Copied = { readonly messages: number; readonly report: RedactionReport | undefined };

/** Makes the session that just holds what is to leave. @param copy must not exist */
export async function copyForExport(
  database: Database,
  copy: string,
  { format, condition, redaction, by }: ExportOrder,
  onProgress: OnProgress,
): Promise<Copied> {
  const redactor = redaction && new Redactor(redaction);
  const ends = endsOf(database);
  const selection = selectionOf(condition, FORMATS[format].isOfInvocations);
  if (redactor !== undefined) {
    await learnSecrets(database, redactor, ends, (done, of) => onProgress("learn", done, of));
    redactor.seal();
  }
  const seqs: readonly Seq[] = createQueries(database).column(selection, 0, Number.MAX_SAFE_INTEGER, ends.message);
  await copySession(database, copy, {
    ends,
    seqs,
    isPart: selection !== undefined,
    redactor,
    mark: JSON.stringify({ policy: redaction?.policy ?? "none", by }),
    onProgress: (done, of) => onProgress("copy", done, of),
  });
  return { messages: seqs.length, report: redactor?.report };
}

/** Writes the copy in the form that was asked for. @returns how many of the format's units */
export async function writeCopy(
  sink: Sink,
  copy: string,
  { format, redaction, isCompressed, by }: ExportOrder,
): Promise<number> {
  const source = openSource(copy, by);
  try {
    return await compressed(sink, isCompressed, (to) => FORMATS[format].write(to, source, aboutOf(redaction)));
  } finally {
    source.database.close();
  }
}

/** Has `write` write into `sink`, through gzip where that is asked for. */
export async function compressed(
  sink: Sink,
  isCompressed: boolean,
  write: (sink: Sink) => Promise<number>,
): Promise<number> {
  if (!isCompressed) {
    return await write(sink);
  }
  const gzip = createGzip();
  const ended = (async () => {
    for await (const chunk of gzip) {
      await sink.write(chunk);
    }
  })();
  const through: Sink = {
    write: (content) =>
      new Promise((done, failed) => gzip.write(content, (error) => (error == null ? done() : failed(error)))),
  };
  const count = await Promise.race([write(through), ended.then(() => 0)]);
  gzip.end();
  await ended;
  return count;
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

function aboutOf(redaction: RedactionOptions | undefined): string {
  return redaction === undefined
    ? "not redacted: it holds every secret that crossed"
    : `redacted (${redaction.policy}): what reads ‹secret-1:name› was replaced, the same value everywhere by the same`;
}
