import { PassThrough, Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { OutputCopy } from "./output.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** A worker's output, and a host that takes a chunk whenever `read` is called. */
function makeCopy() {
  const source = new PassThrough();
  const taken: string[] = [];
  let next: (() => void) | undefined;
  const host = new Writable({
    highWaterMark: 4,
    write(chunk: Buffer, _, done) {
      next = () => {
        taken.push(chunk.toString());
        done();
      };
    },
  });
  const copy = new OutputCopy(source, host, () => {});
  let isFinished = false;
  return {
    source,
    taken,
    finish: () =>
      void copy.finish().then(() => {
        isFinished = true;
      }),
    isFinished: () => isFinished,
    async read() {
      await vi.waitUntil(() => next !== undefined, { timeout: 60_000 });
      const take = next;
      next = undefined;
      take?.();
    },
  };
}

const turns = async (): Promise<void> => {
  for (let n = 0; n < 10; n++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
};

describe("what a worker wrote last", () => {
  test("is handed on to a host that reads slowly, all of it", async () => {
    const { source, taken, finish, isFinished, read } = makeCopy();
    const words = ["first ", "second ", "third ", "last"];
    for (const word of words) {
      source.write(word);
      await turns();
    }
    source.end();
    finish();
    for (const _ of words) {
      await turns();
      vi.advanceTimersByTime(1_900);
      await turns();
      expect(isFinished()).toBe(false);
      await read();
    }
    await vi.waitUntil(isFinished, { timeout: 60_000 });
    expect(taken).toEqual(words);
  });

  test("is waited for no longer where the host reads nothing", async () => {
    const { source, finish, isFinished } = makeCopy();
    source.end("words");
    await turns();
    finish();
    vi.advanceTimersByTime(2_000);
    await turns();
    expect(isFinished()).toBe(true);
  });

  test("is over where a descendant holds the output and writes nothing", async () => {
    const { source, taken, finish, isFinished, read } = makeCopy();
    source.write("words");
    await turns();
    await read();
    await turns();
    finish();
    expect(isFinished()).toBe(false);
    vi.advanceTimersByTime(200);
    await turns();
    expect(isFinished()).toBe(true);
    expect(taken).toEqual(["words"]);
  });
});
