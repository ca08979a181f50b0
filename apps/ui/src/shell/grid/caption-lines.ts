/**
 * Lines of a list that has captions between its rows. `captions` are the indexes of the rows that have a caption above
 * them, ascending; a row may have several.
 */
export type CaptionRows = readonly number[];

/** Lines in all. */
export function countLines(captions: CaptionRows, rows: number): number {
  return rows + captions.length;
}

/** The line on which row `row` stands. */
export function lineOfRow(captions: CaptionRows, row: number): number {
  return row + countWhere(captions, (at) => at <= row);
}

/** What stands on a line: the row with that index, or the caption with that index. */
export function onLine(captions: CaptionRows, line: number): { readonly row: number } | { readonly caption: number } {
  const before = countWhere(captions, (at, index) => at + index < line);
  const next = captions[before];
  return next !== undefined && next + before === line ? { caption: before } : { row: line - before };
}

/** The first row on or below a line. */
export function rowAtLine(captions: CaptionRows, line: number): number {
  return line - countWhere(captions, (at, index) => at + index < line);
}

/** How many of the first ones the claim is true of; it is true of the first ones only. */
function countWhere(captions: CaptionRows, isTrue: (at: number, index: number) => boolean): number {
  let low = 0;
  let high = captions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isTrue(captions[middle] ?? 0, middle)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
