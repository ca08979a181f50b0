/** A large session that is opened from its file: first rows, filters, scrolling, memory. */
import { statSync } from "node:fs";
import type { Browser, Page } from "@playwright/test";
import { firstLine, start, stop } from "../processes.ts";
import {
  applyFilter,
  type Filtered,
  heapBytes,
  openPage,
  record,
  typeFilter,
  untilFirstRows,
  untilSettled,
  type View,
} from "./browser.ts";
import { type Figure, LIMITS, median } from "./figures.ts";
import { frameFigure, holdKey, pointAtList, rowsFigure, wheelByNotches, wheelThroughAll } from "./scrolling.ts";

/** What people write, in words that the generated session knows. */
const FILTERS = [
  "kind:invocation_request",
  "status:failed",
  "fn:placeOrder",
  "fn:placeOrder status:failed",
  "dur:>5ms",
];
const TEXTS = ["warehouse", "customer-1234", "pallet refund"];
const ROUNDS = 3;

export type OpenedOptions = {
  readonly command: string;
  readonly file: string;
  readonly seconds: number;
  readonly say: (text: string) => void;
};

export async function measureOpened(browser: Browser, options: OpenedOptions): Promise<Figure[]> {
  const began = performance.now();
  const child = start(process.execPath, [options.command, "open", options.file, "--json", "--no-open"]);
  try {
    const { ui }: { readonly ui: string } = JSON.parse(await firstLine(child));
    const ready = performance.now() - began;
    const size = (statSync(options.file).size / 1e6).toFixed(0);
    const figures: Figure[] = [{ title: "the command is ready", value: ready, unit: "ms", note: `file of ${size} MB` }];
    for (const view of ["messages", "invocations"] as const) {
      options.say(`  ${view} …\n`);
      figures.push(...(await measureView(browser, ui, view, options, figures.length === 1)));
    }
    return figures;
  } finally {
    await stop(child);
  }
}

/** Only the facets of both lists, of a session whose text index is still made where it is opened for the first time. */
export async function measureFacetsAlone(browser: Browser, options: OpenedOptions): Promise<Figure[]> {
  const child = start(process.execPath, [options.command, "open", options.file, "--json", "--no-open"]);
  try {
    const { ui }: { readonly ui: string } = JSON.parse(await firstLine(child));
    const figures: Figure[] = [];
    for (const view of ["messages", "invocations"] as const) {
      const { page } = await openPage(browser, ui, view);
      await untilSettled(page);
      for (let round = 0; round < ROUNDS; round += 1) {
        figures.push(...(await measureFacets(page, view)));
      }
      await page.context().close();
    }
    return figures;
  } finally {
    await stop(child);
  }
}

async function measureView(
  browser: Browser,
  link: string,
  view: View,
  { seconds }: OpenedOptions,
  isFirst: boolean,
): Promise<Figure[]> {
  const { page, firstRows, shellBytes, sentBytes } = await openPage(browser, link, view);
  const { count } = await untilSettled(page);
  const figures: Figure[] = [];
  if (isFirst) {
    figures.push({ title: "shell, gzip", value: shellBytes / 1000, unit: "KB", limit: LIMITS.shellKB });
    figures.push({ title: "shell, as it is sent", value: sentBytes / 1000, unit: "KB", limit: LIMITS.sentKB });
  }
  figures.push({
    title: `${view}: first rows`,
    value: firstRows,
    unit: "ms",
    limit: LIMITS.firstRowsMs,
    note: `${count} rows in all`,
  });
  if (isFirst) {
    figures.push(...(await measureIndexing(page)));
  }
  await page.reload();
  figures.push({
    title: `${view}: first rows after a reload`,
    value: await untilFirstRows(page),
    unit: "ms",
    limit: LIMITS.firstRowsMs,
  });
  await untilSettled(page);
  figures.push(...(await measureFilters(page, view)));
  figures.push(...(await measureFacets(page, view)));
  if (view === "invocations") {
    figures.push(await measureSorting(page));
  }
  figures.push(...(await measureScrolling(page, view, seconds)));
  figures.push({ title: `${view}: JavaScript heap`, value: (await heapBytes(page)) / 1e6, unit: "MB" });
  await page.context().close();
  return figures;
}

/** The index of texts is built from when the session is opened for the first time. */
async function measureIndexing(page: Page): Promise<Figure[]> {
  const figures = [await filterFigure(page, "messages, index not built", "status:failed", 1)];
  const { final } = await applyFilter(page, "warehouse");
  await applyFilter(page, "");
  return [
    ...figures,
    { title: "messages, index not built: warehouse", value: final, unit: "ms", note: "until the index is complete" },
  ];
}

async function measureFilters(page: Page, view: View): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const filter of [...FILTERS, ...TEXTS]) {
    figures.push(await filterFigure(page, view, filter, ROUNDS));
  }
  const typed: Filtered[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    typed.push(await typeFilter(page, "kind:rpc_log"));
    await applyFilter(page, "");
  }
  figures.push(figureOf(`${view}: kind:rpc_log, typed`, typed));
  await applyFilter(page, "kind:rpc_log");
  const { final } = await applyFilter(page, "");
  figures.push({ title: `${view}: filter cleared`, value: final, unit: "ms", limit: LIMITS.filterMs });
  return figures;
}

/** Once: the page keeps the answer for the next time. */
async function measureSorting(page: Page): Promise<Figure> {
  const began = performance.now();
  await page.getByRole("columnheader", { name: "Duration" }).getByRole("button").click();
  const told = page.getByText(/^Slowest first: .* rows/u);
  await told.waitFor();
  const value = performance.now() - began;
  const note = (await told.textContent()) ?? "";
  await page.getByRole("button", { name: "In order of time" }).click();
  return { title: "invocations: by duration", value, unit: "ms", limit: LIMITS.sortMs, note };
}

/** The first counts, of a part where there was no time for all, and the last ones, of all rows. */
async function measureFacets(page: Page, view: View): Promise<Figure[]> {
  const began = performance.now();
  const button = page.getByRole("button", { name: "Facets" });
  await button.click();
  const told = page.getByText(/^Of [\d\s]+ rows?/u);
  await told.waitFor();
  const first = performance.now() - began;
  const note = (await told.textContent()) ?? "";
  await page.getByText(/^Of [\d\s]+ rows?$/u).waitFor();
  const all = performance.now() - began;
  await button.click();
  return [
    { title: `${view}: facets`, value: first, unit: "ms", limit: LIMITS.facetsMs, note },
    { title: `${view}: facets of all rows`, value: all, unit: "ms" },
  ];
}

async function filterFigure(page: Page, title: string, filter: string, rounds: number): Promise<Figure> {
  const done: Filtered[] = [];
  for (let round = 0; round < rounds; round += 1) {
    done.push(await applyFilter(page, filter));
    await applyFilter(page, "");
  }
  return figureOf(`${title}: ${filter}`, done);
}

function figureOf(title: string, done: readonly Filtered[]): Figure {
  const finals = done.map(({ final }) => Math.round(final));
  const rows = Math.round(median(done.map(({ rows }) => rows)));
  const task = Math.round(Math.max(...done.map(({ longestTask }) => longestTask)));
  return {
    title,
    value: median(finals),
    unit: "ms",
    limit: LIMITS.filterMs,
    note: `${done[0]?.count ?? 0} rows, first seen after ${rows} ms; runs ${finals.join(", ")}; longest task ${task} ms`,
  };
}

async function measureScrolling(page: Page, view: View, seconds: number): Promise<Figure[]> {
  const { count } = await untilSettled(page);
  await pointAtList(page);
  const wheel = await record(page, () => wheelByNotches(page, seconds));
  const whole = await record(page, () => wheelThroughAll(page, count, seconds));
  await page.getByRole("grid").first().focus();
  await page.keyboard.press("Home");
  const pages = await record(page, () => holdKey(page, "PageDown", seconds));
  const rows = await record(page, () => holdKey(page, "j", seconds));
  return [
    frameFigure(`${view}: wheel`, wheel),
    frameFigure(`${view}: wheel over the whole list`, whole),
    frameFigure(`${view}: PageDown`, pages),
    frameFigure(`${view}: j`, rows),
    rowsFigure(view, [wheel, whole, pages, rows]),
  ];
}
