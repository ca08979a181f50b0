/** A page with a session in it, opened from the disk: first rows, filters, memory. */
import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "@playwright/test";
import { applyFilter, heapBytes, openPageFile, untilSettled } from "./browser.ts";
import { type Figure, LIMITS, median } from "./figures.ts";

const ROUNDS = 3;
/** What people write, in words that the generated session knows. */
const FILTERS = ["status:failed", "fn:placeOrder", "dur:>5ms", "warehouse"];

export type OfflineOptions = {
  readonly command: string;
  /** The session that is exported. */
  readonly file: string;
  readonly folder: string;
};

export async function measureOffline(browser: Browser, { command, file, folder }: OfflineOptions): Promise<Figure[]> {
  const output = join(folder, "page.html");
  execFileSync(process.execPath, [command, "export", file, "--format", "html", "--no-redact", "--output", output]);
  const size = (statSync(output).size / 1e6).toFixed(1);
  const times: number[] = [];
  const figures: Figure[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { page, firstRows } = await openPageFile(browser, output);
    times.push(firstRows);
    if (round === ROUNDS - 1) {
      const { count } = await untilSettled(page);
      for (const filter of FILTERS) {
        const { final } = await applyFilter(page, filter);
        figures.push({ title: `filter ${filter}`, value: final, unit: "ms", note: `of ${count} rows` });
        await applyFilter(page, "");
      }
      figures.push({
        title: "JavaScript heap, SQLite's memory left out",
        value: (await heapBytes(page)) / 1e6,
        unit: "MB",
      });
    }
    await page.context().close();
  }
  const runs = times.map(Math.round).join(", ");
  const note = `a page of ${size} MB; runs ${runs}`;
  return [{ title: "first rows", value: median(times), unit: "ms", limit: LIMITS.offlineRowsMs, note }, ...figures];
}
