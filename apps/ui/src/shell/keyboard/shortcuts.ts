/** Everything a key can do. The help dialog and the key handler are both made from {@link SHORTCUTS}. */
export type ShortcutId =
  | "next-row"
  | "previous-row"
  | "page-down"
  | "page-up"
  | "first-row"
  | "last-row"
  | "row-menu"
  | "choose-columns"
  | "open-detail"
  | "close-detail"
  | "previous-related"
  | "next-related"
  | "find-in-detail"
  | "focus-filter"
  | "choose-row"
  | "rename-row"
  | "delete-row"
  | "toggle-follow"
  | "next-failure"
  | "compare-calls"
  | "mark-row"
  | "replay"
  | "edit-and-replay"
  | "compare-replay"
  | "send-message"
  | "release-and-next"
  | "show-commands"
  | "show-help";

export type Shortcut = {
  readonly id: ShortcutId;
  /** `KeyboardEvent.key` values; "mod+" before one means Ctrl, or Command on a Mac, "shift+" the Shift key. */
  readonly keys: readonly string[];
  readonly title: string;
  readonly group: "List" | "Sessions" | "Detail" | "Replay" | "Holds" | "Page";
  /**
   * "list": only while the list has the focus or nothing has it, because buttons, tabs and trees use these keys
   * themselves. "page": anywhere but in text fields.
   */
  readonly scope: "list" | "page";
};

export const SHORTCUTS: readonly Shortcut[] = [
  { id: "next-row", keys: ["j"], title: "Next row", group: "List", scope: "page" },
  { id: "next-row", keys: ["ArrowDown"], title: "Next row", group: "List", scope: "list" },
  { id: "previous-row", keys: ["k"], title: "Previous row", group: "List", scope: "page" },
  { id: "previous-row", keys: ["ArrowUp"], title: "Previous row", group: "List", scope: "list" },
  { id: "next-failure", keys: ["f"], title: "Next failure", group: "List", scope: "page" },
  { id: "compare-calls", keys: ["c"], title: "Compare with the last good call", group: "List", scope: "page" },
  { id: "mark-row", keys: ["x"], title: "Mark it, to compare others with it", group: "List", scope: "page" },
  { id: "page-down", keys: ["PageDown"], title: "One page down", group: "List", scope: "list" },
  { id: "page-up", keys: ["PageUp"], title: "One page up", group: "List", scope: "list" },
  { id: "first-row", keys: ["Home"], title: "First row", group: "List", scope: "list" },
  { id: "last-row", keys: ["End"], title: "Newest row", group: "List", scope: "list" },
  { id: "toggle-follow", keys: [" "], title: "Follow the newest row, or stop", group: "List", scope: "list" },
  { id: "row-menu", keys: ["m"], title: "Filter by the selected row, or copy", group: "List", scope: "page" },
  {
    id: "row-menu",
    keys: ["ContextMenu", "shift+F10"],
    title: "Filter by the selected row, or copy",
    group: "List",
    scope: "list",
  },
  { id: "choose-columns", keys: ["M"], title: "Columns of the list", group: "List", scope: "page" },
  { id: "choose-row", keys: [" "], title: "Choose for a comparison, or not", group: "Sessions", scope: "list" },
  { id: "rename-row", keys: ["F2"], title: "Rename", group: "Sessions", scope: "list" },
  { id: "delete-row", keys: ["Delete"], title: "Delete", group: "Sessions", scope: "list" },
  { id: "open-detail", keys: ["Enter"], title: "Open what is selected", group: "Detail", scope: "list" },
  { id: "close-detail", keys: ["Escape"], title: "Close what is open", group: "Detail", scope: "page" },
  { id: "previous-related", keys: ["["], title: "Previous of the same invocation", group: "Detail", scope: "page" },
  { id: "next-related", keys: ["]"], title: "Next of the same invocation", group: "Detail", scope: "page" },
  {
    id: "find-in-detail",
    keys: ["mod+f"],
    title: "Find in what is open, or in the log",
    group: "Detail",
    scope: "page",
  },
  { id: "replay", keys: ["r"], title: "Replay the invocation", group: "Replay", scope: "page" },
  { id: "edit-and-replay", keys: ["e"], title: "Edit it and replay", group: "Replay", scope: "page" },
  { id: "compare-replay", keys: ["d"], title: "Compare with its replay", group: "Replay", scope: "page" },
  { id: "send-message", keys: ["mod+Enter"], title: "Send what is edited", group: "Replay", scope: "page" },
  {
    id: "release-and-next",
    keys: ["n"],
    title: "Release what is held, and hold the next",
    group: "Holds",
    scope: "page",
  },
  { id: "focus-filter", keys: ["/"], title: "Filter", group: "Page", scope: "page" },
  { id: "show-commands", keys: ["mod+k"], title: "Commands", group: "Page", scope: "page" },
  { id: "show-help", keys: ["?"], title: "Keyboard shortcuts", group: "Page", scope: "page" },
];

/** The parts of a KeyboardEvent that matter here. */
export type KeyPress = {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey?: boolean;
};

/** What has the focus. */
export type FocusPlace = "text" | "control" | "list";

/**
 * The shortcuts a key press can mean: which of them, is for the view to say that offers one. Combinations with Ctrl, Alt and Meta are the browser's, but for those that
 * open the commands, find in what is open and send what is edited; they work in text fields too.
 */
export function matchShortcuts(press: KeyPress, place: FocusPlace, areLettersOn: boolean): readonly ShortcutId[] {
  if (press.altKey) {
    return [];
  }
  if (press.ctrlKey || press.metaKey) {
    return idsOf(({ keys }) => keys.includes(`mod+${press.key}`));
  }
  if (place === "text" || (isSingleCharacter(press.key) && !areLettersOn)) {
    return [];
  }
  // Of a character Shift is part already.
  const key = press.shiftKey && /^F\d+$/.test(press.key) ? `shift+${press.key}` : press.key;
  return idsOf(({ keys, scope }) => keys.includes(key) && (scope === "page" || place === "list"));
}

function idsOf(isWanted: (shortcut: Shortcut) => boolean): readonly ShortcutId[] {
  return SHORTCUTS.filter(isWanted).map(({ id }) => id);
}

/** Keys that speech input and slips of the finger produce: the ones a person may turn off (WCAG 2.1.4). */
export function isSingleCharacter(key: string): boolean {
  return key.length === 1 && key !== " ";
}

const KEY_NAMES: Readonly<Record<string, string>> = {
  " ": "Space",
  ArrowDown: "↓",
  ArrowUp: "↑",
  PageDown: "PgDn",
  PageUp: "PgUp",
  Escape: "Esc",
  Delete: "Del",
  ContextMenu: "Menu",
  "shift+F10": "Shift F10",
  M: "Shift M",
};

export function formatKey(key: string): string {
  if (key === "mod+Enter") {
    return "Ctrl ↵";
  }
  if (key.startsWith("mod+")) {
    return `Ctrl ${key.slice(4).toUpperCase()}`;
  }
  return KEY_NAMES[key] ?? key;
}

/** One line of the help dialog: all keys of an action, whatever their scope. */
export type HelpLine = { readonly id: ShortcutId; readonly title: string; readonly keys: readonly string[] };

/** What there is only where a hub records, replays and holds. */
const OF_HUB: readonly ShortcutId[] = [
  "toggle-follow",
  "rename-row",
  "delete-row",
  "replay",
  "edit-and-replay",
  "compare-replay",
  "send-message",
  "release-and-next",
];

/**
 * The registry as the help dialog shows it: by group, one line an action.
 * @param isOffline whether the page has no hub
 */
export function listHelp(isOffline = false): { readonly group: string; readonly lines: readonly HelpLine[] }[] {
  const there = isOffline ? SHORTCUTS.filter(({ id }) => !OF_HUB.includes(id)) : SHORTCUTS;
  const groups = [...new Set(there.map(({ group }) => group))];
  return groups.map((group) => ({ group, lines: helpLines(there.filter((shortcut) => shortcut.group === group)) }));
}

function helpLines(shortcuts: readonly Shortcut[]): HelpLine[] {
  const ids = [...new Set(shortcuts.map(({ id }) => id))];
  return ids.map((id) => {
    const same = shortcuts.filter((shortcut) => shortcut.id === id);
    return { id, title: same[0]?.title ?? "", keys: same.flatMap(({ keys }) => keys.map(formatKey)) };
  });
}
