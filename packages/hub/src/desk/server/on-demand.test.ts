import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { onDemand } from "./on-demand.ts";

describe("a part that is loaded on demand", () => {
  test("is loaded once", async () => {
    let loads = 0;
    const part = onDemand(async () => {
      loads += 1;
      return loads;
    });
    expect(await Promise.all([part(), part()])).toEqual([1, 1]);
    expect(await part()).toBe(1);
  });

  test("and is missing says so to each who needs it, and is looked for again", async () => {
    const missing = pathToFileURL("/nowhere/part.js").href;
    let name = missing;
    const part = onDemand(async (): Promise<unknown> => await import(/* @vite-ignore */ name));
    await expect(part()).rejects.toMatchObject({ code: "not-built", message: expect.stringContaining("part.js") });
    await expect(part()).rejects.toMatchObject({ code: "not-built" });
    name = "node:path";
    expect(await part()).toHaveProperty("join");
  });
});
