import { expect, test } from "vitest";
import { formatCommand, readCommand } from "./command-line.ts";

test("an option stands in one line with its value", () => {
  expect(readCommand(["node", "worker.js", "--host", "127.0.0.1", "--port", "50051"])).toEqual([
    { name: "node" },
    { name: "worker.js" },
    { name: "--host", value: "127.0.0.1" },
    { name: "--port", value: "50051" },
  ]);
});

test("an option without a value takes none from the next one", () => {
  expect(readCommand(["java", "-jar", "worker.jar", "--verbose", "--port=1", "last"])).toEqual([
    { name: "java" },
    { name: "-jar", value: "worker.jar" },
    { name: "--verbose" },
    { name: "--port=1" },
    { name: "last" },
  ]);
});

test("a copied command survives a shell", () => {
  expect(formatCommand(["node", "my app/it's.js", "", "--port=1"])).toBe(`node 'my app/it'\\''s.js' '' --port=1`);
});
