/** A page that nobody touches, in Follow while the demo goes on: what it takes of the processor, and whether it grows. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, CDPSession, Page } from "@playwright/test";
import { firstLine, start, stop } from "../processes.ts";
import { heapBytes, openPage, untilSettled } from "./browser.ts";
import { type Figure, LIMITS } from "./figures.ts";

const MINUTE_MS = 60_000;
const FILLING_MINUTES = 3;

export type IdleOptions = {
  readonly command: string;
  readonly folder: string;
  readonly minutes: number;
  readonly say: (text: string) => void;
};

type Minute = {
  /** Of a core, in percent. */
  readonly share: number;
  /** After a garbage collection. */
  readonly heap: number;
  readonly nodes: number;
  readonly listeners: number;
};

export async function measureIdle(browser: Browser, options: IdleOptions): Promise<Figure[]> {
  const state = join(options.folder, "idle");
  mkdirSync(state);
  const child = start(process.execPath, [options.command, "demo", "--http", "0", "--no-open", "--json"], {
    env: { ...process.env, XDG_STATE_HOME: state },
  });
  try {
    const { ui }: { readonly ui: string } = JSON.parse(await firstLine(child));
    const { page } = await openPage(browser, ui, "invocations");
    await untilSettled(page);
    const minutes = await watch(browser, page, options);
    await page.context().close();
    return figuresOf(minutes);
  } finally {
    await stop(child, "SIGINT");
  }
}

async function watch(browser: Browser, page: Page, { minutes, say }: IdleOptions): Promise<Minute[]> {
  const own = await page.context().newCDPSession(page);
  const all = await browser.newBrowserCDPSession();
  await own.send("Performance.enable");
  const seen: Minute[] = [];
  while (seen.length < minutes) {
    // Collecting garbage and counting are no part of a minute.
    const [busyAt, beganAt] = [await rendererSeconds(all), performance.now()];
    await sleep(MINUTE_MS);
    const busy = (await rendererSeconds(all)) - busyAt;
    const share = (100 * busy) / ((performance.now() - beganAt) / 1000);
    const heap = await heapBytes(page);
    const counts = await countersOf(own);
    seen.push({ share, heap, ...counts });
    say(
      `  minute ${seen.length}: ${share.toFixed(1)} % of a core, heap ${(heap / 1e6).toFixed(2)} MB, ${counts.nodes} nodes\n`,
    );
  }
  return seen;
}

/** Processor time of the processes that run pages: there is one page. */
async function rendererSeconds(browser: CDPSession): Promise<number> {
  const { processInfo } = await browser.send("SystemInfo.getProcessInfo");
  return processInfo.filter(({ type }) => type === "renderer").reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

async function countersOf(session: CDPSession): Promise<{ readonly nodes: number; readonly listeners: number }> {
  const { metrics } = await session.send("Performance.getMetrics");
  const metric = (wanted: string): number => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
  return { nodes: metric("Nodes"), listeners: metric("JSEventListeners") };
}

/** In the first minutes caches fill. */
function figuresOf(minutes: readonly Minute[]): Figure[] {
  const [first, last] = [minutes[Math.min(FILLING_MINUTES, minutes.length) - 1], minutes.at(-1)];
  if (first === undefined || last === undefined) {
    return [];
  }
  const grownBy = (of: (minute: Minute) => number): number => of(last) - of(first);
  const shares = minutes.map(({ share }) => share);
  const heaps = minutes.map(({ heap }) => (heap / 1e6).toFixed(1)).join(", ");
  return [
    {
      title: "idle in Follow: of a core, busiest minute",
      value: Math.max(...shares),
      unit: "%",
      limit: LIMITS.idlePercent,
      note: shares.map((share) => share.toFixed(1)).join(", "),
    },
    {
      title: "idle in Follow: the heap's growth after three minutes",
      value: grownBy(({ heap }) => heap) / 1e6,
      unit: "MB",
      limit: LIMITS.idleGrowthMB,
      note: `each minute ${heaps}`,
    },
    {
      title: "idle in Follow: more nodes",
      value: grownBy(({ nodes }) => nodes),
      unit: "nodes",
      limit: LIMITS.idleNodes,
    },
    { title: "idle in Follow: more listeners", value: grownBy(({ listeners }) => listeners), unit: "listeners" },
  ];
}
