/** The list of invocations: its order, its window of time, what is new in it, and its place. */
import { expect, test } from "@playwright/test";
import { type InspectorProcess, startInspector, type TemporaryFolder, temporaryFolder } from "./inspector-process.ts";
import { filterField, grid, passing } from "./workbench-page.ts";

let state: TemporaryFolder;
let demo: InspectorProcess;

test.beforeAll(async () => {
  state = temporaryFolder();
  demo = await startInspector(["demo", "--quiet"], state.path);
  await fetch(`${demo.http}/api/hello?name=Ada`);
  await fetch(`${demo.http}/api/slow?ms=1100`);
});

test.afterAll(async () => {
  await demo.stop();
  state.remove();
});

test.beforeEach(async ({ page }) => {
  await page.goto(demo.ui);
});

test("the slowest come first by a column's head and by its key, as the address says, until the newest is followed", async ({
  page,
}) => {
  const heading = grid(page, "Invocations").getByRole("columnheader", { name: "Duration" });
  await heading.getByRole("button").focus();
  await page.keyboard.press("Enter");
  await expect(heading).toHaveAttribute("aria-sort", "descending");
  const first = grid(page, "Invocations").locator('[aria-rowindex="2"]');
  await expect(first).toContainText(/slow|connect|index|load/u);
  await expect(page.getByText(/^Slowest first: \d+ rows/u)).toBeVisible();
  await expect(page).toHaveURL(/[?&]sort=-duration/u);
  await filterField(page).fill("fn:slow OR fn:hello");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/[?&]filter=fn/u);
  await expect(first).toContainText("slow");
  await page.reload();
  await expect(first).toContainText("slow");
  await heading.getByRole("button").click();
  await expect(heading).toHaveAttribute("aria-sort", "ascending");
  await expect(first).toContainText("hello");
  await page.getByRole("button", { name: /^Follow/u }).click();
  await expect(heading).toHaveAttribute("aria-sort", "none");
  await expect(page).not.toHaveURL(/[?&]sort=/u);
});

test("a window of time is drawn over the overview, and cleared by a double click", async ({ page }) => {
  const overview = page.getByRole("region", { name: "Overview of the session" });
  const end = overview.getByRole("slider", { name: "End of the time window" });
  await expect(end).toBeVisible();
  const box = await overview.boundingBox();
  if (box === null) {
    throw new Error("the overview has no place");
  }
  const y = box.y + box.height / 2;
  const before = Number((await passing(page).textContent())?.match(/\d+/u)?.[0]);
  await page.mouse.move(box.x + box.width * 0.6, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, y, { steps: 4 });
  await page.mouse.move(box.x + box.width * 0.75, y);
  await page.mouse.up();
  await expect(filterField(page)).toHaveValue(/^at:[\d.]+s\.\.[\d.]+s/u);
  await expect(page).toHaveURL(/filter=at/u);
  await expect.poll(async () => Number((await passing(page).textContent())?.match(/\d+/u)?.[0])).toBeLessThan(before);
  await page.mouse.dblclick(box.x + box.width * 0.4, y);
  await expect(filterField(page)).toHaveValue("");
});

test("a window of time is set by the keys of its edges, and cleared by Escape", async ({ page }) => {
  const start = page.getByRole("slider", { name: "Start of the time window" });
  await start.focus();
  await page.keyboard.press("ArrowRight");
  await expect(filterField(page)).toHaveValue(/^at:/u);
  const first = await start.getAttribute("aria-valuenow");
  await page.keyboard.press("ArrowRight");
  await expect(start).not.toHaveAttribute("aria-valuenow", first ?? "");
  await page.keyboard.press("Escape");
  await expect(filterField(page)).toHaveValue("");
});

test("following keeps the newest row in sight; without it, what is new is counted", async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 420 });
  await filterField(page).fill("fn:ping");
  const ping = () => fetch(`${demo.http}/api/ping`);
  await Promise.all(Array.from({ length: 30 }, ping));
  const follow = page.getByRole("button", { name: /^Follow/u });
  await expect(follow).toHaveAttribute("aria-pressed", "true");
  await expect(passing(page)).toHaveText("30 rows");
  const last = grid(page, "Invocations").locator('[aria-rowindex="31"]');
  await expect(last).toBeInViewport();
  await grid(page, "Invocations").focus();
  await page.keyboard.press("Home");
  await expect(follow).toHaveAttribute("aria-pressed", "false");
  await Promise.all([ping(), ping()]);
  const newest = page.getByRole("button", { name: /2 new/u });
  await expect(newest).toBeVisible();
  await newest.click();
  await expect(follow).toHaveAttribute("aria-pressed", "true");
  await expect(grid(page, "Invocations").locator('[aria-rowindex="33"]')).toBeInViewport();
  await expect(page.getByRole("button", { name: /\d new/u })).toBeHidden();
  for (const height of [700, 420]) {
    await page.setViewportSize({ width: 1440, height });
    await expect(grid(page, "Invocations").locator('[aria-rowindex="33"]')).toBeInViewport();
  }
  await expect(follow).toHaveAttribute("aria-pressed", "true");
});

test("what is new is told below the rows, not over one, in a narrow window too", async ({ page }) => {
  await page.setViewportSize({ width: 900, height: 700 });
  await filterField(page).fill("fn:hello /Below/");
  const call = () => fetch(`${demo.http}/api/hello?name=Below`);
  await Promise.all(Array.from({ length: 30 }, call));
  const list = grid(page, "Invocations");
  await expect(list.locator('[aria-rowindex="31"]')).toBeInViewport();
  await list.focus();
  await page.keyboard.press("End");
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  await call();
  const newest = page.getByRole("button", { name: /\d new/u });
  await expect(newest).toBeVisible();
  const [rows, button] = await Promise.all([list.boundingBox(), newest.boundingBox()]);
  if (rows === null || button === null) {
    throw new Error("one of them has no place");
  }
  expect(button.y).toBeGreaterThanOrEqual(rows.y + rows.height);
  await expect(list.getByRole("row", { selected: true })).toBeInViewport({ ratio: 0.9 });
});

test("a window that becomes narrow and wide again keeps the list, its place and what is open", async ({ page }) => {
  await filterField(page).fill("fn:hello /Again/");
  await Promise.all(Array.from({ length: 40 }, () => fetch(`${demo.http}/api/hello?name=Again`)));
  const list = grid(page, "Invocations");
  await expect(list.locator('[aria-rowindex="41"]')).toBeInViewport();
  await list.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  const pane = page.getByRole("region", { name: "Invocation" });
  await pane.getByRole("tab", { name: "Raw" }).click();
  for (const width of [900, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    await list.hover();
    await page.mouse.wheel(0, 5000);
    await expect(list.locator('[aria-rowindex="41"]')).toBeInViewport();
    await page.mouse.wheel(0, -5000);
    await expect(list.locator('[aria-rowindex="2"]')).toBeInViewport();
    await expect(pane.getByRole("tab", { name: "Raw" })).toHaveAttribute("aria-selected", "true");
  }
});
