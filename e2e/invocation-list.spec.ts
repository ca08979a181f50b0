/** The list of invocations: its filter, its order, its window of time, what is new in it, and its place. */
import { expect, test } from "@playwright/test";
import {
  type InspectorProcess,
  startInspector,
  type TemporaryFolder,
  temporaryFolder,
  WITHOUT_TIMER,
} from "./inspector-process.ts";
import { expectNoViolations } from "./no-violations.ts";
import { filterField, grid, passing, row } from "./workbench-page.ts";

let state: TemporaryFolder;
let demo: InspectorProcess;

test.beforeAll(async () => {
  state = temporaryFolder();
  demo = await startInspector(["demo", "--quiet"], state.path, WITHOUT_TIMER);
  const began = performance.now();
  await fetch(`${demo.http}/api/hello?name=Ada`);
  await fetch(`${demo.http}/admin/functions/resize`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ input: '{"picture":"alps.jpg","width":300,"height":200}' }),
  });
  // Longer than that took, however busy the machine is.
  await fetch(`${demo.http}/api/slow?ms=${Math.ceil(Math.max(1100, performance.now() - began))}`);
});

test.afterAll(async () => {
  await demo.stop();
  state.remove();
});

test.beforeEach(async ({ page }) => {
  await page.goto(demo.ui);
});

test("the filter completes what is typed, by keyboard, and stays in the address", async ({ page }) => {
  // All is typed before the page knows of the session, and what was seen comes when it does.
  let connect = () => {};
  const isTyped = new Promise<void>((resolve) => {
    connect = resolve;
  });
  await page.route(/\/api\/session(?:\?|$)/u, async (route) => {
    await isTyped;
    await route.continue();
  });
  await page.route(/\/api\/seen/u, async (route) => {
    await expect(page.getByRole("banner").getByText("Recording")).toBeVisible();
    await route.continue();
  });
  await page.reload();
  await filterField(page).pressSequentially("fn:re");
  connect();
  const options = page.getByRole("listbox", { name: "Completions" });
  await expect(options.getByRole("option", { name: /^resize/u })).toBeVisible();
  await expect(options.getByRole("option", { name: /^hello/u })).toBeHidden();
  const names = await options.getByRole("option").locator("b").allTextContents();
  for (let step = 0; step <= names.indexOf("resize"); step++) {
    await page.keyboard.press("ArrowDown");
  }
  await expect(options.getByRole("option", { name: /^resize/u })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(filterField(page)).toHaveValue("fn:resize ");
  await expect(row(page, "Invocations", /hello/u)).toBeHidden();
  await expect(row(page, "Invocations", /resize/u)).toBeVisible();
  await expect(page).toHaveURL(/filter=fn%3Aresize/u);
  await page.reload();
  await expect(filterField(page)).toHaveValue(/fn:resize/u);
  await expect(row(page, "Invocations", /resize/u)).toBeVisible();
  await expect(row(page, "Invocations", /hello/u)).toBeHidden();
});

test("a term waits for its value while values are offered, and is no error before", async ({ page }) => {
  const asked: string[] = [];
  page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => asked.push(String(payload))));
  await page.reload();
  await expect(row(page, "Invocations", /hello/u)).toBeVisible();
  const options = page.getByRole("listbox", { name: "Completions" });
  await filterField(page).pressSequentially("f");
  await expect(options.getByRole("option", { name: /^fn/u }).first()).toBeVisible();
  await page.keyboard.type("n:");
  await expect(options.getByRole("option", { name: /^resize/u })).toBeVisible();
  // More than the pause after which a filter is applied.
  await page.waitForTimeout(500);
  expect(asked.filter((message) => message.includes('"fn:"'))).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(filterField(page)).toHaveAttribute("aria-invalid", "true");
});

test("a letter that is typed just as the filter is applied stays", async ({ page }) => {
  await expect(row(page, "Invocations", /hello/u)).toBeVisible();
  // The next letter comes right after the pause in which "fn:re" was handed on, before the page shows that.
  await page.evaluate(() => {
    const { setTimeout: set } = window;
    const type = (text: string) => {
      const field = document.querySelector("[role=combobox]");
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(field, text);
      field?.dispatchEvent(new Event("input", { bubbles: true }));
    };
    window.setTimeout = Object.assign((run: () => void, delay?: number) => {
      if (delay !== 150) {
        return set(run, delay);
      }
      window.setTimeout = set;
      return set(() => {
        run();
        type("fn:resize");
      }, delay);
    }, set);
    type("fn:re");
  });
  await expect(filterField(page)).toHaveValue("fn:resize");
  await expect(row(page, "Invocations", /hello/u)).toBeHidden();
  await expect(row(page, "Invocations", /resize/u)).toBeVisible();
  await expect(page).toHaveURL(/filter=fn%3Aresize/u);
});

test("a filter with an error is underlined and explained, and the last result stays", async ({ page }) => {
  await expect(row(page, "Invocations", /hello/u)).toBeVisible();
  await filterField(page).fill("fn:resize");
  await expect(row(page, "Invocations", /hello/u)).toBeHidden();
  await filterField(page).pressSequentially(" dur:>soon");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(filterField(page)).toHaveAttribute("aria-invalid", "true");
  await expect(filterField(page)).toHaveAccessibleDescription(/.+/u);
  await expect(page.getByRole("search").locator("mark")).not.toBeEmpty();
  await expect(row(page, "Invocations", /resize/u)).toBeVisible();
  await expect(row(page, "Invocations", /hello/u)).toBeHidden();
});

test("a filter that nothing passes says how much is hidden and how to see it again", async ({ page }) => {
  await filterField(page).fill("fn:nobody");
  const main = page.getByRole("main", { name: "Invocations" });
  await expect(main.getByRole("heading", { name: "Nothing passes the filter" })).toBeVisible();
  await expect(main.getByText(/\d+ invocations are hidden/u)).toBeVisible();
  await main.getByRole("button", { name: "Clear the filter" }).click();
  await expect(row(page, "Invocations", /hello/u)).toBeVisible();
});

test("the slowest come first by a column's head and by its key, as the address says, until the newest is followed", async ({
  page,
}) => {
  const heading = grid(page, "Invocations").getByRole("columnheader", { name: "Duration" });
  await heading.getByRole("button").focus();
  await page.keyboard.press("Enter");
  await expect(heading).toHaveAttribute("aria-sort", "descending");
  const first = grid(page, "Invocations").locator('[aria-rowindex="2"]');
  await expect(first).toContainText(/slow|resize|connect|index|load/u);
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

test("Back brings the order of the list again, though the newest row was followed meanwhile", async ({ page }) => {
  const heading = grid(page, "Invocations").getByRole("columnheader", { name: "Duration" });
  await heading.getByRole("button").click();
  await expect(heading).toHaveAttribute("aria-sort", "descending");
  const views = page.getByRole("navigation", { name: "Views" });
  await views.getByRole("link", { name: "Messages" }).click();
  await page.getByRole("button", { name: /^Follow/u }).click();
  await views.getByRole("link", { name: "Invocations" }).click();
  await expect(heading).toHaveAttribute("aria-sort", "none");
  await page.goBack();
  await page.goBack();
  await expect(heading).toHaveAttribute("aria-sort", "descending");
  await expect(page).toHaveURL(/[?&]sort=-duration/u);
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
  await expect(passing(page)).toHaveText(/\d+/u);
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
  const name = crypto.randomUUID();
  await filterField(page).fill(`fn:hello ${name}`);
  const call = () => fetch(`${demo.http}/api/hello?name=${name}`);
  await Promise.all(Array.from({ length: 30 }, call));
  const list = grid(page, "Invocations");
  // Without the filter there may be as many.
  await expect(passing(page)).toHaveText("30 rows");
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
  await expect(passing(page)).toHaveText("40 rows");
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

test("a row's menu leaves only its function, or all others, and copies: by the mouse and by keys alone", async ({
  page,
}) => {
  // The newest rows are in sight, however many there are by now.
  await fetch(`${demo.http}/api/hello?name=Ada`);
  await fetch(`${demo.http}/api/slow?ms=1100`);
  const list = grid(page, "Invocations");
  const slow = list.getByRole("row", { name: /slow .*ms=1100/u }).first();
  await slow.getByRole("gridcell").nth(1).click({ button: "right" });
  const menu = page.getByRole("menu", { name: "What this row says" });
  await expect(menu.getByRole("menuitem", { name: "Only Function slow" })).toBeFocused();
  await menu.getByRole("menuitem", { name: "Only Function slow" }).click();
  await expect(filterField(page)).toHaveValue("fn:slow");
  await expect(menu).toBeHidden();
  await expect(list.getByRole("row", { name: /hello/u })).toHaveCount(0);
  // By keys: "not" of the same value takes the other's place.
  await slow.click();
  await page.keyboard.press("Shift+F10");
  await expect(menu).toBeVisible();
  for (let presses = 0; presses < 12; presses += 1) {
    if (
      await menu
        .getByRole("menuitem", { name: "Only Function slow" })
        .evaluate((item) => item === document.activeElement)
    ) {
      break;
    }
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("ArrowRight");
  await expect(menu.getByRole("menuitem", { name: "Not Function slow" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(filterField(page)).toHaveValue("-fn:slow");
  await expect(list.getByRole("row", { name: /hello/u }).first()).toBeVisible();
  await expect(list.getByRole("row", { name: /slow .*ms=1100/u })).toHaveCount(0);
  // Escape closes the menu and nothing else; the list has the focus again.
  await list.getByRole("row", { name: /hello/u }).first().click();
  await page.keyboard.press("m");
  await expect(menu).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(menu).toBeHidden();
  await expect(page.getByRole("tabpanel")).toBeVisible();
  await list.getByRole("button", { name: "What this row says" }).click();
  await expect(menu).toBeVisible();
  // Of a row that is still being fetched it opens as soon as that is there.
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(/api\/messages\?/u, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`${demo.ui}&view=messages&filter=kind:invocation_request`);
  await grid(page, "Messages").locator("[aria-busy=true]").last().click({ button: "right" });
  release();
  await expect(menu.getByRole("menuitem", { name: "Only Kind invocation_request" })).toBeVisible();
});

test("columns are hidden, brought back and made wider, by the mouse and by keys, and stay so after a reload", async ({
  page,
}) => {
  const list = grid(page, "Invocations");
  const heading = (name: string) => list.getByRole("columnheader", { name, exact: true });
  const widthOf = async (name: string) => (await heading(name).boundingBox())?.width ?? 0;
  await expect(heading("Trigger")).toBeVisible();
  await list.focus();
  await page.keyboard.press("Shift+M");
  const menu = page.getByRole("menu", { name: "Columns" });
  await expect(menu.getByRole("menuitemcheckbox", { name: "Time, s" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(menu.getByRole("menuitemcheckbox", { name: "Trigger" })).toHaveAttribute("aria-checked", "false");
  await expect(heading("Trigger")).toHaveCount(0);
  const before = await widthOf("Duration");
  await menu.getByRole("menuitem", { name: "Duration wider" }).click();
  await expect.poll(() => widthOf("Duration")).toBe(before + 16);
  await expectNoViolations(page, "the menu of columns");
  await page.keyboard.press("Escape");
  await expect(menu).toBeHidden();
  const edge = await heading("Function").boundingBox();
  if (edge === null) {
    throw new Error("the heading has no place");
  }
  const at = { x: edge.x + edge.width + 6, y: edge.y + 10 };
  await page.mouse.move(at.x, at.y);
  await page.mouse.down();
  await page.mouse.move(at.x + 20, at.y, { steps: 3 });
  await page.mouse.move(at.x + 30, at.y);
  await page.mouse.up();
  await expect.poll(async () => Math.round((await widthOf("Function")) - edge.width)).toBe(30);
  await page.reload();
  await expect(heading("Duration")).toBeVisible();
  await expect(heading("Trigger")).toHaveCount(0);
  expect(Math.round((await widthOf("Function")) - edge.width)).toBe(30);
  await page.mouse.dblclick(at.x + 30, at.y);
  await expect.poll(() => widthOf("Function")).not.toBe(edge.width + 30);
  await heading("Status").click({ button: "right" });
  await menu.getByRole("menuitem", { name: "The usual columns and widths" }).click();
  await expect(heading("Trigger")).toBeVisible();
  await expect.poll(() => widthOf("Duration")).toBe(before);
  // What a narrow window leaves out is said to be so, and is there again in a wide one.
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(heading("Time, s")).toHaveCount(0);
  await expect(menu.getByRole("menuitemcheckbox", { name: "Time, s no room now" })).toBeVisible();
  await page.setViewportSize({ width: 1440, height: 900 });
  await expect(heading("Time, s")).toBeVisible();
});

test("what the facets count is what passes when one is clicked", async ({ page }) => {
  await page.getByRole("button", { name: "Facets" }).click();
  const facets = page.getByRole("region", { name: "Facets", exact: true });
  const hello = facets.getByRole("button", { name: /^hello \d+$/u });
  const count = Number((await hello.textContent())?.match(/\d+$/u)?.[0]);
  await hello.click();
  await expect(filterField(page)).toHaveValue("fn:hello");
  await expect(passing(page)).toHaveText(count === 1 ? "1 row" : `${count} rows`);
  await expect(hello).toHaveAttribute("aria-pressed", "true");
  await expect(facets.getByText(/^Of /u)).toHaveText(`Of ${count === 1 ? "1 row" : `${count} rows`}`);
  await facets.getByRole("button", { name: "Not hello" }).click();
  await expect(filterField(page)).toHaveValue("-fn:hello");
  await page.keyboard.press("Escape");
  await expect(facets).toBeHidden();
});
