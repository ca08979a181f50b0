// One character at a time: a pattern for a whole string exhausts the stack of the engine from about 10 MB on.
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these inside a string.
const END_OR_SPECIAL = /["\\\u0000-\u001f]/g;

/** Position behind the closing quote of the JSON string whose first character is at `from`; undefined where it has none. */
export function findStringEnd(text: string, from: number): number | undefined {
  for (let at = from; ; ) {
    END_OR_SPECIAL.lastIndex = at;
    const found = END_OR_SPECIAL.exec(text);
    if (found?.[0] === '"') {
      return found.index + 1;
    }
    if (found?.[0] !== "\\") {
      return undefined;
    }
    at = found.index + 2;
  }
}
