import { expect, test } from "vitest";
import { parseOrigin } from "./origin.ts";

test.each([
  ["https://x-9000.example.test", "https://x-9000.example.test"],
  ["https://X-9000.example.test:443/", "https://x-9000.example.test"],
  ["http://box.lan:8080", "http://box.lan:8080"],
  ["http://[::1]:9000", "http://[::1]:9000"],
])("%s is the origin %s", (text, origin) => {
  expect(parseOrigin(text, "--allow-origin")).toBe(origin);
});

test.each(["", "*", "box.lan", "box.lan:8080", "https://a/b", "https://a?b", "https://u:p@a", "ftp://a", "null"])(
  "%j is no origin",
  (text) => {
    expect(() => parseOrigin(text, "--allow-origin")).toThrow(/is no origin/u);
  },
);
