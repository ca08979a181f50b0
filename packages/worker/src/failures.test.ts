import { describe, expect, test } from "vitest";
import { consoleText } from "./console-log.ts";
import { ensureError, isSystemError, SystemError, toRpcException } from "./failures.ts";

const circular: Record<string, unknown> = {};
circular["self"] = circular;

describe("ensureError", () => {
  test.each([
    ["text", "text"],
    [undefined, "Unknown error"],
    [null, "Unknown error"],
    [42, "42"],
    [10n, "10"],
    [{ code: 42 }, '{"code":42}'],
    [{ toJSON: () => undefined }, "[object Object]"],
    [circular, "[object Object]"],
    [Object.create(null), "{}"],
    [Symbol("s"), "Symbol(s)"],
  ])("%o", (thrown, message) => {
    expect(ensureError(thrown).message).toBe(message);
  });

  test("an Error stays itself", () => {
    const error = new TypeError("x");
    expect(ensureError(error)).toBe(error);
  });
});

test("a mark separates errors of worker and library from the app's", () => {
  expect(isSystemError(new SystemError("x"))).toBe(true);
  expect(isSystemError(Object.assign(new Error("x"), { isAzureFunctionsSystemError: true }))).toBe(true);
  expect(isSystemError(new Error("x"))).toBe(false);
});

test("an exception without a stack has an empty one", () => {
  const error = new Error("x");
  delete error.stack;
  expect(toRpcException(error)).toEqual({ message: "x", stackTrace: "" });
});

test("a console line is one line behind the prefix that hosts look for", () => {
  expect(consoleText("information", "connecting")).toBe("LanguageWorkerConsoleLogconnecting");
  expect(consoleText("error", "Error: x\n    at y\r\n  at z")).toBe(
    "LanguageWorkerConsoleLog[error] Error: x  at y  at z",
  );
});
