/** axe finds nothing in a page. */
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** @property rules those that are asked; absent: all. What a look has in common with one before it is not asked again. */
export type Look = {
  readonly colorScheme: "dark" | "light";
  readonly width: number;
  readonly rules?: readonly string[];
};

/** A theme changes colours only. */
const OF_COLOURS = ["color-contrast", "link-in-text-block"];

/** What a whole view is looked at in. */
export const ALL_LOOKS: readonly Look[] = [
  { colorScheme: "dark", width: 1440 },
  { colorScheme: "dark", width: 900 },
  { colorScheme: "light", width: 900, rules: OF_COLOURS },
  { colorScheme: "light", width: 1440, rules: OF_COLOURS },
];
/** Enough for a part of a view: both themes, and both widths. */
export const TWO_LOOKS: readonly Look[] = [
  { colorScheme: "dark", width: 1440 },
  { colorScheme: "light", width: 900 },
];

/** The page as it stands, in those looks. */
export async function expectNoViolations(page: Page, where: string, looks: readonly Look[] = TWO_LOOKS): Promise<void> {
  for (const { colorScheme, width, rules } of looks) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height: 900 });
    // The code editor is Monaco's own, with its own way for those who do not see it. The legacy mode differs in frames of
    // other origins only, of which there are none, and opens no further page.
    const axe = new AxeBuilder({ page }).setLegacyMode(true).exclude(".monaco-editor");
    const { violations } = await (rules ? axe.withRules([...rules]) : axe).analyze();
    const found = violations.map(
      ({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html }) => html).join("\n")}`,
    );
    expect(found, `${where}, ${colorScheme}, ${width} px`).toEqual([]);
  }
}
