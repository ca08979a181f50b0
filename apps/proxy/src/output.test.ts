import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";

const NASTY = "\u001b[2J\u009b31m\u0007\u202etxt\u200b";
const SHOWN = "␛[2J<U+009B>31m␇<U+202E>txt<U+200B>";

// Apart from that of other tests: whether others depend on the command is said once, for all that it prints.
const ALONE = "./output.ts?alone";
const output: typeof import("./output.ts") = await import(ALONE);

let written: { stdout: string; stderr: string };

beforeEach(() => {
  written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      written[name] += String(text);
      return true;
    });
  }
});

afterEach(() => void vi.restoreAllMocks());

describe("what the command prints", () => {
  test("has signs for what a terminal would obey, whatever it quotes", () => {
    output.print(`${NASTY}\n`);
    output.complain(`${NASTY}\n`);
    output.say(NASTY);
    expect(written).toEqual({ stdout: `${SHOWN}\n`, stderr: `${SHOWN}\ninspector: ${SHOWN}\n` });
  });

  test("is the same value as JSON, with nothing that a terminal would obey", () => {
    output.printJson({ text: NASTY });
    expect(JSON.parse(written.stdout)).toEqual({ text: NASTY });
    expect(written.stdout).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u);
  });

  test("has signs in a line of progress too", () => {
    const { isTTY } = process.stderr;
    onTestFinished(() => void Object.assign(process.stderr, { isTTY }));
    process.stderr.isTTY = true;
    output.showProgress(NASTY);
    expect(written.stderr).toBe(`\r\u001b[K${SHOWN}`);
  });
});

test("what nobody reads is left out where others depend on the command, and kept where nobody does", () => {
  const listeners = new Map([process.stdout, process.stderr].map((stream) => [stream, stream.listeners("error")]));
  onTestFinished(() => {
    for (const [stream, before] of listeners) {
      for (const listener of stream.listeners("error").filter((one) => !before.includes(one))) {
        stream.off("error", listener as () => void);
      }
    }
  });
  const waiting = vi.spyOn(process.stdout, "writableLength", "get").mockReturnValue(2 * 1024 * 1024);
  output.print("kept\n");
  output.outliveReader();
  output.print("left out\n");
  waiting.mockReturnValue(0);
  output.print("read again\n");
  expect(written.stdout).toBe("kept\nread again\n");
});
