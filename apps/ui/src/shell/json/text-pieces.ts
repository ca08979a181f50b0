/** Characters of a piece: quick to lay out, and a few screens high. */
const PIECE = 8000;

/**
 * A long text in pieces of whole lines where it has lines, else of so many characters; halves of a surrogate pair stay together. The
 * line break at which a text was cut belongs to neither piece.
 */
export function cutText(text: string, size = PIECE): string[] {
  const pieces: string[] = [];
  let from = 0;
  while (text.length - from > size) {
    const line = text.lastIndexOf("\n", from + size);
    const isAtLine = line > from;
    const end = isAtLine ? line : from + size - (isHighSurrogate(text.charCodeAt(from + size - 1)) ? 1 : 0);
    pieces.push(text.slice(from, end));
    from = isAtLine ? end + 1 : end;
  }
  pieces.push(text.slice(from));
  return pieces;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

/** Height that a piece takes about, in lines of so many characters. */
export function linesOf(piece: string, characters = 80): number {
  return piece.split("\n").reduce((lines, line) => lines + Math.max(1, Math.ceil(line.length / characters)), 0);
}
