/** The page in headless Chromium, and what a person does with it. */
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { type Browser, chromium, type Page } from "@playwright/test";
import { installProbe, type Look, type Recorded } from "./probe.ts";

/** As in e2e/playwright.config.ts. */
const EXECUTABLE = process.env["INSPECTOR_BROWSER"] ?? "/usr/bin/chromium-headless-shell";
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];
/** Nothing that is measured may take so long. */
const TIMEOUT_MS = 240_000;

export type View = "messages" | "invocations";

export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS });
}

export type OpenedPage = {
  readonly page: Page;
  /** Milliseconds from the navigation's start until there were rows. */
  readonly firstRows: number;
  /** Bytes of HTML, scripts and styles until then, each compressed by gzip, … */
  readonly shellBytes: number;
  /** … and as they were sent. */
  readonly sentBytes: number;
};

/** Opens the page with the link that the command printed, in a context of its own. */
export async function openPage(browser: Browser, link: string, view: View): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  const shell: Promise<number>[] = [];
  const sent: Promise<number>[] = [];
  page.on("response", (response) => {
    const isShell = ["document", "script", "stylesheet"].includes(response.request().resourceType());
    if (isShell && response.ok()) {
      shell.push(response.body().then((body) => gzipSync(body, { level: 9 }).length));
      sent.push(
        response
          .request()
          .sizes()
          .then(({ responseBodySize }) => responseBodySize),
      );
    }
  });
  await page.addInitScript(installProbe);
  const url = new URL(link);
  url.searchParams.set("view", view);
  await page.goto(url.href);
  const firstRows = await untilFirstRows(page);
  return { page, firstRows, shellBytes: await sumOf(shell), sentBytes: await sumOf(sent) };
}

/** As {@link openPage}, of a page that stands in a file. @returns milliseconds from the navigation's start until there were rows */
export async function openPageFile(browser: Browser, file: string): Promise<{ page: Page; firstRows: number }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  await page.addInitScript(installProbe);
  await page.goto(pathToFileURL(file).href);
  return { page, firstRows: await untilFirstRows(page) };
}

async function sumOf(sizes: readonly Promise<number>[]): Promise<number> {
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

export async function untilFirstRows(page: Page): Promise<number> {
  const handle = await page.waitForFunction(() => window.probe.firstRowsAt);
  return (await handle.jsonValue()) ?? Number.NaN;
}

/** Waits until the count has stopped changing and what is in sight has its content. */
export async function untilSettled(page: Page): Promise<Look> {
  for (let last = -1, same = 0; ; ) {
    const now = await page.evaluate(() => window.probe.look());
    same = now.count === last && !now.isFiltering && now.pending === 0 ? same + 1 : 0;
    if (same >= 5) {
      return now;
    }
    last = now.count;
    await page.waitForTimeout(100);
  }
}

export async function record(page: Page, act: () => Promise<void>): Promise<Recorded> {
  await page.evaluate(() => window.probe.begin());
  await act();
  // What a key press takes is told by the browser only some time after the paint.
  await page.waitForTimeout(300);
  return await page.evaluate(() => window.probe.end());
}

export type Filtered = {
  readonly count: number;
  /** Milliseconds from Enter until the page showed rows of the new filter, … */
  readonly rows: number;
  /** … and until the count was final. */
  readonly final: number;
  readonly longestTask: number;
};

/** Writes a filter into the field and presses Enter. */
export async function applyFilter(page: Page, filter: string): Promise<Filtered> {
  await page.keyboard.press("Escape");
  const field = page.getByRole("combobox", { name: "Filter" });
  const { looks, longTasks } = await record(page, async () => {
    await field.evaluate(async (element, text) => {
      // As typing does, but at once, so that the page does not begin before Enter.
      const setter = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set;
      setter?.call(element, text);
      element.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise(requestAnimationFrame);
      element.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    }, filter);
    await untilSettled(page);
  });
  const enter = await page.evaluate(() => window.probe.pressedAt);
  return { ...timesOf(looks, enter), longestTask: Math.max(0, ...longTasks) };
}

/** Types a filter, key by key, and waits without Enter; times count from the last key. */
export async function typeFilter(page: Page, filter: string): Promise<Filtered> {
  await page.keyboard.press("Escape");
  await page.getByRole("combobox", { name: "Filter" }).focus();
  const { looks, longTasks } = await record(page, async () => {
    await page.keyboard.type(filter, { delay: 20 });
    await untilSettled(page);
  });
  const lastKey = await page.evaluate(() => window.probe.pressedAt);
  return { ...timesOf(looks, lastKey), longestTask: Math.max(0, ...longTasks) };
}

function timesOf(looks: readonly Look[], from: number): Omit<Filtered, "longestTask"> {
  const before = looks.findLast(({ at }) => at <= from)?.count ?? -1;
  const count = looks.at(-1)?.count ?? 0;
  const after = looks.filter(({ at }) => at > from);
  const changed = after.findIndex((look) => look.count !== before);
  const first = after.slice(Math.max(0, changed)).find(({ pending }) => pending === 0);
  const final = after.find((look) => look.count === count && !look.isFiltering);
  return { count, rows: (first?.at ?? from) - from, final: (final?.at ?? from) - from };
}

/** Bytes of the page's JavaScript heap that are in use after a collection. */
export async function heapBytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.enable");
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize;
}
