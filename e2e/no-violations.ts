/** axe finds nothing in a page. */
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** A theme changes colours only, and a width all else. */
type Look = {
  readonly colorScheme: "dark" | "light";
  readonly width: number;
  readonly asks: "all" | "colours" | "all but colours";
};

/** They take most of axe's time. */
const OF_COLOURS = ["color-contrast", "link-in-text-block"];

/** What a whole view is looked at in. */
export const ALL_LOOKS: readonly Look[] = [
  { colorScheme: "dark", width: 1440, asks: "all" },
  { colorScheme: "dark", width: 900, asks: "all but colours" },
  { colorScheme: "light", width: 900, asks: "colours" },
];
/** Enough for a part of a view: both themes, and both widths. */
export const TWO_LOOKS: readonly Look[] = [
  { colorScheme: "dark", width: 1440, asks: "all" },
  { colorScheme: "light", width: 900, asks: "colours" },
];

/** On a row that is built and coloured as one above it: a list of forty would take most of the time. */
const ALIKE = "data-alike";

/** Runs in the page. */
function markAlike(attribute: string): void {
  const seen = new Set<string>();
  for (const row of document.querySelectorAll('[role="grid"] [role="row"]')) {
    const look = [row, ...row.querySelectorAll("*")]
      .map((part) => `${part.tagName} ${part.className} ${part.getAttributeNames()}`)
      .join("\n");
    row.toggleAttribute(attribute, seen.has(look));
    seen.add(look);
  }
}

type Options = {
  readonly looks?: readonly Look[];
  /** Selects the part that is looked at; absent: the whole page. */
  readonly within?: string;
};

/** The page as it stands, in those looks. */
export async function expectNoViolations(
  page: Page,
  where: string,
  { looks = TWO_LOOKS, within }: Options = {},
): Promise<void> {
  for (const { colorScheme, width, asks } of looks) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height: 900 });
    // The code editor is Monaco's own, with its own way for those who do not see it. The legacy mode differs in frames of
    // other origins only, of which there are none, and opens no further page.
    await page.evaluate(markAlike, ALIKE);
    const axe = new AxeBuilder({ page }).setLegacyMode(true).exclude(".monaco-editor").exclude(`[${ALIKE}]`);
    if (within !== undefined) {
      axe.include(within);
    }
    if (asks === "colours") {
      axe.withRules(OF_COLOURS);
    } else if (asks === "all but colours") {
      axe.disableRules(OF_COLOURS);
    }
    const { violations } = await axe.analyze();
    const found = violations.map(
      ({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html }) => html).join("\n")}`,
    );
    expect(found, `${where}, ${colorScheme}, ${width} px`).toEqual([]);
  }
}
