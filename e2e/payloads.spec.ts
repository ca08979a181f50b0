/** Large payloads: finding in all of them, and long ones opened without all of them in the document. */
import { join } from "node:path";
import { type PayloadSession, writePayloadSession } from "@inspector/session/testing/payload-session";
import { DatabaseSync } from "@photostructure/sqlite";
import { expect, type Page, test } from "@playwright/test";
import { type InspectorProcess, startInspector, type TemporaryFolder, temporaryFolder } from "./inspector-process.ts";

let state: TemporaryFolder;
let opened: InspectorProcess;
let session: PayloadSession;

test.beforeAll(async () => {
  state = temporaryFolder();
  const file = join(state.path, "payloads.inspector");
  const database = new DatabaseSync(file);
  session = writePayloadSession(database, file);
  database.close();
  opened = await startInspector(["open", file], state.path);
});

test.afterAll(async () => {
  await opened.stop();
  state.remove();
});

async function openMessage(page: Page, seq: number) {
  const url = new URL(opened.ui);
  url.searchParams.set("view", "messages");
  url.searchParams.set("message", String(seq));
  await page.goto(url.href);
  const pane = page.getByRole("region", { name: "Message", exact: true });
  await expect(pane.getByRole("tabpanel")).not.toContainText("Loading");
  return pane;
}

async function find(page: Page, text: string) {
  await page.keyboard.press("Control+f");
  await page.getByRole("textbox", { name: "Text to find" }).fill(text);
  return page.getByRole("search", { name: "Find in the message" }).getByRole("status");
}

test("a find counts all hits, steps through them, and opens the tree where one stands, path and all", async ({
  page,
}) => {
  const pane = await openMessage(page, session.document);
  const count = await find(page, "NEEDLE-7777");
  await expect(count).toHaveText("1 of 1");
  await expect(page.getByRole("search", { name: "Find in the message" }).getByText("$.items[7777].note")).toBeVisible();
  const found = pane.locator("[data-found=true]");
  await expect(found).toContainText("needle-7777");
  await expect(found).toBeInViewport();
  await expect(found.locator("mark[data-current=true]")).toHaveText("needle-7777");
  expect(await pane.getByRole("treeitem").count()).toBeLessThan(1000);

  // Beyond what a tree lists at first, by way of the last of all hits.
  await find(page, "needle");
  await expect(count).toHaveText(/^1 of 10.500$/u);
  // The tree stays while the hits around the next one are fetched.
  await pane.getByRole("tree").evaluate((tree) => tree.setAttribute("data-kept", "true"));
  await page.keyboard.press("Shift+Enter");
  await expect(count).toHaveText(/^10.500 of 10.500$/u);
  await expect(found).toContainText("needle-10499");
  await expect(pane.locator("[data-kept]")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(count).toHaveText(/^1 of 10.500$/u);

  await find(page, "nowhere");
  await expect(count).toHaveText("not in it");
  const bar = page.getByRole("search", { name: "Find in the message" });
  await page.keyboard.press("Escape");
  await expect(bar).toHaveCount(0);
  await expect(pane).toBeVisible();

  // Escape on a button of the bar closes the bar alone, and what had the focus before has it again.
  const tab = pane.getByRole("tab", { name: "JSON" });
  await tab.click();
  await page.keyboard.press("Control+f");
  await bar.getByRole("button", { name: "Close find" }).focus();
  await page.keyboard.press("Escape");
  await expect(bar).toHaveCount(0);
  await expect(pane).toBeVisible();
  await expect(tab).toBeFocused();
});

test("a find begins with the text that the list was searched for, until another one is typed", async ({ page }) => {
  await openMessage(page, session.document);
  await page.getByRole("combobox", { name: "Filter" }).fill("needle-7777");
  await page.keyboard.press("Escape");
  await page.getByRole("tab", { name: "JSON" }).click();
  await page.keyboard.press("Control+f");
  await expect(page.getByRole("textbox", { name: "Text to find" })).toHaveValue("needle-7777");
  const count = page.getByRole("search", { name: "Find in the message" }).getByRole("status");
  await expect(count).toHaveText("1 of 1");
  await page.keyboard.type("needle");
  await expect(page.getByRole("textbox", { name: "Text to find" })).toHaveValue("needle");
});

test("what is too large to be decoded is searched to its end, and the hit stands among its bytes", async ({ page }) => {
  const pane = await openMessage(page, session.huge);
  await expect(pane).toContainText("too large");
  await expect(await find(page, "a needle")).toHaveText("1 of 1");
  await expect(pane.getByRole("region", { name: "Bytes" }).locator("mark").first()).toBeInViewport();
  await pane.getByRole("tab", { name: "Raw" }).click();
  await expect(await find(page, "0x20 61 20 4e")).toHaveText("1 of 1");
  await expect(pane.getByRole("region", { name: "Bytes" }).locator("mark").first()).toBeInViewport();
});

test("a batch of a thousand values has only those near to sight in the document, and ends with the last", async ({
  page,
}) => {
  const pane = await openMessage(page, session.batch);
  await expect(pane.getByText("member0").first()).toBeVisible();
  expect(await pane.getByRole("treeitem").count()).toBeLessThan(10_000);
  const content = pane.getByRole("region", { name: "Content" });
  await expect
    .poll(async () => {
      await content.evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
      return await pane.getByText("999", { exact: true }).isVisible();
    })
    .toBe(true);
  expect(await pane.getByRole("treeitem").count()).toBeLessThan(10_000);
});

test("bytes are shown to their end, a few lines of them in the document", async ({ page }) => {
  const pane = await openMessage(page, session.bytes);
  const bytes = pane.getByRole("region", { name: "Bytes" });
  await expect(bytes).toContainText("000000");
  await bytes.evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
  await expect(bytes.getByText("018690")).toBeVisible();
  expect(await bytes.locator("div").count()).toBeLessThan(1500);
});

test("a search for free text says of how many messages it looked through the beginning only", async ({ page }) => {
  const url = new URL(opened.ui);
  url.searchParams.set("view", "messages");
  url.searchParams.set("filter", "nowhere");
  await page.goto(url.href);
  await expect(page.getByText("Nothing passes the filter")).toBeVisible();
  await expect(page.getByRole("note")).toContainText(/each of \d large messages only the first 65.536 characters/u);
});

// 720 x 450 is 1440 x 900 at a zoom of 200 %.
for (const [width, height, least] of [
  [720, 450, 220],
  [390, 844, 500],
  [900, 700, 280],
] as const) {
  test(`at ${width} x ${height} what is open has room, and neither name nor message push anything out`, async ({
    page,
  }) => {
    await page.setViewportSize({ width, height });
    const url = new URL(opened.ui);
    url.searchParams.set("invocation", String(session.failure));
    await page.goto(url.href);
    const pane = page.getByRole("region", { name: "Invocation", exact: true });
    const inPane = [
      pane.getByRole("heading", { level: 2 }),
      pane.getByRole("button", { name: "Close the invocation" }),
      pane.getByRole("button", { name: "Copy as", exact: true }),
      pane.getByRole("note").first(),
      pane.getByRole("tab", { name: "Request" }),
    ];
    for (const part of inPane) {
      await expect(part).toBeInViewport({ ratio: 0.9 });
    }
    expect((await pane.boundingBox())?.height).toBeGreaterThanOrEqual(least);
    await expect(page.getByRole("button", { name: "Failed" })).toBeVisible();
    await expect(page.getByRole("list", { name: "Workers" })).toBeVisible();
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(isWide).toBe(false);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("grid", { name: "Invocations" })).toBeInViewport();
    await expect(pane).toHaveCount(0);
  });
}
