/** What the page says where something is missing, odd or away. One session with odd messages serves all of these tests. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, type Page, test } from "@playwright/test";
import { type TemporaryFolder, temporaryFolder } from "./inspector-process.ts";
import { openView, row } from "./replay-page.ts";
import { call, httpAnswer, type SpokenScene, startSpokenScene, startUp } from "./spoken-scene.ts";

let state: TemporaryFolder;
let scene: SpokenScene;

test.beforeAll(async () => {
  state = temporaryFolder();
  const folder = join(state.path, "inspector", "sessions");
  mkdirSync(folder, { recursive: true });
  const kept = new URL("../packages/session/fixtures/v7.inspector.gz", import.meta.url);
  writeFileSync(join(folder, "kept.inspector"), gunzipSync(readFileSync(kept)));
  scene = await startSpokenScene(state.path, [
    ...startUp(["create", "crash"]),
    ...call("create", "good", httpAnswer(200), ["\u001b[31mred\u001b[0m pass\u200bword  "]),
    ...call("create", "broken", httpAnswer(500)),
    ...call("crash", "silent", { result: { status: "Failure", exception: { message: "" } } }),
  ]);
});

test.afterAll(async () => {
  await scene.end();
  state.remove();
});

test.beforeEach(async ({ page }) => {
  await page.goto(scene.inspector.ui);
  await expect(row(page, /create/u).first()).toBeVisible();
});

/** Nothing of the inspector reaches the page until the answer is called: its socket is given up when it asks. */
async function takeAway(page: Page): Promise<() => Promise<void>> {
  await page.route("**/*", (route) => route.abort());
  await expect(page.getByRole("banner").getByText(/^Inspector away since/u)).toBeVisible();
  return () => page.unroute("**/*");
}

test("a view whose part of the page does not come says so in its place, and comes by itself", async ({ page }) => {
  await page.route("**/assets/WorkersView*", (route) => route.abort());
  await page.reload();
  await openView(page, "Workers");
  const missing = page.getByRole("alert").filter({ hasText: "shows workers did not load" });
  await expect(missing).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Views" })).toBeVisible();
  await missing.getByRole("button", { name: "Try again" }).click();
  await expect(missing).toBeVisible();
  await openView(page, "Functions");
  await expect(page.getByRole("grid", { name: "Functions" })).toBeVisible();
  await openView(page, "Workers");
  await page.unroute("**/assets/WorkersView*");
  await expect(page.getByRole("grid", { name: "Workers" })).toBeVisible();
  // Its style sheet came as well, though the first attempt had asked for it in vain.
  await expect(page.locator('link[rel="stylesheet"][href*="WorkersView"]')).toHaveCount(1);
});

test("a dialog whose part of the page does not come opens by itself when it does", async ({ page }) => {
  await page.route("**/assets/ExportDialog*", (route) => route.abort());
  const failed = page.waitForEvent("requestfailed", (request) => request.url().includes("ExportDialog"));
  await page.getByRole("button", { name: "Export…" }).click();
  await failed;
  await page.unroute("**/assets/ExportDialog*");
  await expect(page.getByRole("dialog", { name: "Export" })).toBeVisible();
});

test("an invocation that cannot be drawn leaves the next one as it is", async ({ page }) => {
  await row(page, /create.*200/u).click();
  await expect(page).toHaveURL(/[?&]invocation=\d/u);
  const odd = new URL(page.url()).searchParams.get("invocation");
  await page.route(`**/invocations/${odd}*`, async (route) => {
    const detail = await (await route.fetch()).json();
    await route.fulfill({ json: { ...detail, others: "odd" } });
  });
  await page.reload();
  await expect(page.getByRole("alert").filter({ hasText: "The page failed to show the invocation" })).toBeVisible();
  await row(page, /create.*500/u).click();
  await expect(page.getByRole("region", { name: "Invocation", exact: true })).toContainText("500");
});

/** The longest words that header and footer have push no button out of its line. */
async function expectToFitPhone(page: Page): Promise<void> {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 844 });
  const banner = page.getByRole("banner");
  for (const name of [/^Follow/u, "Export…", /^Theme/u, "Keyboard shortcuts"]) {
    await expect
      .poll(async () => {
        const [brand, button] = await Promise.all([
          banner.getByRole("heading").boundingBox(),
          banner.getByRole("button", { name }).boundingBox(),
        ]);
        return brand !== null && button !== null && button.y < brand.y + brand.height;
      })
      .toBe(true);
  }
  await expect(page.getByRole("button", { name: "Budgets" })).toBeInViewport({ ratio: 1 });
  await expect(page.getByText("all keys", { exact: true })).toBeHidden();
  await page.setViewportSize(before ?? { width: 1440, height: 900 });
}

test("while the inspector is away nothing passes for the present, in header, footer and views", async ({ page }) => {
  await expect(page.getByRole("list", { name: "Workers" })).toHaveText("node ready");
  // What is fetched while the page is idle ends with the last view.
  await page.waitForFunction(() =>
    performance.getEntriesByType("resource").some(({ name }) => /SessionsView.*js/u.test(name)),
  );
  const comeBack = await takeAway(page);
  await expect(page.getByRole("list", { name: "Workers" })).toHaveText("node was ready");
  await expect(page.getByRole("contentinfo")).toContainText("the inspector is away since");
  await expect(page.getByText(/up to date|no gaps/u)).toHaveCount(0);
  await expectToFitPhone(page);
  const field = page.getByRole("combobox", { name: "Filter" });
  await field.fill("fn:nobody");
  await field.press("Escape");
  await expect(page.getByText(/it has not said what passes the filter/u)).toBeVisible();
  await expect(page.getByText("Nothing passes the filter")).toHaveCount(0);
  await expect(row(page, /create/u).first()).toBeVisible();
  await field.fill("");
  await openView(page, "Messages");
  await expect(page.getByRole("heading", { name: /^The inspector is away since/u })).toBeVisible();
  await openView(page, "Functions");
  await expect(page.getByText(/The inspector is away since|does not answer/u).first()).toBeVisible();
  await openView(page, "Holds");
  await expect(page.getByRole("button", { name: "Hold", exact: true })).toBeDisabled();
  await expect(page.getByText(/all of them pass as they come/u)).toHaveCount(0);
  await comeBack();
  await expect(page.getByRole("list", { name: "Workers" })).toHaveText("node ready");
  await openView(page, "Messages");
  await expect(page.getByRole("grid", { name: "Messages" }).getByRole("row").nth(1)).toBeVisible();
});

test("the holds of a session that is over act on nothing, and lead to those of the recording that runs", async ({
  page,
}) => {
  await page.goto(new URL("/?session=kept&view=holds&item=hello", scene.inspector.ui).href);
  await expect(page.getByRole("heading", { name: "This session is over: nothing of it can be held" })).toBeVisible();
  await expect(page.getByRole("form", { name: "Hold messages" })).toHaveCount(0);
  await expect(page.getByText(`on ${scene.inspector.listen}`)).toBeVisible();
  await page.getByRole("link", { name: "Go to its holds" }).click();
  await expect(page.getByRole("form", { name: "Hold messages" })).toBeVisible();
  expect(new URL(page.url()).searchParams.get("session")).toBeNull();
});

test("a link reproduces the open tab, and one to an invocation that is not there says so", async ({ page }) => {
  await row(page, /create/u)
    .first()
    .click();
  await page.getByRole("tab", { name: "Timing" }).click();
  await expect(page).toHaveURL(/[?&]tab=timing/u);
  await page.reload();
  await expect(page.getByRole("tab", { name: "Timing" })).toHaveAttribute("aria-selected", "true");
  await page.goto(new URL("/?invocation=999999", scene.inspector.ui).href);
  await expect(page.getByRole("alert").filter({ hasText: "There is no invocation or step 999999" })).toBeVisible();
  await expect(page.getByRole("tab")).toHaveCount(0);
});

test("a failure without a word says that it has none", async ({ page }) => {
  const failed = row(page, /crash/u).first();
  await expect(failed).toContainText("failed");
  await failed.click();
  await expect(page.getByRole("note").filter({ hasText: "It failed without saying why." })).toBeVisible();
});

test("an HTTP status of 500 counts as a failure in filter, buttons, keys and Functions, beside the worker's Success", async ({
  page,
}) => {
  await page.getByRole("group", { name: "Frequent filters" }).getByRole("button", { name: "5xx 1" }).click();
  await expect(page.getByRole("combobox", { name: "Filter" })).toHaveValue("http:5xx");
  const broken = row(page, /create.*500/u);
  await expect(broken).toBeVisible();
  await expect(page.getByRole("search").getByRole("status")).toHaveText("1 row");
  await page.getByRole("combobox", { name: "Filter" }).fill("status:>=400 -status:404");
  await expect(broken).toBeVisible();
  await page.getByRole("combobox", { name: "Filter" }).fill("");
  await row(page, /create.*200/u).click();
  await page.keyboard.press("f");
  await page.getByRole("tab", { name: "Response" }).click();
  await expect(page.getByText("HTTP 500").first()).toBeVisible();
  await expect(page.getByText("Success, says the worker")).toBeVisible();
  const strip = page.getByRole("note").filter({ hasText: "It answered with HTTP 500, though its worker calls it a" });
  await strip.getByRole("button", { name: "Compare with the last good call" }).click();
  await expect(page.getByRole("tab", { name: "Compare", selected: true })).toBeVisible();
  // It is said above every tab, and where the two stand beside each other nothing leads there.
  await expect(strip).toBeVisible();
  await expect(strip.getByRole("button", { name: "Compare with the last good call" })).toBeHidden();
  await openView(page, "Functions");
  await expect(page.getByRole("grid", { name: "Functions" }).getByRole("row", { name: /create/u })).toContainText(
    "5xx",
  );
});

test("a log shows a terminal's colours, blanks at its end and what has no width, and what was sent on demand", async ({
  page,
}) => {
  await row(page, /create.*200/u).click();
  await page.getByRole("tab", { name: "Logs" }).click();
  const log = page.getByRole("listbox", { name: "Logs" }).getByRole("option").first();
  await expect(log).toContainText("red pass<U+200B>word");
  await expect(log.locator('[data-ink="red"]')).toHaveText("red");
  await log.click();
  await expect(page.getByTitle("2 blanks").last()).toBeVisible();
  await page.getByRole("button", { name: "as sent" }).click();
  await expect(page.getByText("␛[31mred␛[0m pass<U+200B>word")).toBeVisible();
});

test("a filter that finds nothing offers what may have been meant, and one that cannot be read says whose rows are shown", async ({
  page,
}) => {
  const filter = page.getByRole("combobox", { name: "Filter" });
  await filter.fill("fn:cre");
  await page.getByRole("button", { name: "Use fn:cre*" }).click();
  await expect(filter).toHaveValue("fn:cre*");
  await expect(row(page, /create.*200/u)).toBeVisible();
  await filter.fill("fn:crash or fn:create");
  await page.getByRole("button", { name: "Use OR" }).click();
  await expect(row(page, /crash/u)).toBeVisible();
  await filter.fill("fn: crash");
  await filter.press("Escape");
  await expect(page.getByRole("alert").filter({ hasText: "No blank stands between them: fn:crash." })).toBeVisible();
  await expect(page.getByRole("note").filter({ hasText: "still of fn:crash OR fn:create" })).toBeVisible();
});
