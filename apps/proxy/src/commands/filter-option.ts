import { InspectorError } from "@inspector/contract/inspector-error";
import { compileFilter } from "@inspector/filter/compile";
import type { Filter } from "@inspector/filter/filter";
import type { Fragment } from "@inspector/filter/fragment";
import { parseFilter } from "@inspector/filter/parse";

/** Compiles `--filter`. @throws {InspectorError} "bad-filter", with a mark under the place */
export function filterOption(text: string | undefined): Fragment | undefined {
  const filter = parsedFilterOption(text);
  return filter && compileFilter(filter);
}

/** Reads `--filter`. @throws {InspectorError} as {@link filterOption} */
export function parsedFilterOption(text: string | undefined, option = "--filter"): Filter | undefined {
  if (text === undefined || text.trim() === "") {
    return undefined;
  }
  const parsed = parseFilter(text);
  if (parsed.ok) {
    return parsed.filter;
  }
  throw new InspectorError("bad-filter", `${option}: ${parsed.message}\n  ${text}\n  ${" ".repeat(parsed.offset)}^`, {
    hint: "See `inspector tail --help` for the language.",
  });
}
