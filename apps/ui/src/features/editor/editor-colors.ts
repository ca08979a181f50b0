/** Colours of the code editor, all taken from the page's tokens. */
const COLORS: Readonly<Record<string, string>> = {
  "editor.background": "--field",
  "editor.foreground": "--ink",
  "editorLineNumber.foreground": "--ink-3",
  "editorLineNumber.activeForeground": "--ink-2",
  "editor.selectionBackground": "--accent-soft",
  "editor.inactiveSelectionBackground": "--selected",
  "editorCursor.foreground": "--accent",
  "editorWidget.background": "--raised",
  "editorWidget.border": "--line",
  "editorSuggestWidget.background": "--raised",
  "editorSuggestWidget.border": "--line",
  "editorSuggestWidget.selectedBackground": "--selected",
  "editorSuggestWidget.selectedForeground": "--ink",
  "editorHoverWidget.background": "--raised",
  "editorHoverWidget.border": "--line",
  "editorBracketHighlight.foreground1": "--ink-2",
  "editorBracketHighlight.foreground2": "--ink-2",
  "editorBracketHighlight.foreground3": "--ink-2",
  "editorError.foreground": "--bad",
  "editorWarning.foreground": "--warn",
  focusBorder: "--accent",
};

/** Parts of JSON by the editor's names for them, and the token of each. */
export const EDITOR_RULES = [
  { scope: "string.key.json", color: "--json-key" },
  { scope: "string.value.json", color: "--json-string" },
  { scope: "number.json", color: "--json-number" },
  { scope: "keyword.json", color: "--json-number" },
  { scope: "delimiter", color: "--ink-2" },
] as const;

export type EditorColors = {
  readonly isDark: boolean;
  readonly colors: Record<string, string>;
  /** A token's colour as the editor writes it in rules: without "#". */
  readonly token: (name: string) => string;
};

/** Reads the tokens as they are now. Only a drawn colour is resolved, so an element draws each. */
export function editorColors(): EditorColors {
  const probe = document.createElement("span");
  document.body.append(probe);
  const read = (name: string) => {
    probe.style.color = `var(${name})`;
    return toHex(getComputedStyle(probe).color);
  };
  const names = [...Object.values(COLORS), ...EDITOR_RULES.map(({ color }) => color)];
  const tokens = new Map(names.map((name) => [name, read(name)]));
  const canvas = read("--canvas");
  probe.remove();
  const colors = Object.fromEntries(Object.entries(COLORS).map(([key, name]) => [key, tokens.get(name) ?? canvas]));
  return { isDark: isDarkColor(canvas), colors, token: (name) => (tokens.get(name) ?? canvas).slice(1) };
}

/** "rgb(20, 24, 32)" as "#141820". */
export function toHex(color: string): string {
  const parts = color.match(/\d+(?:\.\d+)?/g) ?? [];
  const pairs = parts.slice(0, 3).map((part) => Math.round(Number(part)).toString(16).padStart(2, "0"));
  return `#${pairs.join("")}`;
}

export function isDarkColor(hex: string): boolean {
  const parts = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return parts.reduce((sum, part) => sum + part, 0) < 3 * 128;
}
