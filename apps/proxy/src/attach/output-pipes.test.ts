import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { OutputPipes } from "./output-pipes.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pipes-"));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(process.platform === "win32")("pipes for the output of workers", () => {
  test("are there for several workers, and no program is started while one waits", async () => {
    const pipes = new OutputPipes(folder);
    const first = await pipes.take();
    vi.stubEnv("PATH", folder); // No mkfifo is found from here on.
    const more = [await pipes.take(), await pipes.take(), await pipes.take()];
    const paths = [first, ...more].flatMap((pair) => pair ?? []);
    expect(paths.map((path) => statSync(path).isFIFO())).toEqual(Array(8).fill(true));
    expect(new Set(paths).size).toBe(8);
  });

  test("are made for as many workers as start at once", async () => {
    const pipes = new OutputPipes(folder);
    const taken = await Promise.all(Array.from({ length: 30 }, () => pipes.take()));
    expect(new Set(taken.flatMap((pair) => pair ?? [])).size).toBe(60);
  });

  test("are absent where none can be made", async () => {
    vi.stubEnv("PATH", folder);
    expect(await new OutputPipes(folder).take()).toBeUndefined();
    expect(await new OutputPipes(undefined).take()).toBeUndefined();
  });
});
