import { expect, test } from "vitest";
import { ActionRegistry } from "./action-registry.ts";

test("finds what was added last, and what was there before once that is gone", () => {
  const registry = new ActionRegistry();
  const done: string[] = [];
  registry.add(() => ({ "show-help": () => done.push("page"), "focus-filter": () => done.push("filter") }));
  const remove = registry.add(() => ({ "show-help": () => done.push("view") }));
  registry.find("show-help")?.();
  registry.find("focus-filter")?.();
  remove();
  registry.find("show-help")?.();
  expect(done).toEqual(["view", "filter", "page"]);
  expect(registry.find("next-row")).toBeUndefined();
});

test("finds what a view offers for a key before what the page offers for it", () => {
  const registry = new ActionRegistry();
  const done: string[] = [];
  registry.add(() => ({ "toggle-follow": () => done.push("follow") }));
  const remove = registry.add(() => ({ "choose-row": () => done.push("choose") }));
  registry.find("toggle-follow", "choose-row")?.();
  remove();
  registry.find("toggle-follow", "choose-row")?.();
  expect(done).toEqual(["choose", "follow"]);
});
