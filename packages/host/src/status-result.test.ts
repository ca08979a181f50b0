import { create, RpcExceptionSchema, StatusResultSchema } from "@inspector/proto";
import { expect, test } from "vitest";
import { formatException, formatFailure } from "./status-result.ts";

test.each([
  ["boom", "Error: boom\n  at main.js:3", "Error: boom\n  at main.js:3"],
  [
    "ValueError: boom",
    'Traceback (most recent call last):\n  File "x.py"\nValueError: boom',
    'ValueError: boom\nTraceback (most recent call last):\n  File "x.py"\nValueError: boom',
  ],
  ["two\nlines", "Error: two\nlines\n  at main.js:3", "Error: two\nlines\n  at main.js:3"],
  ["boom", "", "boom"],
  ["", "  at main.js:3", "  at main.js:3"],
])("what went wrong stands in the first line of %j with stack %j", (message, stackTrace, text) => {
  expect(formatException(create(RpcExceptionSchema, { message, stackTrace }))).toBe(text);
});

test("a failure is told once where the result says what its exception says", () => {
  const stackTrace = "java.lang.IllegalStateException: no orders\n\tat demo.Function.run(Function.java:11)";
  const message = "IllegalStateException: no orders";
  const failure = (result: string) =>
    formatFailure(create(StatusResultSchema, { result, exception: { message, stackTrace } }));
  expect(failure(message).split("\n")[0]).toBe("java.lang.IllegalStateException: no orders");
  expect(failure("it failed").split("\n")[0]).toBe("it failed: java.lang.IllegalStateException: no orders");
});
