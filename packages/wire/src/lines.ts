/**
 * Cuts text into lines, in time proportional to the text however long a line is and however it arrives.
 *
 * @param limit in characters: a longer line is handed over in pieces of this length, all but the last with `isCut`
 * @param onLine takes each line without its end, "\n" or "\r\n"
 * @returns takes the next piece of the text
 */
export function splitLines(
  limit: number,
  onLine: (line: string, isCut: boolean) => void,
): ((text: string) => void) & { readonly end: () => void } {
  let pieces: string[] = [];
  let length = 0;

  function append(text: string): void {
    let rest = text;
    while (length + rest.length > limit) {
      const room = limit - length;
      pieces.push(rest.slice(0, room));
      flush(true);
      rest = rest.slice(room);
    }
    pieces.push(rest);
    length += rest.length;
  }

  function flush(isCut: boolean): void {
    const line = pieces.join("");
    pieces = [];
    length = 0;
    onLine(!isCut && line.endsWith("\r") ? line.slice(0, -1) : line, isCut);
  }

  function take(text: string): void {
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      append(text.slice(start, end));
      flush(false);
      start = end + 1;
    }
    if (start < text.length) {
      append(text.slice(start));
    }
  }

  return Object.assign(take, {
    end() {
      if (length > 0) {
        flush(false);
      }
    },
  });
}
