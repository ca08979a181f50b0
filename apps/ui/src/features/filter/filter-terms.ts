/**
 * Terms that buttons write into a filter and take out again: `status:failed`, `at:1s..2s`. They stand at the filter's
 * top level, all of them at once, so a filter with OR is put in brackets first.
 */
import { formatPattern } from "@inspector/filter/format";

/** The term of a function by its whole name. */
export function functionTerm(name: string): string {
  return `fn:${formatPattern([name])}`;
}

/** The term of an invocation by its whole id. */
export function idTerm(id: string): string {
  return `id:${formatPattern([id])}`;
}

/** Whether the term stands in the filter as a word of its own. */
export function hasTerm(filter: string, term: string): boolean {
  return words(filter).includes(term);
}

export function addTerm(filter: string, term: string): string {
  const text = filter.trim();
  if (text === "") {
    return term;
  }
  return `${/(^|\s)OR(\s|$)/.test(outside(text)) ? `(${text})` : text} ${term}`;
}

export function removeTerm(filter: string, term: string): string {
  const kept = words(filter).filter((word) => word !== term);
  return unwrap(kept.join(" "));
}

/** The first term with that key, "at:1s..2s" for "at". */
export function termOf(filter: string, key: string): string | undefined {
  return words(filter).find((word) => word.startsWith(`${key}:`));
}

/** Puts a term in place of the one with the same key; no term takes it out. */
export function replaceTerm(filter: string, key: string, term: string | undefined): string {
  const old = termOf(filter, key);
  const rest = old === undefined ? filter.trim() : removeTerm(filter, old);
  return term === undefined ? rest : addTerm(rest, term);
}

/** What stands between spaces; spaces in quotes, brackets and regular expressions part nothing. */
function words(filter: string): string[] {
  return filter.match(/(?:"(?:\\.|[^"\\])*"?|\((?:[^()"]|"[^"]*")*\)?|[^\s"(]+)+/g) ?? [];
}

/** The filter without what is in quotes or brackets. */
function outside(filter: string): string {
  return filter.replace(/"[^"]*"|\([^()]*\)/g, "_");
}

/** Brackets around all of it say nothing. */
function unwrap(filter: string): string {
  return /^\([^()"]*\)$/.test(filter) ? filter.slice(1, -1) : filter;
}
