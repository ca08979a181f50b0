/** What the page asks to have exported, as an order. */
import { parseOwn } from "@inspector/analysis/redaction/options";
import { EXPORT_FORMATS, type ExportFormatName, type ExportWish } from "@inspector/contract/export";
import { InspectorError } from "@inspector/contract/inspector-error";
import type { Filter } from "@inspector/filter/filter";
import { parseFilter } from "@inspector/filter/parse";
import type { ExportOrder } from "./export-session.ts";

/** @throws {InspectorError} "bad-option", "bad-filter" */
export function orderOf(wish: ExportWish, by: string): ExportOrder {
  const { policy, own, dropsBodies, dropsOutput, isCompressed } = wish;
  return {
    format: formatOf(wish),
    messages: filterOf(wish.filter),
    invocations: filterOf(wish.invocations),
    redaction:
      policy === "none"
        ? undefined
        : {
            policy,
            own: own.filter((word) => word.trim() !== "").map(parseOwn),
            keepsUnknownFields: false,
            dropsBodies,
          },
    dropsOutput,
    isCompressed,
    by,
  };
}

function formatOf({ format }: ExportWish): ExportFormatName {
  const names = Object.keys(EXPORT_FORMATS) as ExportFormatName[];
  return names.find((name) => name === format) ?? "inspector";
}

function filterOf(text: string): Filter | undefined {
  if (text.trim() === "") {
    return undefined;
  }
  const parsed = parseFilter(text);
  if (parsed.ok) {
    return parsed.filter;
  }
  throw new InspectorError("bad-filter", `The filter cannot be read: ${parsed.message}`, {
    hint: `It stopped at character ${parsed.offset + 1} of ${text}`,
  });
}
