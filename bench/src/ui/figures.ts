/** What was measured of the page, what it has to reach, and the table of both. */

export type Figure = {
  readonly title: string;
  readonly value: number;
  readonly unit: "ms" | "rows" | "KB" | "MB" | "frames" | "/s" | "%" | "nodes" | "listeners";
  /** The most that is allowed; where there is none, the figure is told for its own sake. */
  readonly limit?: number;
  /** What else belongs to it. */
  readonly note?: string;
};

/** Targets of the page. */
export const LIMITS = {
  firstRowsMs: 2000,
  /** Of a page with a session of 100 000 messages in it. */
  offlineRowsMs: 3000,
  filterMs: 500,
  sortMs: 700,
  /** Until the first counts are there; of how many rows they are, is said beside them. */
  facetsMs: 500,
  inputMs: 100,
  shownMs: 100,
  findMs: 500,
  batchMs: 300,
  /** Of a core, while nobody touches the page and the demo goes on. */
  idlePercent: 5,
  /** Of the numbers of some thousand rows. */
  idleGrowthMB: 1,
  idleNodes: 1000,
  rows: 100,
  shellKB: 200,
  sentKB: 160,
} as const;

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The smallest value that `share` of them do not exceed; 0 where there are none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

export function formatFigures(title: string, figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    verdict(figure),
    figure.title,
    wanted(figure),
    said(figure),
    figure.note ?? "",
  ]);
  const all = [["", "", "wanted", "measured", ""], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row.map((cell, column) => (column === 3 ? cell.padStart(widths[3] ?? 0) : cell.padEnd(widths[column] ?? 0))),
  );
  return `${title}\n${lines.map((cells) => `  ${cells.join("  ").trimEnd()}\n`).join("")}`;
}

function verdict({ value, limit }: Figure): string {
  if (limit === undefined) {
    return "-";
  }
  return value <= limit ? "ok" : "MISS";
}

function wanted({ limit, unit }: Figure): string {
  return limit === undefined ? "" : `≤ ${limit} ${unit}`;
}

function said({ value, unit }: Figure): string {
  const number = unit === "MB" || unit === "%" ? value.toFixed(1) : Math.round(value).toLocaleString("en-US");
  return `${number} ${unit}`;
}
