import { describe, expect, it } from "vitest";
import { type KeyPress, listHelp, matchShortcut, SHORTCUTS } from "./shortcuts.ts";

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key: key.replace("mod+", ""),
  ctrlKey: key.startsWith("mod+"),
  altKey: false,
  metaKey: false,
  ...held,
});

describe("keys", () => {
  it("do what the registry says while the list has the focus", () => {
    for (const { id, keys } of SHORTCUTS)
      for (const key of keys) expect(matchShortcut(press(key), "list", true)).toBe(id);
  });

  it("are letters and nothing else in a text field, but for the commands and for sending", () => {
    for (const { keys } of SHORTCUTS)
      for (const key of keys) {
        const expected = key === "mod+k" ? "show-commands" : key === "mod+Enter" ? "send-message" : undefined;
        expect(matchShortcut(press(key), "text", true)).toBe(expected);
      }
    expect(matchShortcut(press("k", { metaKey: true }), "text", false)).toBe("show-commands");
  });

  it("that buttons, tabs and trees use are theirs while they have the focus", () => {
    for (const key of [" ", "Enter", "ArrowDown", "Home", "PageUp"]) {
      expect(matchShortcut(press(key), "control", true)).toBeUndefined();
    }
    expect(matchShortcut(press("j"), "control", true)).toBe("next-row");
    expect(matchShortcut(press("Escape"), "control", true)).toBe("close-detail");
  });

  it("held with Ctrl, Alt or Meta are the browser's", () => {
    for (const held of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }]) {
      expect(matchShortcut(press("j", held), "list", true)).toBeUndefined();
    }
  });

  it("of a single character can be turned off, and the others still work", () => {
    expect(matchShortcut(press("j"), "list", false)).toBeUndefined();
    expect(matchShortcut(press("?"), "list", false)).toBeUndefined();
    expect(matchShortcut(press("ArrowDown"), "list", false)).toBe("next-row");
  });

  it("mean one thing each", () => {
    const keys = SHORTCUTS.flatMap((shortcut) => shortcut.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

it("the help lists every action once, with all its keys", () => {
  const lines = listHelp().flatMap((group) => group.lines);
  expect(new Set(lines.map(({ id }) => id))).toEqual(new Set(SHORTCUTS.map(({ id }) => id)));
  expect(lines.find(({ id }) => id === "next-row")?.keys).toEqual(["j", "↓"]);
});
