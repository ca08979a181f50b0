/** axe finds nothing in a page. */
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

export type Look = { readonly colorScheme: "dark" | "light"; readonly width: number };

/** What a whole view is looked at in. */
export const ALL_LOOKS: readonly Look[] = [
  { colorScheme: "dark", width: 1440 },
  { colorScheme: "dark", width: 900 },
  { colorScheme: "light", width: 1440 },
  { colorScheme: "light", width: 900 },
];
/** Enough for a part of a view: both themes, and both widths. */
export const TWO_LOOKS: readonly Look[] = [
  { colorScheme: "dark", width: 1440 },
  { colorScheme: "light", width: 900 },
];

/** The page as it stands, in those looks. */
export async function expectNoViolations(page: Page, where: string, looks: readonly Look[] = TWO_LOOKS): Promise<void> {
  for (const { colorScheme, width } of looks) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height: 900 });
    // The code editor is Monaco's own, with its own way for those who do not see it.
    const { violations } = await new AxeBuilder({ page }).exclude(".monaco-editor").analyze();
    const found = violations.map(
      ({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html }) => html).join("\n")}`,
    );
    expect(found, `${where}, ${colorScheme}, ${width} px`).toEqual([]);
  }
}
