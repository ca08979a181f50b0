/** The forms in which a session leaves. */
import { createReadStream } from "node:fs";
import type { ExportFormatName } from "@inspector/contract/export";
import { writeAspire } from "./aspire.ts";
import type { ExportSource } from "./export-source.ts";
import { writeHar } from "./har.ts";
import { writeHtml } from "./html.ts";
import { writeMarkdown } from "./markdown.ts";
import { writeNdjson } from "./ndjson.ts";
import { writeOtlp } from "./otlp.ts";
import { writePcapng } from "./pcapng.ts";
import { writeSessionLines } from "./session-lines.ts";
import type { Sink } from "./sink.ts";

export type Format = {
  /** What it consists of, for the count. */
  readonly unit: string;
  /** Whether an invocation leaves as a whole when one of its messages is selected. */
  readonly isOfInvocations: boolean;
  /** @param about how it was redacted, in a sentence. @returns how many units were written */
  write(output: Sink, source: ExportSource, about: string): Promise<number>;
};

export const FORMATS = {
  inspector: { unit: "messages", isOfInvocations: false, write: writeSession },
  html: { unit: "messages", isOfInvocations: false, write: writeHtml },
  ndjson: {
    unit: "messages",
    isOfInvocations: false,
    write: (output, source) => writeNdjson(output, source.database, undefined),
  },
  "session-ndjson": { unit: "messages", isOfInvocations: false, write: writeSessionLines },
  markdown: { unit: "failed invocations", isOfInvocations: true, write: writeMarkdown },
  har: { unit: "requests", isOfInvocations: true, write: writeHar },
  otlp: { unit: "spans", isOfInvocations: true, write: writeOtlp },
  aspire: { unit: "spans", isOfInvocations: true, write: writeAspire },
  pcapng: { unit: "messages", isOfInvocations: false, write: writePcapng },
} as const satisfies Readonly<Record<ExportFormatName, Format>>;

export function isFormat(name: string): name is ExportFormatName {
  return Object.hasOwn(FORMATS, name);
}

/** The copy that everything is written from is a session already. */
async function writeSession(output: Sink, { file, queries }: ExportSource): Promise<number> {
  for await (const chunk of createReadStream(file)) {
    await output.write(chunk);
  }
  return queries.column(undefined, 0, Number.MAX_SAFE_INTEGER).length;
}
