/** Parts of the page that tests of its views look at. */
import type { Locator, Page } from "@playwright/test";

export function grid(page: Page, name: string): Locator {
  return page.getByRole("grid", { name, exact: true });
}

export function row(page: Page, list: string, name: RegExp): Locator {
  return grid(page, list).getByRole("row", { name }).first();
}

export function filterField(page: Page): Locator {
  return page.getByRole("combobox", { name: "Filter" });
}

/** Resolves once a text has been there, if only for a moment: to be called before what brings it about. */
export function seenOnce(page: Page, text: string): Promise<unknown> {
  return page.waitForFunction((wanted) => document.body.textContent?.includes(wanted), text, { timeout: 60_000 });
}

/** How much passes the filter, as the bar says it. */
export function passing(page: Page): Locator {
  return page.getByRole("search").getByRole("status");
}
