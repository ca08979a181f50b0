/** A text as it is beside another: where the two differ, and what is the same around that. */
export type ChangedPart = {
  /** Characters of the common beginning that are not in `before`. */
  readonly skipped: number;
  readonly before: string;
  readonly changed: string;
  readonly after: string;
};

/** Characters shown of the common text around a change: the end of what is before it. */
const CONTEXT = 60;

/** Characters by which an edge may move to where a word begins or ends. */
const LONGEST_WORD = 24;

/** What of `text` is not in `other`, as one stretch of whole words. */
export function changedPart(text: string, other: string): ChangedPart {
  const least = Math.min(text.length, other.length);
  let start = 0;
  while (start < least && text[start] === other[start]) {
    start++;
  }
  start = toWord(start, (at) => [text[at], other[at]]);
  let end = 0;
  while (end < least - start && text.at(-1 - end) === other.at(-1 - end)) {
    end++;
  }
  end = toWord(end, (at) => [text.at(-1 - at), other.at(-1 - at)]);
  const skipped = start > 2 * CONTEXT ? start - CONTEXT : 0;
  return {
    skipped,
    before: text.slice(skipped, start),
    changed: text.slice(start, text.length - end),
    after: text.slice(text.length - end),
  };
}

/** Moves an edge out of the word that it is in the middle of. `charactersAt` counts from the end that is common. */
function toWord(edge: number, charactersAt: (at: number) => readonly (string | undefined)[]): number {
  if (!charactersAt(edge).some(isOfWord)) {
    return edge;
  }
  let at = edge;
  while (at > 0 && charactersAt(at - 1).some(isOfWord)) {
    at--;
  }
  return edge - at > LONGEST_WORD ? edge : at;
}

/** Halves of a character outside of the basic plane belong together. */
function isOfWord(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_\ud800-\udfff]/u.test(character);
}
