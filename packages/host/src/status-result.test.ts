import { create, RpcExceptionSchema } from "@inspector/proto";
import { expect, test } from "vitest";
import { formatException } from "./status-result.ts";

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
