/** What somebody finds in the demo who has never seen the protocol, click by click, and any two calls beside each other. */
import type { FunctionTotal } from "@inspector/contract/page";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { askHub } from "./hub-api.ts";
import {
  type InspectorProcess,
  startInspector,
  type TemporaryFolder,
  temporaryFolder,
  WITHOUT_TIMER,
} from "./inspector-process.ts";
import { expectNoViolations } from "./no-violations.ts";
import { filterField, grid, row } from "./workbench-page.ts";

let state: TemporaryFolder;
let demo: InspectorProcess;

test.beforeAll(async () => {
  state = temporaryFolder();
  demo = await startInspector(["demo", "--quiet"], state.path, WITHOUT_TIMER);
  const began = performance.now();
  await resize("lake.jpg", 800);
  await resize("alps.jpg", 9000);
  await fetch(`${demo.http}/api/hello?name=Ada`);
  // Longer than any of these took, however busy the machine is.
  await fetch(`${demo.http}/api/slow?ms=${Math.ceil(Math.max(1100, performance.now() - began))}`);
  await resize("alps.jpg", 9500);
});

test.afterAll(async () => {
  await demo.stop();
  state.remove();
});

/** Asks for a picture to be scaled, and waits until somebody tried. */
async function resize(picture: string, width: number): Promise<void> {
  const before = await countResized();
  await fetch(`${demo.http}/admin/functions/resize`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ input: JSON.stringify({ picture, width, height: 6000 }) }),
  });
  await expect.poll(countResized, { timeout: 60_000 }).toBeGreaterThan(before);
}

async function countResized(): Promise<number> {
  const totals = await askHub<readonly FunctionTotal[]>(demo, "GET", "/api/functions/totals");
  const found = totals.find(({ name }) => name === "resize");
  return found === undefined ? 0 : found.calls - found.inFlight;
}

async function openView(page: Page, title: string): Promise<void> {
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: title }).click();
}

function compared(page: Page): Locator {
  return page.getByRole("region", { name: "Compare", exact: true });
}

/** Only the calls of a function are listed, which no timer moves. */
async function showCalls(page: Page, filter: string): Promise<void> {
  await page.goto(demo.ui);
  await filterField(page).fill(filter);
  await filterField(page).press("Escape");
}

test("which function failed, why, when first and how often, and what is other than in the last good call", async ({
  page,
}) => {
  await page.goto(demo.ui);
  await openView(page, "Functions");
  await expect(row(page, "Functions", /resize.*2\s*67/u)).toBeVisible();
  await row(page, "Functions", /resize/u).click();
  const error = page.getByRole("table", { name: /^Errors/u }).getByRole("row", { name: /alps\.jpg needs/u });
  await expect(error.getByRole("cell").nth(1)).toHaveText("2");
  const times = error.getByRole("button", { name: /^\d\d:\d\d:\d\d/u });
  await expect(times).toHaveCount(2);
  await times.last().click();
  const pane = page.getByRole("region", { name: "Invocation", exact: true });
  await expect(pane.getByRole("note").first()).toContainText("needs 57,000,000 pixels");
  await pane.getByRole("button", { name: "Compare with the last good call" }).click();
  const inputs = compared(page).getByRole("table", { name: "Differences of the inputs" });
  await expect(inputs.getByRole("row", { name: /^inputs\..*\.width.* 800 .*9500/u })).toBeVisible();
  const answers = compared(page).getByRole("table", { name: "Differences", exact: true });
  await expect(answers.getByRole("row", { name: /^status .*Success .*Failure/u })).toBeVisible();
  await expect(compared(page).getByRole("region", { name: /^Time of/u })).toHaveCount(2);
  await expectNoViolations(page, "Compare", { within: '[aria-label="Invocation"]' });
});

test("which function is slow, and where its time goes", async ({ page }) => {
  await page.goto(demo.ui);
  await openView(page, "Functions");
  await page.getByRole("button", { name: "p95" }).click();
  await expect(grid(page, "Functions").getByRole("row").nth(1)).toContainText("slow");
  await row(page, "Functions", /slow/u).click();
  await page.getByRole("button", { name: "Show its invocations" }).click();
  await row(page, "Invocations", /GET \/api\/slow/u).click();
  await page.getByRole("tab", { name: "Timing" }).click();
  const timing = page.getByRole("region", { name: "Timing" });
  await expect(timing.getByRole("heading", { name: "Where the time went" })).toBeVisible();
  await expect(timing.getByText(/^after “.+”$/u).first()).toBeVisible();
});

test("what the worker declared: routes, schedules, queues and capabilities", async ({ page }) => {
  await page.goto(demo.ui);
  await openView(page, "Functions");
  const about = page.getByRole("region", { name: "Function", exact: true });
  for (const [name, facts] of [
    ["hello", /GET, POST hello/u],
    ["cleanup", /\*\/10 \* \* \* \* \*/u],
    ["resize", /resize-jobs/u],
  ] as const) {
    await row(page, "Functions", new RegExp(name, "u")).click();
    await expect(about).toContainText(facts);
  }
  await openView(page, "Workers");
  await row(page, "Workers", /node/u).click();
  await expect(page.getByRole("row", { name: /HandlesWorkerTerminateMessage/u }).first()).toBeVisible();
});

test("two chosen calls are compared: by Ctrl+click, by keys alone, and by a link to the pair", async ({ page }) => {
  await showCalls(page, "fn:hello OR fn:slow");
  await row(page, "Invocations", /GET \/api\/slow/u).click();
  await row(page, "Invocations", /GET \/api\/hello/u).click({ modifiers: ["Control"] });
  const calls = compared(page).getByRole("list", { name: "Compared calls" });
  await expect(calls.getByRole("listitem").first()).toContainText("hello");
  await expect(calls.getByRole("listitem").last()).toContainText("slow");
  await expect(row(page, "Invocations", /slow/u)).toHaveAttribute("aria-selected", "true");
  await expect(row(page, "Invocations", /hello.*compared/u)).toBeVisible();
  await expect(page).toHaveURL(/invocation=\d+.*with=\d+/u);

  await page.goto(page.url());
  await expect(calls.getByRole("listitem").first()).toContainText("hello");
  // A key is of a call as soon as its row is there.
  await expect(row(page, "Invocations", /slow/u)).toBeVisible();

  await page.keyboard.press("Escape");
  await page.keyboard.press("x");
  const note = page.getByRole("status").filter({ hasText: "is marked" });
  await expect(note).toContainText(/slow #\d+ is marked: select another call/u);
  await page.keyboard.press("k");
  await page.keyboard.press("c");
  await expect(calls.getByRole("listitem").first()).toContainText("hello");
  await expect(calls.getByRole("listitem").last()).toContainText("slow");
  await page.getByRole("button", { name: "Unmark" }).click();
  await expect(note).toBeHidden();
});

test("where there is nothing to compare with, the page says what is missing", async ({ page }) => {
  await showCalls(page, "fn:hello");
  await row(page, "Invocations", /GET \/api\/hello/u).click();
  await page.getByRole("tab", { name: "Compare" }).click();
  await expect(compared(page)).toContainText("No call of hello after this one failed.");
  await expect(compared(page)).toContainText("Ctrl+click it in the list");
  await expectNoViolations(page, "nothing to compare with", { within: '[aria-label="Invocation"]' });
  const link = new URL(page.url());
  link.searchParams.set("with", "999999");
  await page.goto(link.href);
  await expect(compared(page)).toContainText("There is no invocation or step 999999 in this session");
  link.searchParams.set("with", "1");
  await page.goto(link.href);
  await expect(compared(page)).toContainText("#1 is a step of a worker's start");
});
