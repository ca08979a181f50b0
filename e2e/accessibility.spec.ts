/** axe finds nothing on any view, in either theme, wide and narrow, with and without something open. */
import { expect, type Locator, type Page, test } from "@playwright/test";
import {
  type InspectorProcess,
  startInspector,
  type TemporaryFolder,
  temporaryFolder,
  WITHOUT_TIMER,
} from "./inspector-process.ts";
import { ALL_LOOKS, expectNoViolations } from "./no-violations.ts";

let state: TemporaryFolder;
let demo: InspectorProcess;

test.beforeAll(async () => {
  state = temporaryFolder();
  demo = await startInspector(["demo", "--quiet"], state.path, WITHOUT_TIMER);
  if (!("http" in demo)) {
    throw new Error("the demo tells no address");
  }
  await fetch(`${demo.http}/api/hello?name=Ada`);
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

async function openView(page: Page, title: string): Promise<void> {
  await page.goto(demo.ui);
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: title }).click();
  await expect(page.getByRole("grid", { name: title }).getByRole("row").nth(1)).toBeVisible();
}

/** Opens a row of a list that may still be changing beneath it. */
async function openRow(page: Page, row: Locator): Promise<void> {
  await expect(async () => {
    await row.first().click();
    await expect(page.getByRole("tabpanel")).toBeVisible({ timeout: 2_000 });
  }).toPass();
}

for (const view of ["Invocations", "Messages", "Logs", "Functions", "Workers", "Problems", "Sessions"]) {
  test(`${view}, with nothing selected`, async ({ page }) => {
    await openView(page, view);
    await expectNoViolations(page, view, { looks: ALL_LOOKS });
  });
}

test("the budgets", async ({ page }) => {
  await openView(page, "Invocations");
  await page.getByRole("button", { name: "Budgets" }).click();
  await expect(page.getByRole("table", { name: "Budgets" }).getByRole("row").nth(3)).toBeVisible();
  await expectNoViolations(page, "Budgets", { looks: ALL_LOOKS });
});

test("Invocations, with a failed one open at each of its tabs", async ({ page }) => {
  await openView(page, "Invocations");
  await page.getByRole("combobox", { name: "Filter" }).fill("fn:resize");
  await openRow(page, page.getByRole("row", { name: /resize.*needs/u }));
  await expectNoViolations(page, "Invocations, one open", { looks: ALL_LOOKS });
  for (const tab of ["Response", "Logs", "Timing", "Messages", "Raw"]) {
    await showTab(page, tab);
    await expectNoViolations(page, `Invocations, ${tab}`, { within: '[role="tabpanel"]' });
  }
});

test("Messages, with one open at each of its tabs", async ({ page }) => {
  await openView(page, "Messages");
  // So that it is in sight, whatever came before and after it.
  await page.getByRole("combobox", { name: "Filter" }).fill("fn:hello");
  await openRow(page, page.getByRole("row", { name: /invocation_request.*hello/u }));
  await expectNoViolations(page, "Messages, one open", { looks: ALL_LOOKS });
  for (const tab of ["JSON", "Raw"]) {
    await showTab(page, tab);
    await expectNoViolations(page, `Messages, ${tab}`, { within: '[role="tabpanel"]' });
  }
});

async function showTab(page: Page, title: string): Promise<void> {
  const tab = page.getByRole("tab", { name: new RegExp(`^${title}`, "u") });
  await tab.click();
  await expect(tab).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("tabpanel")).not.toBeEmpty();
}

for (const { view, name, pane } of [
  { view: "Functions", name: /resize/u, pane: "Function" },
  { view: "Workers", name: /node/u, pane: /^Worker / },
  { view: "Problems", name: /resize|alps/u, pane: "Selected problem" },
]) {
  test(`${view}, with one open`, async ({ page }) => {
    await openView(page, view);
    await page.getByRole("grid", { name: view }).getByRole("row", { name }).first().click();
    await expect(page.getByRole("region", { name: pane }).first()).toBeVisible();
    await expectNoViolations(page, `${view}, one open`, { looks: ALL_LOOKS });
  });
}

test("two sessions side by side, and the question before one is deleted", async ({ page }) => {
  const other = await startInspector(["demo", "--quiet"], state.path);
  await other.stop();
  await openView(page, "Sessions");
  for (const box of [0, 1]) {
    await page.getByRole("checkbox").nth(box).check();
  }
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page.getByRole("table", { name: "Functions" })).toBeVisible();
  await expectNoViolations(page, "Comparison", { within: "main" });
  await page.getByRole("button", { name: "Sessions" }).click();
  await page
    .getByRole("grid", { name: "Sessions" })
    .getByRole("row")
    .filter({ hasNotText: "recording" })
    .last()
    .click();
  await page.keyboard.press("Delete");
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectNoViolations(page, "Delete", { within: "dialog[open]" });
});

async function openHello(page: Page): Promise<void> {
  await openView(page, "Invocations");
  // So that it is in sight, whatever came before and after it.
  await page.getByRole("combobox", { name: "Filter" }).fill("fn:hello");
  await openRow(page, page.getByRole("row", { name: /hello(?!.*replay).*Ada/u }));
}

for (const editor of ["form", "JSON"]) {
  test(`a replay as ${editor}, with its answer beside the recorded one`, async ({ page }) => {
    await openHello(page);
    await page.keyboard.press("e");
    const replay = page.getByRole("region", { name: "Replay", exact: true });
    if (editor === "form") {
      await replay.getByRole("textbox", { name: "Value of query parameter name" }).fill("Grace");
    }
    await replay.getByRole("button", { name: editor, exact: true }).click();
    await page.keyboard.press("Control+Enter");
    await expect(replay.getByRole("heading", { name: "Recorded and replayed answer" })).toBeVisible();
    await expectNoViolations(page, `Replay, ${editor}`, { within: '[aria-label="Invocation"]' });
  });
}

test("a replay that is sent many times", async ({ page }) => {
  await openHello(page);
  await page.keyboard.press("r");
  const replay = page.getByRole("region", { name: "Replay", exact: true });
  await replay.getByRole("spinbutton", { name: "Times" }).fill("5");
  await replay.getByRole("button", { name: /^Send/u }).click();
  await expect(replay.getByText(/^5 answers compared/u)).toBeVisible();
  await expectNoViolations(page, "Replays", { within: '[aria-label="Invocation"]' });
});

test("Holds, with nothing held, with a message held, and with an answer in its place", async ({ page }) => {
  await openView(page, "Invocations");
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Holds" }).click();
  await expect(page.getByText("No rule holds messages")).toBeVisible();
  await expectNoViolations(page, "Holds, nothing held", { within: "main" });
  await page.getByRole("combobox", { name: "Function" }).selectOption("hello");
  await page.getByRole("button", { name: "Hold", exact: true }).click();
  await expect(page.getByRole("list", { name: "Hold rules" })).toBeVisible();
  const answer = fetch(`${demo.http}/api/hello?name=Grace`);
  const held = page.getByRole("region", { name: "Held message" });
  await expect(held.getByRole("textbox", { name: "URL" })).toBeVisible();
  await expectNoViolations(page, "Holds, one held", { looks: ALL_LOOKS });
  await held.getByRole("button", { name: "an answer in its place" }).click();
  await expect(held.getByRole("textbox", { name: "Status" })).toBeVisible();
  await expectNoViolations(page, "Holds, an answer", { within: "main" });
  await held.getByRole("button", { name: "the message", exact: true }).click();
  await held
    .getByRole("button", { name: /^Release/u })
    .first()
    .click();
  await answer;
  await page.getByRole("button", { name: /^Stop holding/u }).click();
  await expect(page.getByText("No rule holds messages")).toBeVisible();
});

test("the filter with completions, with an error, and with nothing that passes", async ({ page }) => {
  await openView(page, "Invocations");
  const field = page.getByRole("combobox", { name: "Filter" });
  await field.pressSequentially("fn:");
  await expect(page.getByRole("option").first()).toBeVisible();
  await expectNoViolations(page, "Completions");
  await field.fill("dur:>soon");
  await field.press("Escape");
  await expect(page.getByRole("alert")).toBeVisible();
  await expectNoViolations(page, "An error", { within: "main" });
  await field.fill("fn:nobody");
  await field.press("Escape");
  await expect(page.getByText("Nothing passes the filter")).toBeVisible();
  await expectNoViolations(page, "Nothing passes", { within: "main" });
});

test("the menu of a row, and the facets", async ({ page }) => {
  await openView(page, "Messages");
  const row = page.getByRole("row", { name: /start_stream/u }).first();
  await page.getByRole("combobox", { name: "Filter" }).fill("kind:start_stream");
  await openRow(page, row);
  await page.keyboard.press("Shift+F10");
  await expect(page.getByRole("menu", { name: "What this row says" })).toBeVisible();
  await expectNoViolations(page, "The menu of a row", { looks: ALL_LOOKS });
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Facets" }).click();
  await expect(page.getByRole("region", { name: "Facets" }).getByRole("heading", { name: "Kind" })).toBeVisible();
  await expectNoViolations(page, "Facets", { looks: ALL_LOOKS });
});

test("the commands and the list of keys", async ({ page }) => {
  await openView(page, "Invocations");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", { name: "Commands" })).toBeVisible();
  await expectNoViolations(page, "Commands", { within: "dialog[open]" });
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard" })).toBeVisible();
  await expectNoViolations(page, "Keyboard", { within: "dialog[open]" });
});

test("a page that waits for a worker", async ({ page }) => {
  const empty = await startInspector(["--listen", "0", "--upstream", "127.0.0.1:1"], state.path);
  await page.goto(empty.ui);
  await expect(page.getByRole("heading", { name: /Waiting for a worker/u })).toBeVisible();
  await expectNoViolations(page, "Waiting");
  await empty.stop();
});
