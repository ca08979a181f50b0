/** `inspector export`: from the session to the file, or to what a dry run says of it. */
import { join } from "node:path";
import type { ExportFacts, ExportStep } from "@inspector/contract/export";
import { compressed, type ExportOrder, exportSession } from "@inspector/hub/export/export-session";
import { writeNdjson } from "@inspector/hub/export/ndjson";
import { selectMessages } from "@inspector/hub/export/selection";
import { openForReading } from "@inspector/hub/sqlite";
import { print, say, showProgress } from "../output.ts";
import { openOutput } from "../output-file.ts";
import { describeFacts, summaryOf } from "./describe-facts.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

export type ExportRequest = ExportOrder & {
  readonly session: string;
  /** Standard output where it is left out, or "-". */
  readonly output: string | undefined;
  readonly isForced: boolean;
  /** Says what would leave and what would be replaced, and writes nothing. */
  readonly isDryRun: boolean;
};

export async function exportTo(request: ExportRequest): Promise<void> {
  const { session, redaction, isDryRun } = request;
  const database = openForReading(session);
  const output = isDryRun ? undefined : openOutput(request.output, { isForced: request.isForced, session });
  try {
    if (request.format === "ndjson" && redaction === undefined && output !== undefined) {
      // Nothing is to be taken out, so the lines are written from the session itself.
      const condition = selectMessages(request, false);
      await compressed(output, request.isCompressed, (to) => writeNdjson(to, database, condition));
      await output.commit();
      return;
    }
    const folder = new TemporaryFolder(isDryRun ? undefined : request.output);
    try {
      const copy = join(folder.path, "copy.inspector");
      const facts = await exportSession(database, copy, output ?? NOWHERE, request, tellProgress);
      showProgress("");
      tellFacts(facts, request);
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

/** Of what is written there only the size matters. */
const NOWHERE = { write(): void {} };

const STEPS: Readonly<Record<ExportStep, string>> = {
  learn: "Looking for secrets",
  copy: "Copying",
  write: "Writing",
};

function tellProgress(step: ExportStep, part: number): void {
  showProgress(`${STEPS[step]} …${step === "write" ? "" : ` ${Math.floor(part * 100)} %`}`);
}

function tellFacts(facts: ExportFacts, { isDryRun, format }: ExportRequest): void {
  if (isDryRun) {
    print(describeFacts(facts, format));
  } else if (facts.replaced !== undefined) {
    say(`${facts.units} ${facts.unit}; ${summaryOf(facts)}`);
  }
}
