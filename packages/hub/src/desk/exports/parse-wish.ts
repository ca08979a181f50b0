/** What the page asks to have exported, checked as far as it goes without reading its filters. */
import { EXPORT_FORMATS, type ExportWish } from "@inspector/contract/export";
import { InspectorError } from "@inspector/contract/inspector-error";
import { ownValue } from "@inspector/contract/own-value";

/** Own words of one export. */
const MAX_OWN = 1000;

/** @throws {InspectorError} "bad-body", "bad-format" */
export function parseWish(body: unknown): ExportWish {
  const { format, policy, own, filter, invocations, ...flags } = Object(body) as Readonly<Record<string, unknown>>;
  if (typeof format !== "string" || ownValue(EXPORT_FORMATS, format) === undefined) {
    throw new InspectorError("bad-format", `The format ${String(format).slice(0, 40)} is not known`, {
      hint: `Formats are ${Object.keys(EXPORT_FORMATS).join(", ")}.`,
    });
  }
  if (policy !== "safe" && policy !== "headers-only" && policy !== "none") {
    throw new InspectorError("bad-body", 'The policy is "safe", "headers-only" or "none"');
  }
  if (!Array.isArray(own) || own.length > MAX_OWN || !own.every((word): word is string => typeof word === "string")) {
    throw new InspectorError("bad-body", `Own words are a list of texts, ${MAX_OWN} at most`);
  }
  if (typeof filter !== "string" || typeof invocations !== "string") {
    throw new InspectorError("bad-body", "Filters are texts");
  }
  const isSet = (name: string): boolean => flags[name] === true;
  return {
    format,
    policy,
    own,
    filter,
    invocations,
    isCompressed: isSet("isCompressed"),
    dropsBodies: isSet("dropsBodies"),
    dropsOutput: isSet("dropsOutput"),
  };
}
