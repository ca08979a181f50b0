import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, RpcFunctionMetadataSchema } from "@inspector/proto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readFunctionFolders } from "./function-json.ts";
import { indexFunctions, settingOf } from "./functions.ts";

const TRIGGER = { type: "queueTrigger", name: "item", direction: "in", queueName: "%QUEUE%", dataType: "binary" };

function index(name: string, rawBindings: readonly string[], environment: Record<string, string> = {}) {
  const metadata = create(RpcFunctionMetadataSchema, { name, rawBindings: [...rawBindings] });
  return indexFunctions([metadata], { language: "node", environment });
}

describe("a function that the worker lists", () => {
  test("is known by its raw bindings; id and language may be missing", () => {
    const { functions, rejected } = index("f", [JSON.stringify(TRIGGER)]);
    expect(rejected).toEqual([]);
    expect(functions).toMatchObject([
      { id: "f", name: "f", language: "node", isDisabled: false, trigger: { name: "item", dataType: "binary" } },
    ]);
  });

  test.each([
    ["", [JSON.stringify(TRIGGER)], "no name"],
    ["f", [], "no trigger"],
    ["f", [JSON.stringify(TRIGGER), JSON.stringify(TRIGGER)], "several triggers"],
    ["f", ["{"], "not JSON"],
    ["f", ['{"type":"queueTrigger"}'], "no type or no name"],
  ])("is rejected as '%s' with %j: %s", (name, bindings, reason) => {
    expect(index(name, bindings).rejected).toEqual([{ name, reason: expect.stringContaining(reason) }]);
  });

  test("twice under one name is rejected once", () => {
    const twice = ["a", "A"].map((name) =>
      create(RpcFunctionMetadataSchema, { name, rawBindings: [JSON.stringify(TRIGGER)] }),
    );
    const { functions, rejected } = indexFunctions(twice, { language: "node", environment: {} });
    expect([functions.length, rejected]).toEqual([1, [{ name: "A", reason: expect.stringContaining("same name") }]]);
  });

  test("can be disabled by an app setting", () => {
    const isDisabled = (environment: Record<string, string>) =>
      index("f", [JSON.stringify(TRIGGER)], environment).functions[0]?.isDisabled;
    expect(isDisabled({ "AzureWebJobs.f.Disabled": "1" })).toBe(true);
    expect(isDisabled({ AzureWebJobs_f_Disabled: "True" })).toBe(true);
    expect(isDisabled({ "AzureWebJobs.f.Disabled": "false" })).toBe(false);
  });

  test("may name app settings in its bindings", () => {
    const [info] = index("f", [JSON.stringify(TRIGGER)]).functions;
    expect(info && settingOf(info.trigger, "queueName", { QUEUE: "orders" })).toBe("orders");
    expect(info && settingOf(info.trigger, "queueName", {})).toBe("%QUEUE%");
  });
});

describe("an app of folders with function.json", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "function-json-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function write(name: string, content: unknown, ...scripts: readonly string[]): Promise<void> {
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(
      join(folder, name, "function.json"),
      typeof content === "string" ? content : JSON.stringify(content),
    );
    await Promise.all(scripts.map((script) => writeFile(join(folder, name, script), "")));
  }

  test("has a function for each, whose script is named, alone, or called index", async () => {
    const bindings = [TRIGGER];
    await write("alone", { bindings }, "whatever.js");
    await write("index", { bindings, disabled: true }, "index.js", "other.js");
    await write("named", { bindings, scriptFile: "../shared.js", entryPoint: "run" });
    await write("node_modules", { bindings }, "index.js");
    await mkdir(join(folder, "no-function"));
    const context = { language: "node", extensions: [".js"], environment: {} };
    const { functions, rejected } = await readFunctionFolders(folder, context);
    expect(rejected).toEqual([]);
    expect(functions).toMatchObject([
      { name: "alone", scriptFile: join(folder, "alone", "whatever.js"), directory: join(folder, "alone") },
      { name: "index", scriptFile: join(folder, "index", "index.js"), isDisabled: true },
      { name: "named", scriptFile: join(folder, "shared.js"), entryPoint: "run" },
    ]);
    expect(new Set(functions.map(({ id }) => id)).size).toBe(3);
  });

  test("rejects what is broken, unclear or of another language, and says why", async () => {
    await write("a-broken", "{");
    await write("b-unclear", { bindings: [TRIGGER] }, "one.js", "two.js");
    await write("c-python", { bindings: [TRIGGER], scriptFile: "main.py" });
    const { rejected } = await readFunctionFolders(folder, { language: "node", extensions: [".js"], environment: {} });
    expect(rejected).toEqual([
      { name: "a-broken", reason: expect.stringContaining("cannot be read as JSON: line 1, column 2") },
      { name: "b-unclear", reason: expect.stringContaining("names no scriptFile") },
      { name: "c-python", reason: expect.stringContaining("not a script of the node worker") },
    ]);
  });
});
