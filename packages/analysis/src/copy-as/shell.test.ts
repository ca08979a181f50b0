import { spawnSync } from "node:child_process";
import { encodeUtf8 } from "@inspector/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { argumentText, quoteArgument, writeBytes } from "./shell.ts";

/** What a real shell makes of a command. */
function run(command: string): Buffer {
  const shell = spawnSync("sh", { input: command, maxBuffer: 1e8 });
  expect(shell.stderr.toString()).toBe("");
  return shell.stdout;
}

describe("an argument", () => {
  test.each([
    "plain",
    "",
    "a b",
    "it's",
    "'",
    "''",
    "$HOME `id` $(id) !!",
    "a\nb",
    "\\",
    "~",
    "#",
    "é😀",
    "-n",
    "*",
    "a=b",
  ])("%j comes out of a shell as it was", (text) => {
    expect(run(`printf '%s' ${quoteArgument(text)}`).toString()).toBe(text);
  });

  test("of any text comes out of a shell as it was", () => {
    const texts = fc.sample(fc.string({ unit: "binary" }), 200).map((text) => text.replaceAll("\0", ""));
    const command = `printf '%s\\0' ${texts.map(quoteArgument).join(" ")}`;
    expect(run(command).toString()).toBe(texts.map((text) => `${text}\0`).join(""));
  });

  test("does not hold NUL, for which shells have no form", () => {
    expect(quoteArgument("a\0b")).toBe("ab");
  });

  test("is only made of text that a terminal does not take for keys", () => {
    expect(argumentText(encodeUtf8('{"name": "Ada"}\n'))).toBe('{"name": "Ada"}\n');
    for (const text of ["a\0b", "a\tb", "a\r\n", "\u001b[2J", "\u009b"]) {
      expect(argumentText(encodeUtf8(text))).toBeUndefined();
    }
    expect(argumentText(new Uint8Array([0xff, 0xd8]))).toBeUndefined();
    expect(argumentText(new Uint8Array(64 * 1024 + 1).fill(97))).toBeUndefined();
  });
});

test("bytes of any kind and length reach the command that they are for", () => {
  for (const length of [0, 1, 56, 57, 58, 300_000]) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 7) & 255);
    expect(Buffer.compare(run(writeBytes(bytes, "cat")), bytes)).toBe(0);
  }
});
