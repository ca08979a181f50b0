/** What is typed in the holds: which form a key belongs to, and that it is still there when one comes back. */
import { expect, type Locator, type Page, test } from "@playwright/test";
import { stopHolding } from "./hub-api.ts";
import {
  type InspectorProcess,
  startInspector,
  type TemporaryFolder,
  temporaryFolder,
  WITHOUT_TIMER,
} from "./inspector-process.ts";
import { openView } from "./replay-page.ts";

let state: TemporaryFolder;
let demo: InspectorProcess;

test.beforeAll(async () => {
  state = temporaryFolder();
  demo = await startInspector(["demo", "--quiet"], state.path, WITHOUT_TIMER);
});

test.afterAll(async () => {
  await demo.stop();
  state.remove();
});

test.beforeEach(async ({ page }) => {
  await page.goto(demo.ui);
  await openView(page, "Holds");
});

test.afterEach(() => stopHolding(demo));

function hello(name: string): Promise<Response> {
  return fetch(`${demo.http}/api/hello?name=${name}`);
}

function rules(page: Page): Locator {
  return page.getByRole("list", { name: "Hold rules" }).locator("> li");
}

function heldList(page: Page): Locator {
  return page.getByRole("list", { name: "Held messages" }).getByRole("listitem");
}

function heldPane(page: Page): Locator {
  return page.getByRole("region", { name: "Held message" });
}

function answer(page: Page): Locator {
  return page.getByRole("region", { name: "The answer" });
}

async function holdHello(page: Page): Promise<void> {
  await page.getByRole("combobox", { name: "Function" }).selectOption("hello");
  await page.getByRole("button", { name: "Hold", exact: true }).click();
  await expect(rules(page)).toHaveCount(1);
}

test("Ctrl+Enter makes the rule that is being written, and releases what is held only from its own form; n goes on to the next", async ({
  page,
}) => {
  await holdHello(page);
  const answered = hello("Bob");
  await expect(heldPane(page).getByRole("textbox", { name: "URL" })).toHaveValue(/name=Bob$/u);
  await page.getByRole("textbox", { name: "Filter" }).fill("size:>1mb");
  await page.keyboard.press("Control+Enter");
  await expect(rules(page)).toHaveCount(2);
  await page.getByRole("button", { name: "answer in the worker's place" }).click();
  await answer(page).getByRole("textbox", { name: "Status" }).press("Control+Enter");
  await expect(rules(page)).toHaveCount(3);
  // The held message's own editor was made last, or this one: whoever has the focus is meant.
  await answer(page).getByRole("textbox", { name: "Body" }).focus();
  await page.keyboard.press("Control+Enter");
  await expect(rules(page)).toHaveCount(4);
  await expect(heldList(page)).toHaveCount(1);
  await heldPane(page).getByRole("textbox", { name: "Value of query parameter name" }).fill("Zoe");
  await page.keyboard.press("Control+Enter");
  expect(await (await answered).json()).toMatchObject({ message: expect.stringContaining("Zoe") });
  await expect(rules(page)).toHaveCount(4);
  // Step by step: one goes on, the next opens, and what comes later is held, too.
  const url = heldPane(page).getByRole("textbox", { name: "URL" });
  const ann = hello("Ann");
  await expect(url).toHaveValue(/name=Ann$/u);
  const eve = hello("Eve");
  await expect(heldList(page)).toHaveCount(2);
  await page.keyboard.press("n");
  expect((await ann).status).toBe(200);
  await expect(url).toHaveValue(/name=Eve$/u);
  await expect(heldPane(page)).toBeFocused();
  await page.keyboard.press("n");
  expect((await eve).status).toBe(200);
  await expect(page.getByRole("heading", { name: "Waiting for the next message" })).toBeVisible();
  const kim = hello("Kim");
  await expect(url).toHaveValue(/name=Kim$/u);
  await heldPane(page).getByRole("button", { name: "Release and hold the next" }).click();
  expect((await kim).status).toBe(200);
});

test("an edited held message is found as it was left, until its edits are undone", async ({ page }) => {
  await holdHello(page);
  const answered = hello("Bob");
  await expect(heldList(page)).toHaveCount(1);
  const others = hello("Carl");
  await expect(heldList(page)).toHaveCount(2);
  const name = heldPane(page).getByRole("textbox", { name: "Value of query parameter name" });
  await heldList(page).filter({ hasText: "Bob" }).getByRole("button").first().click();
  await name.fill("Zoe");
  await heldList(page).filter({ hasText: "Carl" }).getByRole("button").first().click();
  await expect(name).toHaveValue("Carl");
  await openView(page, "Workers");
  await openView(page, "Holds");
  await heldList(page).filter({ hasText: "Bob" }).getByRole("button").first().click();
  await expect(name).toHaveValue("Zoe");
  await heldPane(page).getByRole("button", { name: "Undo the edits" }).click();
  await expect(name).toHaveValue("Bob");
  await expect(heldPane(page).getByRole("button", { name: /^Release as/u })).toHaveCount(0);
  await name.fill("Yves");
  await heldPane(page).getByRole("button", { name: "Release as edited" }).click();
  expect(await (await answered).json()).toMatchObject({ message: expect.stringContaining("Yves") });
  await expect(heldList(page)).toHaveCount(1);
  await heldList(page).getByRole("button", { name: "Release hello" }).click();
  expect(await (await others).json()).toMatchObject({ message: expect.stringContaining("Carl") });
});

test("a rule that is being written is found as it was left, until it is made or discarded", async ({ page }) => {
  const filter = page.getByRole("textbox", { name: "Filter" });
  const status = answer(page).getByRole("textbox", { name: "Status" });
  await page.getByRole("combobox", { name: "Function" }).selectOption("hello");
  await filter.fill("size:>1mb");
  await page.getByRole("button", { name: "answer in the worker's place" }).click();
  await status.fill("418");
  await openView(page, "Invocations");
  await openView(page, "Holds");
  await expect(status).toHaveValue("418");
  await expect(filter).toHaveValue("size:>1mb");
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(page.getByRole("form", { name: "Hold messages" })).toBeVisible();
  await expect(filter).toHaveValue("");
  await filter.fill("size:>2mb");
  await page.keyboard.press("Enter");
  await expect(rules(page)).toHaveCount(1);
  await openView(page, "Invocations");
  await openView(page, "Holds");
  await expect(filter).toHaveValue("");
});
