/** Moving through a list by wheel and keys, and what came of it frame by frame. */
import type { Page } from "@playwright/test";
import { type Figure, LIMITS, quantile } from "./figures.ts";
import type { Recorded } from "./probe.ts";

/** A frame that takes longer is one that people see. */
const LONG_FRAME_MS = 50;
const NOTCH_PIXELS = 100;
const ROW_PIXELS = 24;
const EVENT_MS = 16;

/** Turns the wheel by notches for some seconds. */
export async function wheelByNotches(page: Page, seconds: number): Promise<void> {
  await repeat(page, seconds, () => page.mouse.wheel(0, NOTCH_PIXELS));
}

/** Turns the wheel from the first of `count` rows to the last, at an even speed in time. */
export async function wheelThroughAll(page: Page, count: number, seconds: number): Promise<void> {
  const began = performance.now();
  let turned = 0;
  await repeat(page, seconds, async () => {
    const due = Math.min(1, (performance.now() - began) / (seconds * 1000)) * count * ROW_PIXELS;
    await page.mouse.wheel(0, due - turned);
    turned = due;
  });
}

export async function holdKey(page: Page, key: string, seconds: number): Promise<void> {
  await repeat(page, seconds, () => page.keyboard.press(key));
}

async function repeat(page: Page, seconds: number, act: () => Promise<void>): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    await act();
    await page.waitForTimeout(EVENT_MS);
  }
}

export async function pointAtList(page: Page): Promise<void> {
  await page.mouse.move(700, 600);
}

/** Frames of a recording: the slowest of twenty, how many people see, and how long the list stood without content. */
export function frameFigure(title: string, { frames, looks, longTasks }: Recorded): Figure {
  const long = frames.filter((milliseconds) => milliseconds > LONG_FRAME_MS).length;
  const waiting = looks.filter(({ pending }) => pending > 0).length;
  const notes = [
    `${long} of ${frames.length} over ${LONG_FRAME_MS} ms`,
    `longest ${Math.round(quantile(frames, 1))} ms`,
    `longest task ${Math.round(quantile(longTasks, 1))} ms`,
    `rows without content in ${Math.round((100 * waiting) / Math.max(1, looks.length))} %`,
  ];
  return { title: `${title}, p95 frame`, value: quantile(frames, 0.95), unit: "ms", note: notes.join(", ") };
}

/** Most rows that were in the document at once. */
export function rowsFigure(title: string, recordings: readonly Recorded[]): Figure {
  const rows = recordings.flatMap(({ looks }) => looks.map((look) => look.rows));
  return { title: `${title}: rows in the document`, value: quantile(rows, 1), unit: "rows", limit: LIMITS.rows };
}
