import { findStringEnd } from "./string-end.ts";

const STRING_OR_NUMBER = /"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** The numbers of a JSON text as they are written there, first to last, without a tree of it. Ends where a string does not. */
export function* listJsonNumbers(text: string): Generator<string> {
  for (let at = 0; ; ) {
    STRING_OR_NUMBER.lastIndex = at;
    const found = STRING_OR_NUMBER.exec(text);
    if (found === null) {
      return;
    }
    if (found[0] !== '"') {
      at = found.index + found[0].length;
      yield found[0];
      continue;
    }
    const end = findStringEnd(text, found.index + 1);
    if (end === undefined) {
      return;
    }
    at = end;
  }
}
