/**
 * From a session to a file for others, in two steps: a copy without its secrets, then the form that was asked for, which is written from
 * the copy alone. The command and the page do the same here.
 */
import { dirname } from "node:path";
import { createGzip } from "node:zlib";
import type { RedactionOptions } from "@inspector/analysis/redaction/options";
import { type RedactionReport, Redactor } from "@inspector/analysis/redaction/redactor";
import type { ExportFacts, ExportFormatName, ExportStep } from "@inspector/contract/export";
import { InspectorError } from "@inspector/contract/inspector-error";
import type { Seq } from "@inspector/contract/page";
import type { Database } from "@inspector/session/database";
import { createQueries } from "@inspector/session/queries";
import { primaryCodeOf, SQLITE_FULL } from "../sqlite-code.ts";
import { copySession, endsOf, learnSecrets } from "./copy-session.ts";
import { countsOf } from "./export-facts.ts";
import { openSource } from "./export-source.ts";
import { FORMATS } from "./formats.ts";
import { type Selection, selectMessages } from "./selection.ts";
import type { Sink } from "./sink.ts";

export type ExportOrder = Selection & {
  readonly format: ExportFormatName;
  /** Undefined: everything leaves as it is. */
  readonly redaction: RedactionOptions | undefined;
  /** Lines that processes wrote are left out. */
  readonly dropsOutput: boolean;
  readonly isCompressed: boolean;
  /** The version of the inspector, which the file names. */
  readonly by: string;
};

/** @param part of the step, from 0 to 1 */
export type OnProgress = (step: ExportStep, part: number) => void;

/**
 * Writes what leaves of a session.
 * @param copy where the session that just holds it is made: in a folder for the export alone, and it must not exist
 * @throws {InspectorError} "not-written" where there is no room for the copy
 */
export async function exportSession(
  database: Database,
  copy: string,
  sink: Sink,
  order: ExportOrder,
  onProgress: OnProgress,
): Promise<ExportFacts> {
  const of = countsOf(database);
  const report = await copyForExport(database, copy, order, onProgress).catch((cause: unknown) => {
    throw primaryCodeOf(cause) === SQLITE_FULL ? noRoom(copy, cause) : cause;
  });
  onProgress("write", 0);
  const counting = countBytes(sink);
  const source = openSource(copy, order.by);
  try {
    const { unit, write } = FORMATS[order.format];
    const units = await compressed(counting, order.isCompressed, (to) => write(to, source, aboutOf(order.redaction)));
    return {
      leaves: countsOf(source.database),
      of,
      ...(report !== undefined && { replaced: report.replaced }),
      secrets: report?.secrets ?? 0,
      beyond: report?.beyond ?? 0,
      unit,
      units,
      size: counting.size,
    };
  } finally {
    source.database.close();
  }
}

function noRoom(copy: string, cause: unknown): InspectorError {
  return new InspectorError(
    "not-written",
    `The copy that is exported cannot be written: the disk of ${dirname(dirname(copy))} is full`,
    {
      hint: "It takes as much as the session, and the file comes on top. Make room, or let `inspector export --output` name a file on another disk.",
      cause,
    },
  );
}

async function copyForExport(
  database: Database,
  copy: string,
  order: ExportOrder,
  onProgress: OnProgress,
): Promise<RedactionReport | undefined> {
  const { redaction, dropsOutput, by } = order;
  const redactor = redaction && new Redactor(redaction);
  const ends = endsOf(database);
  const condition = selectMessages(order, FORMATS[order.format].isOfInvocations);
  if (redactor !== undefined) {
    await learnSecrets(database, redactor, ends, (done, of) => onProgress("learn", partOf(done, of)));
    redactor.seal();
  }
  const seqs: readonly Seq[] = createQueries(database).column(condition, 0, Number.MAX_SAFE_INTEGER, ends.message);
  await copySession(database, copy, {
    ends,
    seqs,
    isPart: condition !== undefined,
    dropsOutput,
    redactor,
    mark: JSON.stringify({ policy: redaction?.policy ?? "none", by }),
    onProgress: (done, of) => onProgress("copy", partOf(done, of)),
  });
  return redactor?.report;
}

function partOf(done: number, of: number): number {
  return of === 0 ? 1 : Math.min(1, done / of);
}

function countBytes(sink: Sink): Sink & { readonly size: number } {
  let size = 0;
  return {
    get size() {
      return size;
    },
    write(content) {
      size += typeof content === "string" ? Buffer.byteLength(content) : content.length;
      return sink.write(content);
    },
  };
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

function aboutOf(redaction: RedactionOptions | undefined): string {
  return redaction === undefined
    ? "not redacted: it holds every secret that crossed"
    : `redacted (${redaction.policy}): what reads ‹secret-1:name› was replaced, the same value everywhere by the same`;
}
