/**
 * Invocations as the archive that the Aspire dashboard imports ("Manage logs and telemetry"): files of OTLP/JSON, of which it looks at the
 * ending and at `resourceSpans` and `resourceLogs` within (microsoft/aspire, TelemetryImportService.cs), named as its own export names them.
 */
import { setImmediate as letSignalsIn } from "node:timers/promises";
import { type ExportSource, invocationPages } from "./export-source.ts";
import { otlpRequests } from "./otlp.ts";
import type { Sink } from "./sink.ts";
import { ZipWriter } from "./zip.ts";

const FOLDERS = { traces: "traces", logs: "structuredlogs" } as const;

/** @returns how many spans */
export async function writeAspire(output: Sink, source: ExportSource): Promise<number> {
  const zip = new ZipWriter(output);
  const begun = new Set<number>();
  let [count, files] = [0, 0];
  for (const rows of invocationPages(source)) {
    for (const { signal, body, records } of otlpRequests(source, rows, begun)) {
      files += 1;
      await zip.add(`${FOLDERS[signal]}/azure-functions-${String(files).padStart(5, "0")}.json`, body);
      count += signal === "traces" ? records : 0;
    }
    await letSignalsIn();
  }
  await zip.end();
  return count;
}
