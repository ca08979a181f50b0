import { beforeEach, expect, test } from "vitest";
import { HubDrain } from "./hub-drain.ts";

/** Longer than any test may take. */
const NEVER = 1e9;

let isOver: boolean;

beforeEach(() => {
  isOver = false;
});

function drainWithin(stalledLimit: number): HubDrain {
  const drain = new HubDrain(stalledLimit);
  void drain.drained().then(() => {
    isOver = true;
  });
  return drain;
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("it is over when all is in the session", async () => {
  const drain = drainWithin(NEVER);
  drain.take({ behind: 3, isDrained: false, fault: undefined });
  await settled();
  expect(isOver).toBe(false);
  drain.take({ behind: 0, isDrained: true, fault: undefined });
  await settled();
  expect(isOver).toBe(true);
  expect(drain.end).toEqual({ behind: 0, isDrained: true, fault: undefined });
});

test("a session that cannot be written is tried ten times in a row", async () => {
  const drain = drainWithin(NEVER);
  const fail = (times: number, behind: number): void => {
    for (let n = 0; n < times; n += 1) {
      drain.take({ behind, isDrained: false, fault: "the disk is full" });
    }
  };
  drain.take({ behind: 8, isDrained: false, fault: undefined });
  fail(9, 8);
  // Something came in: what failed before does not count.
  drain.take({ behind: 7, isDrained: false, fault: undefined });
  fail(9, 7);
  await settled();
  expect(isOver).toBe(false);
  fail(1, 7);
  await settled();
  expect(isOver).toBe(true);
  expect(drain.end).toEqual({ behind: 7, isDrained: false, fault: "the disk is full" });
});

test("a hub that says nothing is not waited for without a limit, nor one that says the same again and again", async () => {
  const silent = new HubDrain(300);
  await silent.drained();
  expect(silent.end.isDrained).toBe(false);
  const drain = new HubDrain(300);
  drain.take({ behind: 5, isDrained: false, fault: undefined });
  const same = setInterval(() => drain.take({ behind: 5, isDrained: false, fault: undefined }), 20);
  await drain.drained();
  clearInterval(same);
  expect(drain.end).toEqual({ behind: 5, isDrained: false, fault: undefined });
});
