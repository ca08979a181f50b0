import { expect, test } from "vitest";
import { ActionRegistry } from "../shell/keyboard/action-registry.ts";
import { type Command, matchCommands, shortcutCommands } from "./commands.ts";

const command = (title: string, group: string): Command => ({ title, group, keys: [], run: () => {} });
const commands = [command("Next failure", "List"), command("Failed only", "Filter"), command("Functions", "View")];

test("finds commands by parts of their names, those that begin with the text first", () => {
  expect(matchCommands(commands, "fail").map(({ title }) => title)).toEqual(["Failed only", "Next failure"]);
  expect(matchCommands(commands, "view func").map(({ title }) => title)).toEqual(["Functions"]);
  expect(matchCommands(commands, "")).toEqual(commands);
  expect(matchCommands(commands, "nothing")).toEqual([]);
});

test("offers the shortcuts that do something now, with their keys", () => {
  const registry = new ActionRegistry();
  registry.add(() => ({ "next-row": () => {}, "show-commands": () => {} }));
  expect(shortcutCommands(registry).map(({ title, keys }) => [title, keys])).toEqual([["Next row", ["j", "↓"]]]);
});
