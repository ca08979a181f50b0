/** Tables and numbers as people read them. */

/** @param leftColumns how many columns are aligned to the left */
export function table(rows: readonly (readonly string[])[], leftColumns = 1): string {
  const widths: number[] = [];
  for (const row of rows) {
    if (row[1]?.startsWith("failed")) {
      continue;
    }
    for (const [i, cell] of row.entries()) {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    }
  }
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i < leftColumns ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  ");
  return rows.map((row) => `  ${line(row).trimEnd()}\n`).join("");
}

export function rate(value: number | undefined): string {
  if (value === undefined) {
    return "-";
  }
  return value > 0 && value < 100 ? value.toFixed(2) : Math.round(value).toLocaleString("en-US");
}

export function fixed(value: number | undefined, digits: number): string {
  return value === undefined ? "-" : value.toFixed(digits);
}
