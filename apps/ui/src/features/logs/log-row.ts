/** How the address names a row of the log: "log 12" is message 12, "line 8" the line of that number. */

const ROW = /^(log|line) ([1-9]\d{0,14})$/;

/** A message's number, or the negative of a line's. */
export function parseRow(item: string | undefined): number | undefined {
  const [, kind, digits] = ROW.exec(item ?? "") ?? [];
  return digits === undefined ? undefined : kind === "line" ? -Number(digits) : Number(digits);
}

export function formatRow(row: number | undefined): string | undefined {
  return row === undefined ? undefined : row < 0 ? `line ${-row}` : `log ${row}`;
}
