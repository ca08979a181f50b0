import { describe, expect, test } from "vitest";
import { App } from "./app.ts";
import { createCoreModule } from "./core-module.ts";
import { Disposable } from "./disposable.ts";
import { SystemError } from "./failures.ts";
import { HookRegistry, runHooks } from "./hooks.ts";

const context = () => ({ hookData: {}, appHookData: {} });

describe("hooks", () => {
  test("run in the order of registration, each awaited, with a line before and after", async () => {
    const hooks = new HookRegistry();
    const lines: string[] = [];
    hooks.register("appStart", async () => {
      await new Promise((resolve) => setImmediate(resolve));
      lines.push("first");
    });
    hooks.register("appStart", () => lines.push("second"));
    await runHooks(hooks, "appStart", context(), (line) => lines.push(line));
    expect(lines).toEqual(['Running 2 "appStart" hooks', "first", "second", 'Ran the "appStart" hooks']);
  });

  test("without any there is no line", async () => {
    const lines: string[] = [];
    await runHooks(new HookRegistry(), "appTerminate", context(), (line) => lines.push(line));
    expect(lines).toEqual([]);
  });

  test("a hook may dispose itself while it runs; the next one still runs", async () => {
    const hooks = new HookRegistry();
    const ran: string[] = [];
    const dispose = hooks.register("preInvocation", () => {
      ran.push("once");
      dispose();
    });
    hooks.register("preInvocation", () => ran.push("always"));
    for (let run = 0; run < 2; run += 1) {
      await runHooks(hooks, "preInvocation", context(), () => {});
    }
    expect(ran).toEqual(["once", "always", "always"]);
  });

  test("an unknown name is a RangeError that is marked as the worker's", () => {
    expect(() => new HookRegistry().register("onFire", () => {})).toThrow(RangeError);
    expect(() => new HookRegistry().register("onFire", () => {})).toThrow(
      expect.objectContaining({ name: "RangeError", isAzureFunctionsSystemError: true }),
    );
  });
});

describe("the app of the core module", () => {
  const metadata = { name: "f", bindings: {} };

  test("takes functions until the host has the list", () => {
    const app = new App();
    app.register(metadata, () => "first");
    app.register(metadata, () => "second");
    expect(app.functions).toHaveLength(1);
    expect(app.function("f")?.callback()).toBe("second");
    app.seal();
    expect(() => app.register(metadata, () => undefined)).toThrow(SystemError);
  });

  test("is whichever the worker runs now", () => {
    let app = new App();
    const core = createCoreModule({ version: "1", hostVersion: () => "4", app: () => app, log: () => {} });
    const registerFunction: unknown = Reflect.get(core, "registerFunction");
    app = new App();
    if (typeof registerFunction === "function") {
      Reflect.apply(registerFunction, core, [metadata, () => undefined]);
    }
    expect(app.function("f")?.metadata).toBe(metadata);
  });
});

test("a Disposable disposes once", () => {
  const disposed: string[] = [];
  const all = Disposable.from(new Disposable(() => disposed.push("a")), new Disposable(), {
    dispose: () => disposed.push("b"),
  });
  all.dispose();
  all.dispose();
  expect(disposed).toEqual(["a", "b"]);
});
