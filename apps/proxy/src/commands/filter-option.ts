import { compileFilter, type Fragment, InspectorError, parseFilter } from "@inspector/session";

/** Compiles `--filter`. @throws {InspectorError} "bad-filter", with a mark under the place */
export function filterOption(text: string | undefined): Fragment | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const parsed = parseFilter(text);
  if (parsed.ok) return compileFilter(parsed.filter);
  throw new InspectorError("bad-filter", `--filter: ${parsed.message}\n  ${text}\n  ${" ".repeat(parsed.offset)}^`, {
    hint: "See `inspector tail --help` for the language.",
  });
}
