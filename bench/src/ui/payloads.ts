/** Large payloads: finding in a message of 20 MB, and opening a batch of a thousand values. */
import { openForWriting } from "@inspector/hub/sqlite";
import { type PayloadSession, writePayloadSession } from "@inspector/session/testing/payload-session";
import type { Browser, Page } from "@playwright/test";
import { firstLine, start, stop } from "../processes.ts";
import { type Figure, LIMITS, median } from "./figures.ts";

const ROUNDS = 5;

export type PayloadOptions = { readonly command: string; readonly file: string };

export async function measurePayloads(browser: Browser, { command, file }: PayloadOptions): Promise<Figure[]> {
  const database = openForWriting(file);
  const session = writePayloadSession(database, file);
  database.close();
  const child = start(process.execPath, [command, "open", file, "--json", "--no-open"]);
  try {
    const { ui }: { readonly ui: string } = JSON.parse(await firstLine(child));
    const page = await browser.newPage();
    await page.goto(ui);
    await page.getByRole("grid").waitFor();
    return [await measureFind(page, session), await measureBatch(page, session)];
  } finally {
    await stop(child);
  }
}

/** From the last letter typed to the first hit on the page; that nobody types any more is waited for in between. */
async function measureFind(page: Page, { huge }: PayloadSession): Promise<Figure> {
  await show(page, huge);
  await page.getByRole("tab", { name: "Raw" }).click();
  await page.keyboard.press("Control+f");
  const field = page.getByRole("textbox", { name: "Text to find" });
  const count = page.getByRole("search", { name: "Find in the message" }).getByRole("status");
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await field.fill("");
    // Another text each time: an answer that the page has already takes no time at all.
    const text = "a needle at the end".slice(0, 8 + round);
    const began = performance.now();
    await field.fill(text);
    await count.getByText("1 of 1").waitFor();
    times.push(performance.now() - began);
  }
  return { title: "find in 20 MB: first hit", value: median(times), unit: "ms", limit: LIMITS.findMs };
}

/** From the click on its row to the frame after the one in which its first value came: by the page's own clock. */
async function measureBatch(page: Page, { batch, bytes }: PayloadSession): Promise<Figure> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await show(page, bytes);
    const shown = page.evaluate(untilFirstValue);
    await page.getByRole("grid", { name: "Messages" }).getByRole("row").nth(batch).click();
    times.push(await shown);
  }
  const note = `runs ${times.map(Math.round).join(", ")}`;
  return {
    title: "a batch of 1 000 values of 5 KB: opened",
    value: median(times),
    unit: "ms",
    limit: LIMITS.batchMs,
    note,
  };
}

/** In the page: milliseconds from the next click until a value of the batch is in the document. */
function untilFirstValue(): Promise<number> {
  return new Promise((resolve) => {
    const onClick = (): void => {
      const began = performance.now();
      const look = (): void => {
        const first = document.querySelector("[aria-label=Message] [role=treeitem]");
        if (first?.textContent?.startsWith("member0:") === true) {
          resolve(performance.now() - began);
        } else {
          requestAnimationFrame(look);
        }
      };
      look();
    };
    addEventListener("pointerdown", onClick, { once: true, capture: true });
  });
}

async function show(page: Page, seq: number): Promise<void> {
  const url = new URL(page.url());
  url.searchParams.set("view", "messages");
  url.searchParams.set("message", String(seq));
  url.searchParams.delete("tab");
  await page.goto(url.href);
  await page.getByRole("region", { name: "Message", exact: true }).getByRole("tab").first().waitFor();
}
