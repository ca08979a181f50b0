/** `inspector export`: from the session to the file, or to what a dry run says of it. */
import { join } from "node:path";
import type { ExportFacts, ExportStep } from "@inspector/contract/export";
import { compressed, type ExportOrder, exportSession } from "@inspector/hub/export/export-session";
import { writeNdjson } from "@inspector/hub/export/ndjson";
import { readOtlpLine } from "@inspector/hub/export/otlp";
import { type OtlpEndpoint, type Sent, sendUntilTaken } from "@inspector/hub/export/otlp-endpoint";
import { selectMessages } from "@inspector/hub/export/selection";
import type { Sink } from "@inspector/hub/export/sink";
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
  /** Where the spans and logs are pushed; then nothing is written. */
  readonly endpoint?: OtlpEndpoint | undefined;
  /** Says what would leave and what would be replaced, and writes nothing. */
  readonly isDryRun: boolean;
};

export async function exportTo(request: ExportRequest): Promise<void> {
  const { session, redaction, isDryRun, endpoint } = request;
  const database = openForReading(session);
  const output =
    isDryRun || endpoint !== undefined
      ? undefined
      : openOutput(request.output, { isForced: request.isForced, session });
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
      const sent: Sent = { spans: 0, logs: 0, rejected: 0 };
      const sink = endpoint === undefined || isDryRun ? (output ?? NOWHERE) : pushTo(endpoint, sent);
      const facts = await exportSession(database, copy, sink, request, tellProgress);
      showProgress("");
      tellFacts(facts, request);
      tellSent(sent, isDryRun ? undefined : endpoint);
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

/** Each line is a request. */
function pushTo(endpoint: OtlpEndpoint, sent: Sent): Sink {
  return { write: (line) => sendUntilTaken(endpoint, readOtlpLine(String(line)), sent) };
}

function tellSent({ spans, logs, rejected }: Sent, endpoint: OtlpEndpoint | undefined): void {
  if (endpoint !== undefined) {
    const refused = rejected === 0 ? "" : `; it refused ${rejected} of them`;
    say(`${endpoint.url} took ${spans} spans and ${logs} logs${refused}`);
  }
}

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
