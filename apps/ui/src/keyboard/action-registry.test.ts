import { expect, it } from "vitest";
import { ActionRegistry } from "./action-registry.ts";

it("finds what was added last, and what was there before once that is gone", () => {
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
