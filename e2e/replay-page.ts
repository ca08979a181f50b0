/** Parts of the page that tests of replays and holds look at. */
import { expect, type Locator, type Page } from "@playwright/test";

/** An invocation in the list. */
export function row(page: Page, name: RegExp): Locator {
  return page.getByRole("grid", { name: "Invocations", exact: true }).getByRole("row", { name });
}

export async function openView(page: Page, title: string): Promise<void> {
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: title }).click();
  await expect(page.getByRole("main", { name: title })).toBeVisible();
}

export function sendButton(page: Page): Locator {
  return page.getByRole("region", { name: "Replay" }).getByRole("button", { name: /^Send/u });
}

/** By a key, which finds a button wherever it is. */
export async function press(button: Locator): Promise<void> {
  await expect(button).toBeEnabled();
  await button.press("Enter");
}

/** What differs between the recorded and the replayed answer. */
export function differences(page: Page): Locator {
  return page.getByRole("table", { name: "Differences" });
}

/** The value of the only input of the invocation that is edited. */
export async function replaceInput(page: Page, text: string): Promise<void> {
  const value = page.getByRole("region", { name: /^Input /u }).first();
  await value.getByRole("textbox").first().focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(text);
}

/** Holds the next invocations of the function whose invocation is selected. */
export async function holdNextOf(page: Page, functionName: string): Promise<void> {
  await page.getByRole("button", { name: `Hold the next of ${functionName}` }).click();
  await page.getByRole("form", { name: "Hold messages" }).getByRole("button", { name: "Hold", exact: true }).click();
  await expect(page.getByRole("list", { name: "Hold rules" })).toContainText(`invocations of ${functionName}`);
}
