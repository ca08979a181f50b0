/**
 * Terms that buttons write into a filter and take out again: `status:failed`, `at:1s..2s`. They stand at the filter's
 * top level, all of them at once, so a filter with OR is put in brackets first.
 */

/** Whether the term stands in the filter as a word of its own. */
export function hasTerm(filter: string, term: string): boolean {
  return words(filter).includes(term);
}

export function addTerm(filter: string, term: string): string {
  const text = filter.trim();
  if (text === "") {
    return term;
  }
  const hasAlternatives = words(text).some((word) => /^OR($|")/.test(word));
  return `${hasAlternatives ? `(${text})` : text} ${term}`;
}

export function removeTerm(filter: string, term: string): string {
  const kept = words(filter).filter((word) => word !== term);
  return unwrap(kept.join(" "));
}

/** Leaves only the rows for which the term holds, or those for which it does not; what said the opposite goes. */
export function narrow(filter: string, term: string, how: "only" | "not"): string {
  const [wanted, opposite] = how === "only" ? [term, `-${term}`] : [`-${term}`, term];
  const rest = removeTerm(filter, opposite);
  return hasTerm(rest, wanted) ? rest : addTerm(rest, wanted);
}

/** The first term with that key, "at:1s..2s" for "at". */
export function termOf(filter: string, key: string): string | undefined {
  return words(filter).find((word) => word.startsWith(`${key}:`));
}

/** The first free text that rows have to have, as it is looked for: "not found" of `fn:a "not found"`. */
export function textOf(filter: string): string | undefined {
  const word = words(filter).find(
    (word) => /^"[^"]+"$|^[^"\s:()*/-][^"\s:()*]*$/.test(word) && !OPERATORS.includes(word),
  );
  return word?.replace(/^"(.*)"$/, "$1").replaceAll(/\\(["\\])/g, "$1");
}

const OPERATORS: readonly string[] = ["OR", "AND", "NOT"];

/** Puts a term in place of the one with the same key; no term takes it out. */
export function replaceTerm(filter: string, key: string, term: string | undefined): string {
  const old = termOf(filter, key);
  const rest = old === undefined ? filter.trim() : removeTerm(filter, old);
  return term === undefined ? rest : addTerm(rest, term);
}

const QUOTED = /"(?:\\["\\]|[^"])*"?/y;
const REGEX = /\/(?:\\[^\r\n]|[^/\\\r\n])+\/(?=[\s()]|$)/y;

/** The filter's terms and operators at its top level: what stands in brackets, with them, is one. */
function words(filter: string): string[] {
  const found: string[] = [];
  let word = "";
  let depth = 0;
  const end = () => {
    if (word !== "") {
      found.push(word);
    }
    word = "";
  };
  for (let at = 0; at < filter.length; ) {
    const piece = pieceAt(filter, at);
    at += piece.length;
    if (depth === 0 && (piece.trim() === "" || (piece === "(" && !/^-*$/.test(word)))) {
      end();
    }
    depth += piece === "(" ? 1 : piece === ")" ? -1 : 0;
    if (depth > 0 || piece.trim() !== "") {
      word += piece;
    }
    if (depth <= 0 && piece === ")") {
      depth = 0;
      end();
    }
  }
  end();
  return found;
}

/** One character, or a text in quotes or a regular expression, of which none stands for itself. */
function pieceAt(filter: string, at: number): string {
  const isStart = at === 0 || /[\s(-]/.test(filter[at - 1] ?? "");
  for (const expression of isStart ? [QUOTED, REGEX] : [QUOTED]) {
    expression.lastIndex = at;
    const [piece] = expression.exec(filter) ?? [];
    if (piece !== undefined) {
      return piece;
    }
  }
  return filter[at] ?? "";
}

/** Brackets around all of it say nothing. */
function unwrap(filter: string): string {
  return /^\([^()"]*\)$/.test(filter) ? filter.slice(1, -1) : filter;
}
