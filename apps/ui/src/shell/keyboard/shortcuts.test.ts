import { describe, expect, test } from "vitest";
import { type KeyPress, listHelp, matchShortcuts, SHORTCUTS } from "./shortcuts.ts";

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key: key.replace(/^(mod|shift)\+/, ""),
  shiftKey: key.startsWith("shift+"),
  ctrlKey: key.startsWith("mod+"),
  altKey: false,
  metaKey: false,
  ...held,
});

const WITH_CTRL: Readonly<Record<string, readonly string[]>> = {
  "mod+k": ["show-commands"],
  "mod+f": ["find-in-detail"],
  "mod+Enter": ["send-message"],
};

describe("keys", () => {
  test("do what the registry says while the list has the focus", () => {
    for (const { id, keys } of SHORTCUTS) {
      for (const key of keys) {
        expect(matchShortcuts(press(key), "list", true)).toContain(id);
      }
    }
  });

  test("are letters and nothing else in a text field, but for the commands, finding and sending", () => {
    for (const { keys } of SHORTCUTS) {
      for (const key of keys) {
        const expected = WITH_CTRL[key] ?? [];
        expect(matchShortcuts(press(key), "text", true)).toEqual(expected);
      }
    }
    expect(matchShortcuts(press("k", { metaKey: true }), "text", false)).toEqual(["show-commands"]);
  });

  test("that buttons, tabs and trees use are theirs while they have the focus", () => {
    for (const key of [" ", "Enter", "ArrowDown", "Home", "PageUp"]) {
      expect(matchShortcuts(press(key), "control", true)).toEqual([]);
    }
    expect(matchShortcuts(press("j"), "control", true)).toEqual(["next-row"]);
    expect(matchShortcuts(press("Escape"), "control", true)).toEqual(["close-detail"]);
  });

  test("held with Ctrl, Alt or Meta are the browser's", () => {
    for (const held of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }]) {
      expect(matchShortcuts(press("j", held), "list", true)).toEqual([]);
    }
  });

  test("of a single character can be turned off, and the others still work", () => {
    expect(matchShortcuts(press("j"), "list", false)).toEqual([]);
    expect(matchShortcuts(press("?"), "list", false)).toEqual([]);
    expect(matchShortcuts(press("ArrowDown"), "list", false)).toEqual(["next-row"]);
  });

  test("mean one thing each, but for the one that chooses sessions, of which there is no newest to follow", () => {
    const keys = SHORTCUTS.filter(({ id }) => id !== "choose-row").flatMap((shortcut) => shortcut.keys);
    expect(new Set(keys).size).toBe(keys.length);
    expect(matchShortcuts(press(" "), "list", true)).toEqual(["toggle-follow", "choose-row"]);
  });
});

test("the help lists every action once, with all its keys", () => {
  const lines = listHelp().flatMap((group) => group.lines);
  expect(new Set(lines.map(({ id }) => id))).toEqual(new Set(SHORTCUTS.map(({ id }) => id)));
  expect(lines.find(({ id }) => id === "next-row")?.keys).toEqual(["j", "↓"]);
  const offline = listHelp(true);
  expect(offline.map(({ group }) => group)).toEqual(["List", "Sessions", "Detail", "Page"]);
  expect(offline.flatMap((group) => group.lines).map(({ id }) => id)).not.toContain("rename-row");
});
