import { keptInBrowser } from "../kept/kept.ts";

/** What the person chose; "system" follows the operating system. */
export type Theme = "system" | "light" | "dark";

const STORAGE_KEY = "inspector.theme";

export function parseTheme(value: unknown): Theme {
  return value === "light" || value === "dark" ? value : "system";
}

/** The order in which the header's button goes through the themes. */
export function nextTheme(theme: Theme): Theme {
  if (theme === "system") {
    return "light";
  }
  return theme === "light" ? "dark" : "system";
}

export function loadTheme(): Theme {
  return parseTheme(keptInBrowser.getItem(STORAGE_KEY));
}

/** Stores the choice and applies it to the document at once. */
export function applyTheme(theme: Theme): void {
  keptInBrowser.setItem(STORAGE_KEY, theme);
  if (theme === "system") {
    delete document.documentElement.dataset["theme"];
  } else {
    document.documentElement.dataset["theme"] = theme;
  }
}
