/** A recording that goes on while the page shows it: input, frames, and how soon a row is there. */
import type { Browser, Page } from "@playwright/test";
import { catchUp } from "../lag.ts";
import { startInspector } from "../targets/inspector.ts";
import type { Recorder } from "../targets/target.ts";
import { heapBytes, openPage, record, untilSettled, type View } from "./browser.ts";
import { type Figure, LIMITS, quantile } from "./figures.ts";
import { type Peers, startPeers } from "./peers-process.ts";
import { frameFigure, rowsFigure } from "./scrolling.ts";

const FIRST_MESSAGES = 100_000;
const PER_SECOND = 5000;
/** So slow that each row is the newest for a while. */
const SLOW_PER_SECOND = 10;
const KEY_PRESSES = 40;
/** Between key presses, so that they meet all phases of what the page does by itself. */
const KEY_MS = 70;

export type LiveOptions = {
  readonly command: string;
  readonly folder: string;
  readonly seconds: number;
  readonly say: (text: string) => void;
};

export async function measureLive(browser: Browser, options: LiveOptions): Promise<Figure[]> {
  const peers = await startPeers();
  const target = await startInspector(options.command, peers.port, options.folder);
  try {
    const { recorder } = target;
    if (recorder === undefined) {
      throw new Error("this target records nothing");
    }
    options.say(`  ${FIRST_MESSAGES} messages …\n`);
    await peers.run({ do: "connect", port: target.port });
    await peers.run({ do: "send", messages: FIRST_MESSAGES });
    await catchUp(recorder, FIRST_MESSAGES);
    const figures: Figure[] = [];
    for (const view of ["messages", "invocations"] as const) {
      options.say(`  ${view}, ${PER_SECOND} messages a second …\n`);
      const { page } = await openPage(browser, recorder.link, view);
      await untilSettled(page);
      if (view === "messages") {
        figures.push(await measureSlow(page, peers, options.seconds));
      }
      figures.push(...(await measureFast(page, view, peers, recorder, options.seconds)));
      figures.push({ title: `${view}: JavaScript heap`, value: (await heapBytes(page)) / 1e6, unit: "MB" });
      await page.context().close();
    }
    return figures;
  } finally {
    await peers.stop();
    await target.stop();
  }
}

/** How old a row is when it is there, where few arrive. */
async function measureSlow(page: Page, peers: Peers, seconds: number): Promise<Figure> {
  await peers.run({ do: "pace", perSecond: SLOW_PER_SECOND });
  const { shown } = await record(page, () => page.waitForTimeout(seconds * 1000));
  await peers.run({ do: "pace", perSecond: 0 });
  const ages = shown.map(({ age }) => age);
  return ageFigure(`a row is there, ${SLOW_PER_SECOND} messages/s`, ages);
}

async function measureFast(
  page: Page,
  view: View,
  peers: Peers,
  recorder: Recorder,
  seconds: number,
): Promise<Figure[]> {
  const began = performance.now();
  const { recorded: before } = await recorder.state();
  await peers.run({ do: "pace", perSecond: PER_SECOND });
  await page.waitForTimeout(1000);
  const following = await record(page, () => page.waitForTimeout(seconds * 1000));
  const keys = await record(page, () => pressKeys(page));
  const { recorded, behind } = await recorder.state();
  const rate = (recorded - before) / ((performance.now() - began) / 1000);
  await peers.run({ do: "pace", perSecond: 0 });
  return [
    { title: `${view}: messages recorded`, value: rate, unit: "/s", note: `${behind} bytes behind at the end` },
    frameFigure(`${view}: following`, following),
    frameFigure(`${view}: moving the selection`, keys),
    rowsFigure(view, [following, keys]),
    {
      title: `${view}: key press to selection, p95`,
      value: quantile(keys.selected, 0.95),
      unit: "ms",
      limit: LIMITS.inputMs,
      note: `${keys.selected.length} of ${KEY_PRESSES}, p50 ${Math.round(quantile(keys.selected, 0.5))}, longest ${Math.round(quantile(keys.selected, 1))}`,
    },
    {
      title: `${view}: key press to paint, p95`,
      value: quantile(keys.painted, 0.95),
      unit: "ms",
      limit: LIMITS.inputMs,
      note: `of those over 16 ms: ${keys.painted.length}, longest ${quantile(keys.painted, 1)}`,
    },
    // The oldest of a batch is just younger than the row that was newest before it.
    ...(view === "messages"
      ? [
          ageFigure(
            `a row is there, ${PER_SECOND} messages/s`,
            following.shown.map(({ ageOfLast }) => ageOfLast),
          ),
        ]
      : []),
  ];
}

async function pressKeys(page: Page): Promise<void> {
  for (let press = 0; press < KEY_PRESSES; press += 1) {
    await page.keyboard.press(press % 4 === 3 ? "j" : "k");
    await page.waitForTimeout(KEY_MS);
  }
}

function ageFigure(title: string, ages: readonly number[]): Figure {
  return {
    title: `${title}, p95`,
    value: quantile(ages, 0.95),
    unit: "ms",
    limit: LIMITS.shownMs,
    note: `${ages.length} times, p50 ${Math.round(quantile(ages, 0.5))}, longest ${Math.round(quantile(ages, 1))}`,
  };
}
