/** The page in small windows, by keyboard, with forced colours and without motion. One inspector serves all of these tests. */
import { expect, type Locator, type Page, test } from "@playwright/test";
import {
  type InspectorProcess,
  startInspector,
  type TemporaryFolder,
  temporaryFolder,
  WITHOUT_TIMER,
} from "./inspector-process.ts";
import { grid, row } from "./workbench-page.ts";

const VIEWS = ["invocations", "messages", "logs", "functions", "workers", "problems", "holds", "sessions"] as const;
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
/** 1440 x 900 at a zoom of 200 %. */
const ZOOMED = { width: 720, height: 450 };
/** Pixels that a target has at least, in width and height. @see WCAG 2.2, 2.5.8 */
const TARGET = 24;

let state: TemporaryFolder;
let demo: InspectorProcess;

test.beforeAll(async () => {
  state = temporaryFolder();
  demo = await startInspector(["demo", "--quiet"], state.path, WITHOUT_TIMER);
  await fetch(`${demo.http}/api/hello?name=Ada`);
  await fetch(`${demo.http}/api/slow?ms=1100`);
  await fetch(`${demo.http}/admin/functions/resize`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ input: '{"picture":"alps.jpg","width":9000,"height":6000}' }),
  });
});

test.afterAll(async () => {
  await demo.stop();
  state.remove();
});

async function visit(page: Page, parameters: Readonly<Record<string, string>>): Promise<void> {
  const url = new URL(demo.ui);
  for (const [name, value] of Object.entries(parameters)) {
    url.searchParams.set(name, value);
  }
  await page.goto(url.href);
}

/** A view with something open in it, where it has anything. */
async function openView(page: Page, view: (typeof VIEWS)[number]): Promise<void> {
  await visit(page, { view });
  if (view === "holds") {
    await expect(page.getByText("No rule holds messages")).toBeVisible();
    return;
  }
  await expect(page.getByRole("grid").getByRole("row").nth(1)).toBeVisible();
  await page.getByRole("grid").focus();
  await page.keyboard.press("Home");
  if (view !== "sessions") {
    await page.keyboard.press("Enter");
    await expect(page.getByRole("separator")).toBeVisible();
  }
}

async function openCall(page: Page, filter: string, tab?: string): Promise<Locator> {
  await visit(page, { filter, ...(tab !== undefined && { tab }) });
  await page.getByRole("grid", { name: "Invocations" }).getByRole("row").nth(1).click();
  const pane = page.getByRole("region", { name: "Invocation", exact: true });
  await expect(pane.getByRole("tab", { name: "Replay" })).toBeVisible();
  return pane;
}

test("a window that gets small gives all of its room to what is open", async ({ page }) => {
  const pane = await openCall(page, "fn:slow");
  await pane.getByRole("tab", { name: "Timing" }).click();
  await expect(pane.getByText("Where the time went")).toBeVisible();
  for (const size of [PHONE, ZOOMED]) {
    await page.setViewportSize(size);
    const main = await page.getByRole("main").boundingBox();
    await expect.poll(async () => (await pane.boundingBox())?.y).toBe(main?.y);
    await expect(grid(page, "Invocations")).toBeHidden();
    await expect(pane.getByRole("tab", { selected: true })).toBeInViewport({ ratio: 1 });
    await expect.poll(() => pane.locator("small").evaluateAll(countOverlaps)).toBe(0);
  }
  expect((await pane.boundingBox())?.height).toBeGreaterThan(300);
  await page.setViewportSize(WIDE);
  await expect(grid(page, "Invocations")).toBeInViewport();
});

/** In the page: how many labels on a line run into the next. */
function countOverlaps(labels: readonly Element[]): number {
  const boxes = labels.map((label) => label.getBoundingClientRect()).filter(({ width }) => width > 0);
  return boxes.filter((box, index) => {
    const next = boxes[index + 1];
    return next !== undefined && next.top === box.top && next.left > box.left && next.left < box.right;
  }).length;
}

test("zoomed to 200 % a failure's bytes have room of their own below what it says of itself", async ({ page }) => {
  await page.setViewportSize({ width: 720, height: 450 });
  const pane = await openCall(page, "status:failed", "raw");
  const bytes = pane.getByRole("region", { name: "Bytes" });
  await bytes.getByText("0010").scrollIntoViewIfNeeded();
  await expect(bytes.getByText("0010")).toBeInViewport({ ratio: 1 });
  expect((await bytes.boundingBox())?.height).toBeGreaterThan(100);
});

test("on a phone a list that nothing closes stays beside what is open, and a session keeps its name", async ({
  page,
}) => {
  await page.setViewportSize(PHONE);
  for (const [view, pane] of [
    ["workers", /^Worker /u],
    ["problems", "Selected problem"],
  ] as const) {
    await visit(page, { view });
    await expect(page.getByRole("region", { name: pane }).first()).toBeInViewport();
    await expect(page.getByRole("grid").getByRole("row").nth(1)).toBeInViewport({ ratio: 1 });
  }
  // What asks for somebody has its number where names have no room.
  const problems = page.getByRole("link", { name: /^Problems \d+/u });
  await expect(problems.getByText(/^\d+$/u)).toBeVisible();
  await visit(page, { view: "sessions" });
  const name = grid(page, "Sessions").getByRole("row", { selected: true }).locator("b");
  await expect.poll(async () => (await name.boundingBox())?.width).toBeGreaterThan(70);
});

test("every target is 24 pixels large, on a phone too", async ({ page }) => {
  const small: string[] = [];
  const look = async (what: string): Promise<void> => {
    small.push(...(await page.evaluate(listSmallTargets, TARGET)).map((target) => `${what}: ${target}`));
  };
  for (const view of VIEWS) {
    await page.setViewportSize(WIDE);
    await openView(page, view);
    await look(view);
    await page.setViewportSize(PHONE);
    await look(`${view} on a phone`);
  }
  const pane = await openCall(page, "fn:resize");
  for (const tab of ["Response", "Logs", "Timing", "Messages", "Raw", "Replay"]) {
    await pane.getByRole("tab", { name: new RegExp(`^${tab}`, "u") }).click();
    await expect(pane.getByRole("tabpanel")).not.toBeEmpty();
    await look(tab);
  }
  expect(small).toEqual([]);
});

/** In the page: what can be clicked and takes less than a square of that size. A link within a sentence is as high as its line. */
function listSmallTargets(size: number): string[] {
  const reach = size / 2 - 0.5;
  const targets = [...document.querySelectorAll("a[href], button, input, select, textarea, [role=tab], [role=option]")];
  return targets.flatMap((target) => {
    const { left, right, top, bottom, width, height } = target.getBoundingClientRect();
    const isInline = target.tagName === "A" && getComputedStyle(target).display === "inline";
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    const owner = target.closest("label") ?? target;
    const at = (dx: number, dy: number) => owner.contains(document.elementFromPoint(x + dx, y + dy));
    const isSeen = width > 2 && height > 2 && at(0, 0);
    if (!isSeen || isInline || target.matches(".monaco-editor *, [aria-disabled=true], :disabled")) {
      return [];
    }
    const hasArea = () => [-reach, reach].every((by) => at(by, 0) && at(0, by));
    const isLarge = (width >= size && height >= size) || hasArea();
    const name = target.getAttribute("aria-label") ?? target.textContent;
    return isLarge ? [] : [`${target.tagName} "${name?.slice(0, 40)}" ${Math.round(width)} x ${Math.round(height)}`];
  });
}

test("what a key opened, Escape closes, and what had the focus has it again", async ({ page }) => {
  await openCall(page, "fn:resize");
  const list = grid(page, "Invocations");
  for (const [key, dialog] of [
    ["?", "Keyboard"],
    ["Control+k", "Commands"],
  ] as const) {
    await list.focus();
    await page.keyboard.press(key);
    await expect(page.getByRole("dialog", { name: dialog })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect(list).toBeFocused();
  }
  for (const [button, opened] of [
    [page.getByRole("button", { name: "Export…" }), page.getByRole("dialog")],
    [page.getByRole("button", { name: "Budgets" }), page.getByRole("dialog", { name: "Budgets" })],
    [page.getByRole("button", { name: "Keyboard shortcuts" }), page.getByRole("dialog", { name: "Keyboard" })],
    [page.getByRole("button", { name: "Copy as" }).first(), page.getByRole("menu").getByRole("menuitem").first()],
    [page.getByRole("button", { name: "Saved filters" }), page.getByRole("button", { name: /^Save the current/u })],
  ] as const) {
    await button.focus();
    await page.keyboard.press("Enter");
    await expect(opened).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(opened).toBeHidden();
    await expect(button).toBeFocused();
  }
  await expect(page.getByRole("region", { name: "Invocation", exact: true })).toBeVisible();
});

test("the palette finds functions, and copies what is open", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await openCall(page, "fn:resize");
  const palette = page.getByRole("dialog", { name: "Commands" });
  await page.keyboard.press("Control+k");
  await page.keyboard.type("copy request json");
  await expect(palette.getByRole("option", { name: /^Copy: Request as JSON/u })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Request as JSON copied")).toBeVisible();
  expect(await page.evaluate("navigator.clipboard.readText()")).toContain("invocationRequest");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("resize");
  await expect(palette.getByRole("option", { name: /^resize.*1 failed/u })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Function" }).getByRole("heading", { name: "resize" })).toBeVisible();
});

test("with forced colours and without motion what is chosen, what has the focus and each state can be told", async ({
  page,
}) => {
  await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
  for (const view of VIEWS) {
    await openView(page, view);
    expect(await page.evaluate(() => document.getAnimations().length), view).toBe(0);
    await expect(page.locator(`nav [aria-current="page"]`)).toHaveCSS("outline-style", "solid");
  }
  await openCall(page, "fn:resize OR fn:hello OR fn:slow");
  const chosen = grid(page, "Invocations").getByRole("row", { selected: true });
  await expect(chosen).toHaveCSS("outline-style", "solid");
  const rest = await chosen.evaluate((element) => getComputedStyle(element).outlineColor);
  await grid(page, "Invocations").focus();
  await page.keyboard.press("Home");
  await expect.poll(() => chosen.evaluate((element) => getComputedStyle(element).outlineColor)).not.toBe(rest);
  // Bars and dots are drawn with backgrounds, which the system takes away from everything else.
  const seen = (part: Locator) =>
    part.evaluate(
      (element) => getComputedStyle(element).backgroundColor !== getComputedStyle(document.body).backgroundColor,
    );
  expect(await seen(page.getByRole("banner").locator("[data-state=recording]"))).toBe(true);
  // No state is told by colour alone: each has a sign and a word.
  for (const status of await page
    .getByRole("gridcell")
    .filter({ has: page.locator("svg"), hasNot: page.getByRole("button") })
    .all()) {
    await expect(status).toHaveText(/\S/u);
  }
  await expect(
    row(page, "Invocations", /resize.*needs/u)
      .locator("svg")
      .first(),
  ).toBeVisible();
});

test("on paper is what is open, all of it, black on white, and the tab says that something failed", async ({
  page,
}) => {
  await page.setViewportSize({ width: 800, height: 500 });
  const pane = await openCall(page, "fn:resize");
  await expect(page).toHaveTitle(/^\(1\) Invocations/u);
  await expect(page.locator('link[rel="icon"]')).toHaveAttribute("href", "/mark-failing.svg");
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  for (const part of [page.getByRole("banner"), page.getByRole("navigation"), grid(page, "Invocations")]) {
    await expect(part).toBeHidden();
  }
  await expect(pane.getByRole("heading", { name: "resize" })).toBeVisible();
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollHeight)).toBeGreaterThan(700);
  await expect(pane).toHaveCSS("background-color", "rgb(255, 255, 255)");
  await page.emulateMedia({ media: "screen" });
  await pane.getByRole("button", { name: "Close the invocation" }).click();
  await page.emulateMedia({ media: "print" });
  await expect(row(page, "Invocations", /resize/u)).toBeVisible();
});
